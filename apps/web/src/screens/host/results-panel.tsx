/** After the close: the podium, how each question went, the whole board, and the tables to take away. */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import { useState } from 'react'
import { Link } from 'wouter'
import { Button, buttonClass } from '../../components/button.tsx'
import { Podium } from '../../components/podium.tsx'
import { Heading } from '../../components/screen.tsx'
import { useToasts } from '../../components/toasts.tsx'
import { useHost } from '../../host/host-context.tsx'
import { answersCsv, resultsCsv } from '../../host/report.ts'
import { fileName } from '../../lib/csv.ts'
import { downloadCsv } from '../../lib/download.ts'
import { plural } from '../../lib/text.ts'
import type { LiveState } from '../../live/state.ts'
import { ResultsQuestions } from './results-questions.tsx'
import { ResultsStandings } from './results-standings.tsx'

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
            <ResultsQuestions quiz={quiz} />
            <ResultsStandings quizId={quiz.quiz_id} board={live.board} />
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
