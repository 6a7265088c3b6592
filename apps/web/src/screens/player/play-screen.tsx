/** The quiz as its player sees it: lobby, question, reveal, end; the own place in the board always at the foot. */
import { type ReactNode, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { Button, buttonClass } from '../../components/button.tsx'
import { LinkStatus } from '../../components/link-status.tsx'
import { useTitle } from '../../components/screen.tsx'
import { useToasts } from '../../components/toasts.tsx'
import { Skeletons, Trouble } from '../../components/trouble.tsx'
import { correctionText, judgedAgain } from '../../player/corrections.ts'
import type { Place } from '../../player/place.ts'
import type { PlayerSession, PlayerState } from '../../player/session.ts'
import { usePlayerSession } from '../../player/use-session.ts'
import { playerView } from '../../player/view.ts'
import { FinalView } from './final-view.tsx'
import { LobbyView } from './lobby-view.tsx'
import { QuestionView } from './question-view.tsx'
import { StandingBar } from './standing-bar.tsx'

export const PlayScreen = ({ place, onLeave }: { place: Place; onLeave: () => void }) => {
  const opened = usePlayerSession(place)
  if (!opened) return <Frame>{null}</Frame>
  const { link } = opened.state.live
  if (link.status === 'ended') return <Ended code={link.code} reason={link.reason} onLeave={onLeave} />
  return <Play place={place} {...opened} />
}

const Play = ({ place, session, state }: { place: Place; session: PlayerSession; state: PlayerState }) => {
  const view = playerView(state)
  const title = state.quiz?.title ?? place.quiz_id
  useTitle(
    view.view === 'question'
      ? `Question ${view.question.position} · ${title}`
      : view.view === 'closed'
        ? `Result · ${title}`
        : title,
  )
  useCorrectionsTold(state)
  switch (view.view) {
    case 'loading':
      return (
        <Frame>
          <LinkStatus link={state.live.link} />
          <main id="main" className="player-main">
            <Skeletons heights={[28, 90, 64, 64, 64]} />
          </main>
        </Frame>
      )
    case 'lobby':
    case 'between':
      return (
        <Frame>
          <LinkStatus link={state.live.link} />
          <LobbyView place={place} state={state} title={title} />
        </Frame>
      )
    case 'question':
      return (
        <Frame>
          <LinkStatus link={state.live.link} />
          <QuestionView {...view} state={state} submit={session.submit} />
          <StandingBar place={place} state={state} question={view.question} own={view.own} canAnswer={view.canAnswer} />
        </Frame>
      )
    case 'closed':
      return (
        <Frame>
          <LinkStatus link={state.live.link} />
          <FinalView place={place} state={state} title={title} />
        </Frame>
      )
  }
}

/** What was corrected before this screen was opened stands beside the answers; what is corrected now is said. */
const useCorrectionsTold = ({ answers, seen }: PlayerState) => {
  const toasts = useToasts()
  const known = useRef(answers)
  useEffect(() => {
    const corrected = judgedAgain(known.current, answers)
    known.current = answers
    if (corrected.length > 0) toasts.say(correctionText(corrected, (id) => seen.get(id)?.position))
  }, [answers, seen, toasts])
}

const Frame = ({ children }: { children: ReactNode }) => <div className="player">{children}</div>

const Ended = ({ code, reason, onLeave }: { code: number; reason: string; onLeave: () => void }) => {
  useTitle('Not connected')
  return (
    <Frame>
      <main id="main" className="player-main">
        <Trouble
          title={code === 4404 ? 'No quiz with this id' : 'You are no longer in this quiz'}
          action={
            code === 4404 ? (
              <Link href="/" className={buttonClass({ kind: 'primary' })}>
                Type another id
              </Link>
            ) : (
              <Button kind="primary" onClick={onLeave}>
                Join again
              </Button>
            )
          }
        >
          {reason}
        </Trouble>
      </main>
    </Frame>
  )
}
