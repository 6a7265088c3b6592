/** Whether an answer may be given at this moment, before anything of the player is looked at. */
import type { Definition, KeyedQuestion } from './definition.ts'
import { type QuizView, questionStatus } from './quiz.ts'

export type RefusalCode =
  | 'question/unknown'
  | 'answer/no_option'
  | 'quiz/not_running'
  | 'quiz/closed'
  | 'question/not_open'
  | 'question/closed'
  | 'answer/already_given'

export type Admission =
  | { kind: 'open'; question: KeyedQuestion; opened_at: number }
  /** `early`: the host may have opened it already, and word of it is on its way. */
  | { kind: 'refused'; code: RefusalCode; early: boolean }

const refused = (code: RefusalCode, early = false): Admission => ({ kind: 'refused', code, early })

/** 422 before 409, as the contract orders them. `isStopped`: a close of the question is under way. `now`: time of receipt. */
export const admit = (
  quiz: QuizView,
  definition: Definition,
  { question_id, answer }: { question_id: string; answer: string },
  isStopped: (question_id: string) => boolean,
  now: number,
): Admission => {
  const question = definition.byId.get(question_id)
  if (!question) return refused('question/unknown')
  if (question.options && !question.options.includes(answer)) return refused('answer/no_option')
  if (quiz.state === 'closed') return refused('quiz/closed')
  if (quiz.state !== 'running') return refused('quiz/not_running', true)
  const status = questionStatus(quiz, question.position)
  if (isStopped(question_id) || status === 'closing' || status === 'closed') return refused('question/closed')
  const { question: current } = quiz
  if (status === 'not_open' || !current) return refused('question/not_open', true)
  if (current.deadline !== null && now >= current.deadline) return refused('question/closed')
  return { kind: 'open', question, opened_at: current.opened_at }
}
