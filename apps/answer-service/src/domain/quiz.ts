/** A quiz's lifecycle as the answer-service sees it. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { QuizState } from '@quizboard/shared/contracts/rest.ts'
import type { Rules } from './decide-answer.ts'

export interface CurrentQuestion {
  question_id: string
  position: number
  state: 'open' | 'closing' | 'closed'
  /** Milliseconds since the Unix epoch. */
  opened_at: number
  /** null: none. */
  deadline: number | null
}

export interface QuizView {
  /** As made. */
  quiz_id: string
  revision: number
  state: QuizState
  mode: LifecycleEvent['mode']
  rules: Rules
  question: CurrentQuestion | undefined
  /** Milliseconds since the Unix epoch; undefined: not closed. */
  closed_at: number | undefined
}

const millis = (timestamp: string | null | undefined): number | undefined => {
  if (timestamp === undefined || timestamp === null) return undefined
  const ms = Date.parse(timestamp)
  return Number.isNaN(ms) ? undefined : ms
}

export const quizView = (event: LifecycleEvent): QuizView => {
  const { quiz_id, revision, state, mode, scoring, feedback, reanswer, question } = event
  return {
    quiz_id,
    revision,
    state,
    mode,
    rules: { scoring, feedback, reanswer },
    question: question && {
      question_id: question.question_id,
      position: question.position,
      state: question.state,
      opened_at: millis(question.opened_at) ?? 0,
      deadline: millis(question.deadline) ?? null,
    },
    closed_at: millis(event.closed_at),
  }
}

export type QuestionStatus = 'not_open' | 'open' | 'closing' | 'closed'

/** `closed`: for all, so that its key may be shown. `position`: of the question, from 1. */
export const questionStatus = (quiz: QuizView, position: number): QuestionStatus => {
  if (quiz.state === 'closed') return 'closed'
  const current = quiz.question
  if (quiz.state !== 'running' || !current || position > current.position) return 'not_open'
  return position < current.position ? 'closed' : current.state
}
