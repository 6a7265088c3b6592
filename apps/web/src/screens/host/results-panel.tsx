/** After the close: the podium, how each question went, the whole board, and the tables to take away. */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import { useState } from 'react'
import { Link } from 'wouter'
import { Board } from '../../components/board.tsx'
import { Button, buttonClass } from '../../components/button.tsx'
import { Podium } from '../../components/podium.tsx'
import { Heading } from '../../components/screen.tsx'
import { useToasts } from '../../components/toasts.tsx'
import { LoadTrouble, Skeletons } from '../../components/trouble.tsx'
import { useHost } from '../../host/host-context.tsx'
import { answersCsv, loadReport, type QuestionReport, resultsCsv } from '../../host/report.ts'
import { fileName } from '../../lib/csv.ts'
import { downloadCsv } from '../../lib/download.ts'
import { formatNumber, plural } from '../../lib/text.ts'
import { useLoad } from '../../lib/use-load.ts'
import { usePages } from '../../lib/use-pages.ts'
import type { LiveState } from '../../live/state.ts'

export const ResultsPanel = ({ quiz, live }: { quiz: Quiz; live: LiveState }) => {
  const players = live.quiz?.players ?? quiz.players
  const top = live.board?.top ?? []
  const hasPoints = top.some((row) => row.score > 0)
  return (
    <div className="stack results">
      <div className="row spread">
        <div>
          <Heading about={`results ${quiz.quiz_id}`}>
            Results: <bdi>{quiz.title}</bdi>
          </Heading>
          <p className="soft">
            Quiz {quiz.quiz_id} · {plural(players, 'player')} · {plural(quiz.question_count, 'question')}
          </p>
        </div>
        <Downloads quiz={quiz} />
      </div>
      {players === 0 ? (
        <div className="empty">
          <h2>Nobody played this one</h2>
          <p>The deck is still there: start another quiz from it when your players are in the room.</p>
          <Link href="/host" className={buttonClass({ kind: 'primary' })}>
            To the decks
          </Link>
        </div>
      ) : (
        <>
          {hasPoints && (
            <section className="card results-podium" aria-label="Podium">
              <Podium rows={top} players={players} names={3} />
            </section>
          )}
          <div className="results-grid">
            <Questions quiz={quiz} />
            <Standings quiz={quiz} />
          </div>
        </>
      )}
    </div>
  )
}

const Downloads = ({ quiz }: { quiz: Quiz }) => {
  const { api } = useHost()
  const toasts = useToasts()
  const [busy, setBusy] = useState<'results' | 'answers'>()
  const make = async (kind: 'results' | 'answers') => {
    setBusy(kind)
    try {
      const parts = await (kind === 'results' ? resultsCsv : answersCsv)(api, quiz.quiz_id)
      downloadCsv(fileName(`${quiz.title} ${quiz.quiz_id} ${kind}`, 'csv'), parts)
    } catch (error) {
      toasts.fail(error)
    } finally {
      setBusy(undefined)
    }
  }
  return (
    <div className="row">
      <Button icon="download" busy={busy === 'answers'} onClick={() => void make('answers')}>
        All answers
      </Button>
      <Button kind="primary" icon="download" busy={busy === 'results'} onClick={() => void make('results')}>
        Report (CSV)
      </Button>
    </div>
  )
}

const Questions = ({ quiz }: { quiz: Quiz }) => {
  const { api } = useHost()
  const [read, setRead] = useState(0)
  const { value: report, error, reload } = useLoad(() => loadReport(api, quiz.quiz_id, setRead), [api, quiz.quiz_id])
  return (
    <section className="card stack" aria-labelledby="questions-title">
      <h2 id="questions-title">Question by question</h2>
      {error ? (
        <LoadTrouble error={error} retry={reload} />
      ) : report ? (
        <ol className="stack shares">
          {report.map((row) => (
            <Share key={row.question.question_id} row={row} />
          ))}
        </ol>
      ) : (
        <>
          <p className="soft digits">{read > 0 && `${formatNumber(read)} answers read`}</p>
          <Skeletons heights={[56, 56, 56, 56]} />
        </>
      )}
    </section>
  )
}

const percent = new Intl.NumberFormat('en', { style: 'percent' })

const Share = ({ row: { question, key, tally } }: { row: QuestionReport }) => {
  const share = tally.answered === 0 ? 0 : tally.right / tally.answered
  return (
    <li className="share">
      <p className="share-prompt">
        <b className="digits">{question.position}.</b> <span dir="auto">{question.prompt}</span>
      </p>
      <p className="share-figure">
        {tally.answered === 0 ? (
          <span className="soft small">No answers</span>
        ) : (
          <b className="digits">{percent.format(share)}</b>
        )}
      </p>
      <span className="bar-track" aria-hidden="true">
        <span className="bar-fill bar-right" style={{ width: `${share * 100}%` }} />
      </span>
      <p className="small soft share-note">
        {formatNumber(tally.right)} right of {plural(tally.answered, 'answer')}
        {key !== undefined && (
          <>
            {' · '}Answer: <bdi>{key}</bdi>
          </>
        )}
      </p>
    </li>
  )
}

const PAGE = 50

const Standings = ({ quiz }: { quiz: Quiz }) => {
  const { api } = useHost()
  const { items, error, more, reload } = usePages(
    async (after = '0') => {
      const page = await api.leaderboard(quiz.quiz_id, PAGE, Number(after))
      const end = page.offset + page.standings.length
      return { items: page.standings, next: end < page.players && page.standings.length > 0 ? String(end) : null }
    },
    [api, quiz.quiz_id],
  )
  return (
    <section className="card stack" aria-labelledby="standings-title">
      <h2 id="standings-title">Final board</h2>
      {error ? (
        <LoadTrouble error={error} retry={reload} />
      ) : items ? (
        <Board rows={items} players={items.length} />
      ) : (
        <Skeletons heights={[46, 46, 46, 46]} />
      )}
      {more && <Button onClick={more}>Show more</Button>}
    </section>
  )
}
