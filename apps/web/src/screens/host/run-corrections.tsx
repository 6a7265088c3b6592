/** While a quiz runs, once a question is closed: what was answered to it, to be accepted, rejected or corrected at once. */
import { useState } from 'react'
import type { Regrade } from '../../api/host.ts'
import { useToasts } from '../../components/toasts.tsx'
import { LoadTrouble, Skeletons } from '../../components/trouble.tsx'
import { useHost } from '../../host/host-context.tsx'
import type { Tally } from '../../host/tally.ts'
import { regradeText } from '../../host/use-regrades.ts'
import { useLoad } from '../../lib/use-load.ts'
import type { FrameQuestion } from '../../player/view.ts'
import { QuestionAnswers } from './question-answers.tsx'

interface RunCorrectionsProps {
  quizId: string
  question: FrameQuestion
  tally: Tally | undefined
}

export const RunCorrections = (props: RunCorrectionsProps) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="share-answers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What was answered</summary>
      {isOpen && <Answers {...props} />}
    </details>
  )
}

const Answers = ({ quizId, question, tally }: RunCorrectionsProps) => {
  const { api } = useHost()
  const toasts = useToasts()
  const { value, error, reload } = useLoad(() => api.keys(quizId), [api, quizId])
  const onMade = (regrade: Regrade) => {
    toasts.say(regradeText(regrade))
    reload()
  }
  const keyed = value?.keys.find(({ question_id }) => question_id === question.question_id)
  if (error) return <LoadTrouble error={error} retry={reload} />
  if (!keyed || !tally) return <Skeletons heights={[52, 52, 52]} />
  return <QuestionAnswers quizId={quizId} question={question} keyed={keyed} tally={tally} onMade={onMade} />
}
