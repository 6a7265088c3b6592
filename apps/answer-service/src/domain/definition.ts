/** What the answer-service keeps of a quiz's questions: enough to judge and score, no prompts. */
import type { DefinitionEvent } from '@quizboard/shared/contracts/events.ts'
import { isTyped, type QuestionType } from '@quizboard/shared/contracts/rest.ts'
import { normalise, rightAnswers } from './normalise.ts'

export interface KeyedQuestion {
  question_id: string
  /** From 1, in deck order. */
  position: number
  type: QuestionType
  /** Of the types that are answered by an option. */
  options: readonly string[] | undefined
  /** As the host wrote it; shown once the question is closed for all. */
  key: string
  right: ReadonlySet<string>
  points: number
  time_limit_ms: number | null
}

export interface Definition {
  quiz_id: string
  /** In deck order. */
  questions: readonly KeyedQuestion[]
  byId: ReadonlyMap<string, KeyedQuestion>
}

export const compileDefinition = (event: DefinitionEvent): Definition => {
  const questions = event.questions.map(
    (question, index): KeyedQuestion => ({
      question_id: question.question_id,
      position: index + 1,
      type: question.type,
      options: isTyped(question.type) ? undefined : (question.options ?? []),
      key: question.answer,
      right: rightAnswers(question),
      points: question.points,
      time_limit_ms: question.time_limit_ms,
    }),
  )
  return { quiz_id: event.quiz_id, questions, byId: new Map(questions.map((q) => [q.question_id, q])) }
}

/** Options are compared verbatim, typed answers in their normal form. */
export const isRight = (question: KeyedQuestion, answer: string): boolean =>
  question.right.has(question.options === undefined ? normalise(answer) : answer)
