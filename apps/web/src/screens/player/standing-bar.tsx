/** The foot of the player's screen: what came of the answer, and the own rank and points, always in sight. */
import { useEffect, useRef, useState } from 'react'
import { useAnnounce } from '../../components/announcer.tsx'
import { prefersLessMotion } from '../../components/board.tsx'
import { Icon, type IconName } from '../../components/icon.tsx'
import { formatNumber, ordinal } from '../../lib/text.ts'
import type { Place } from '../../player/place.ts'
import type { PlayerState } from '../../player/session.ts'
import type { AnswerStage, FrameQuestion } from '../../player/view.ts'

export interface StandingBarProps {
  place: Place
  state: PlayerState
  question: FrameQuestion
  own: AnswerStage
  canAnswer: boolean
}

export const StandingBar = ({ place, state, question, own, canAnswer }: StandingBarProps) => {
  const verdict = verdictOf(state, question, own, canAnswer)
  return (
    <footer className="standing">
      {verdict && (
        <div className="verdict" data-tone={verdict.tone} key={verdict.title}>
          {verdict.icon === 'spinner' ? (
            <span className="spinner" aria-hidden="true" />
          ) : (
            <Icon name={verdict.icon} size={26} />
          )}
          <div>
            <b>{verdict.title}</b>
            {verdict.detail && <span className="small">{verdict.detail}</span>}
          </div>
          {verdict.points !== undefined && <b className="verdict-points digits">+{formatNumber(verdict.points)}</b>}
        </div>
      )}
      <OwnStanding name={place.name} rank={state.rank} score={state.score} players={state.live.board?.players} />
    </footer>
  )
}

interface Verdict {
  tone: 'right' | 'wrong' | 'calm'
  icon: IconName | 'spinner'
  title: string
  detail?: string
  points?: number | undefined
}

const CHANGE = 'You can still change it.'

const verdictOf = (
  state: PlayerState,
  question: FrameQuestion,
  own: AnswerStage,
  canAnswer: boolean,
): Verdict | undefined => {
  const isClosed = question.state === 'closed'
  const { refused } = state
  if (refused && refused.question_id === question.question_id && own.stage !== 'sending')
    return { tone: 'wrong', icon: 'alert', title: 'Not counted', detail: refused.message }
  switch (own.stage) {
    case 'none':
      return isClosed
        ? { tone: 'calm', icon: 'clock', title: 'No answer from you', detail: 'On to the next one.' }
        : undefined
    case 'sending':
      return own.retrying
        ? {
            tone: 'calm',
            icon: 'offline',
            title: 'Kept for you',
            detail: 'No connection. Your answer is sent as soon as there is one.',
          }
        : { tone: 'calm', icon: 'spinner', title: 'Sending …' }
    case 'locked':
      if (isClosed) return { tone: 'calm', icon: 'spinner', title: 'Counting the points …' }
      return {
        tone: 'calm',
        icon: 'lock',
        title: 'Locked in',
        detail: canAnswer ? CHANGE : 'The answer comes at the reveal.',
      }
    case 'marked':
      return {
        tone: own.isCorrect ? 'right' : 'wrong',
        icon: own.isCorrect ? 'check' : 'cross',
        title: own.isCorrect ? 'Right!' : 'Not this time',
        ...(canAnswer && { detail: CHANGE }),
        ...(own.isCorrect && { points: own.score }),
      }
  }
}

const SETTLED_MS = 2_500

interface OwnStandingProps {
  name: string
  rank: number | undefined
  score: number | undefined
  players: number | undefined
}

const OwnStanding = ({ name, rank, score, players }: OwnStandingProps) => {
  const announce = useAnnounce()
  const climbed = useClimb(rank)
  const isFirst = useRef(true)
  useEffect(() => {
    if (rank === undefined || score === undefined) return
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    // While others answer the rank moves all the time: it is read once it has come to rest.
    const text = `You are ${ordinal(rank)} with ${formatNumber(score)} points.`
    const timer = setTimeout(() => announce(text, 'rank'), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [rank, score, announce])
  return (
    <div className="own">
      <span className="own-name" dir="auto">
        {name}
      </span>
      <span className="own-rank" data-climb={Math.sign(climbed)}>
        {rank === undefined ? (
          <span className="soft">–</span>
        ) : (
          <>
            {climbed !== 0 && (
              <span className="climb digits">
                <Icon name={climbed > 0 ? 'up' : 'down'} size={16} />
                <span className="visually-hidden">{climbed > 0 ? 'up' : 'down'} </span>
                {Math.abs(climbed)}
              </span>
            )}
            <Pop value={ordinal(rank)} />
            {players !== undefined && <span className="small soft"> of {formatNumber(players)}</span>}
          </>
        )}
      </span>
      <span className="own-score digits">
        <Pop value={score === undefined ? '–' : formatNumber(score)} />
        <span className="small soft"> pts</span>
      </span>
    </div>
  )
}

/** How many ranks up (or down, negative) the last move was; forgotten after a while. */
const useClimb = (rank: number | undefined): number => {
  const before = useRef(rank)
  const [climbed, setClimbed] = useState(0)
  useEffect(() => {
    const from = before.current
    before.current = rank
    if (from === undefined || rank === undefined || from === rank) return
    setClimbed(from - rank)
    const timer = setTimeout(() => setClimbed(0), 4_000)
    return () => clearTimeout(timer)
  }, [rank])
  return climbed
}

/** A value that gives a small jump when it changes. */
const Pop = ({ value }: { value: string }) => {
  const ref = useRef<HTMLElement>(null)
  const shown = useRef(value)
  useEffect(() => {
    if (shown.current === value) return
    shown.current = value
    if (!prefersLessMotion())
      ref.current?.animate([{ transform: 'translateY(-5px) scale(1.12)' }, { transform: 'none' }], {
        duration: 350,
        easing: 'ease-out',
      })
  }, [value])
  return (
    <b className="pop" ref={ref}>
      {value}
    </b>
  )
}
