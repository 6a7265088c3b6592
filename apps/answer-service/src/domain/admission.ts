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

/**
 * `early`: the host may have opened it already, and word of it is on its way. `closing`: it is taken here no more, but a copy that
 * came by another replica may still count until the question is closed for all. `final`: it counts nowhere any more.
 */
export type RefusalStage = 'early' | 'closing' | 'final'

export type Admission =
  | { kind: 'open'; question: KeyedQuestion; opened_at: number }
  | { kind: 'refused'; code: RefusalCode; stage: RefusalStage }

const refused = (code: RefusalCode, stage: RefusalStage = 'final'): Admission => ({ kind: 'refused', code, stage })

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
  if (quiz.state !== 'running') return refused('quiz/not_running', 'early')
  const status = questionStatus(quiz, question.position)
  if (status === 'closed') return refused('question/closed')
  if (isStopped(question_id) || status === 'closing') return refused('question/closed', 'closing')
  const { question: current } = quiz
  if (status === 'not_open' || !current) return refused('question/not_open', 'early')
  if (current.deadline !== null && now >= current.deadline) return refused('question/closed', 'closing')
  return { kind: 'open', question, opened_at: current.opened_at }
}
