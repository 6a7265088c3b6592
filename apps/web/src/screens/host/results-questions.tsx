/** How each question went; what was answered to it, to be accepted, rejected or corrected; and what was corrected. */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import { useState } from 'react'
import type { Regrade } from '../../api/host.ts'
import { useToasts } from '../../components/toasts.tsx'
import { LoadTrouble, Skeletons } from '../../components/trouble.tsx'
import { useHost } from '../../host/host-context.tsx'
import { loadReport, type QuestionReport } from '../../host/report.ts'
import { regradeText, useRegrades } from '../../host/use-regrades.ts'
import { formatNumber, plural } from '../../lib/text.ts'
import { useLoad } from '../../lib/use-load.ts'
import { QuestionAnswers } from './question-answers.tsx'
import { RegradeList } from './regrade-list.tsx'

export const ResultsQuestions = ({ quiz }: { quiz: Quiz }) => {
  const { api } = useHost()
  const toasts = useToasts()
  const [read, setRead] = useState(0)
  const { value: report, error, reload } = useLoad(() => loadReport(api, quiz.quiz_id, setRead), [api, quiz.quiz_id])
  const onDone = (regrade: Regrade) => {
    reload()
    toasts.say(regradeText(regrade))
  }
  const regrades = useRegrades(api, quiz.quiz_id, onDone)
  const onMade = (regrade: Regrade) => {
    if (regrade.done_at === null) toasts.say(regradeText(regrade))
    else onDone(regrade)
    regrades.reload()
  }
  const questionOf = (id: string) => report?.find(({ question }) => question.question_id === id)?.question
  return (
    <div className="stack">
      <section className="card stack" aria-labelledby="questions-title">
        <h2 id="questions-title">Question by question</h2>
        {error ? (
          <LoadTrouble error={error} retry={reload} />
        ) : report ? (
          <ol className="stack shares">
            {report.map((row) => (
              <Share key={row.question.question_id} row={row} quizId={quiz.quiz_id} onMade={onMade} />
            ))}
          </ol>
        ) : (
          <>
            <p className="soft digits">{read > 0 && `${formatNumber(read)} answers read`}</p>
            <Skeletons heights={[56, 56, 56, 56]} />
          </>
        )}
      </section>
      <RegradeList regrades={regrades} questionOf={questionOf} />
    </div>
  )
}

const percent = new Intl.NumberFormat('en', { style: 'percent' })

interface ShareProps {
  row: QuestionReport
  quizId: string
  onMade: (regrade: Regrade) => void
}

const Share = ({ row: { question, key, tally }, quizId, onMade }: ShareProps) => {
  const [isOpen, setOpen] = useState(false)
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
        {tally.answered > 0 && `${formatNumber(tally.right)} right of ${plural(tally.answered, 'answer')} · `}
        Answer: <bdi>{key.answer}</bdi>
      </p>
      <details className="share-answers" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          What was answered<span className="visually-hidden"> to question {question.position}</span>
        </summary>
        {isOpen && <QuestionAnswers quizId={quizId} question={question} keyed={key} tally={tally} onMade={onMade} />}
      </details>
    </li>
  )
}
