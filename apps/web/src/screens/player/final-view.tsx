/** After the close: the own place, the podium, and every own answer beside its key. */
import { Link } from 'wouter'
import { Board } from '../../components/board.tsx'
import { buttonClass } from '../../components/button.tsx'
import { Confetti } from '../../components/confetti.tsx'
import { Icon } from '../../components/icon.tsx'
import { Logo } from '../../components/logo.tsx'
import { Podium } from '../../components/podium.tsx'
import { Heading } from '../../components/screen.tsx'
import { Skeletons } from '../../components/trouble.tsx'
import { formatNumber, ordinal, plural } from '../../lib/text.ts'
import { correctionNote } from '../../player/corrections.ts'
import type { OwnAnswer } from '../../player/own-answer.ts'
import type { Place } from '../../player/place.ts'
import type { PlayerState } from '../../player/session.ts'

export const FinalView = ({ place, state, title }: { place: Place; state: PlayerState; title: string }) => {
  const { board } = state.live
  const players = board?.players ?? 0
  const { rank, score } = state
  const isOnPodium = rank !== undefined && rank <= 3 && (score ?? 0) > 0
  return (
    <>
      {isOnPodium && <Confetti />}
      <header className="bar">
        <Logo />
        <span className="tag">
          Quiz <b>{place.quiz_id}</b>
        </span>
      </header>
      <main id="main" className="player-main final">
        <section className="medal" data-rank={isOnPodium ? rank : undefined}>
          <p className="small">
            <bdi>{title}</bdi>
          </p>
          <Heading about={`final ${place.quiz_id}`}>
            {rank === undefined
              ? 'The quiz is over'
              : isOnPodium
                ? `${ordinal(rank)} place!`
                : `You came ${ordinal(rank)}`}
          </Heading>
          <p className="medal-name" dir="auto">
            {place.name}
          </p>
          {score !== undefined && (
            <p>
              <b className="digits">{formatNumber(score)}</b> points among {plural(players, 'player')}
            </p>
          )}
        </section>
        {board && board.top.length > 1 && (
          <section className="stack" aria-labelledby="podium-title">
            <h2 id="podium-title">The board</h2>
            {board.top.some((row) => row.score > 0) && <Podium rows={board.top} players={board.players} names={2} />}
            <Board rows={board.top} most={10} players={board.players} ownId={place.user_id} />
          </section>
        )}
        <OwnAnswers state={state} />
        <Link href="/" className={buttonClass({ kind: 'plain', wide: true })}>
          Join another quiz
        </Link>
      </main>
    </>
  )
}

interface Row {
  id: string
  position: number
  prompt: string
  key: string | undefined
  own: OwnAnswer | undefined
}

const OwnAnswers = ({ state }: { state: PlayerState }) => {
  if (!state.answers) return <Skeletons heights={[32, 72, 72, 72]} />
  const rows = rowsOf(state, state.answers)
  if (rows.length === 0) return null
  const right = rows.filter((row) => row.own?.is_correct).length
  return (
    <section className="stack" aria-labelledby="answers-title">
      <h2 id="answers-title">Your answers</h2>
      <p className="soft">
        {formatNumber(right)} of {plural(state.live.quiz?.question_count ?? rows.length, 'question')} right
      </p>
      <ol className="stack review">
        {rows.map((row) => (
          <AnswerRow row={row} key={row.id} />
        ))}
      </ol>
    </section>
  )
}

const AnswerRow = ({ row: { own, key, prompt } }: { row: Row }) => {
  const isRight = own?.is_correct
  const note = own && correctionNote(own)
  return (
    <li className="review-row" data-mark={isRight === undefined ? 'none' : isRight ? 'right' : 'wrong'}>
      <span className="review-mark">
        <Icon name={isRight === undefined ? 'clock' : isRight ? 'check' : 'cross'} size={22} />
        <span className="visually-hidden">{isRight === undefined ? 'Not answered' : isRight ? 'Right' : 'Wrong'}</span>
      </span>
      <div>
        <p className="review-prompt" dir="auto">
          {prompt}
        </p>
        <p className="small">
          {own ? (
            <>
              You: <b dir="auto">{own.answer}</b>
            </>
          ) : (
            <span className="soft">No answer</span>
          )}
          {!isRight && key !== undefined && (
            <>
              {' · '}Answer: <b dir="auto">{key}</b>
            </>
          )}
        </p>
        {note !== undefined && (
          <p className="small soft review-note">
            <Icon name="edit" size={16} /> {note}
          </p>
        )}
      </div>
      <b className="digits review-score">{formatNumber(own?.score ?? 0)}</b>
    </li>
  )
}

/** Every question that this browser saw or the player answered, in the order of the deck. */
const rowsOf = (state: PlayerState, answers: ReadonlyMap<string, OwnAnswer>): Row[] => {
  const ids = new Set([...state.seen.keys(), ...answers.keys()])
  return [...ids]
    .map((id) => {
      const seen = state.seen.get(id)
      const own = answers.get(id)
      return {
        id,
        position: seen?.position ?? Number.POSITIVE_INFINITY,
        prompt: seen ? `${seen.position}. ${seen.prompt}` : 'A question answered on another device',
        key: own?.key ?? seen?.key,
        own,
      }
    })
    .sort((a, b) => a.position - b.position)
}
