/** What the answer-service keeps of a quiz's questions: enough to judge and score, no prompts. */
import type { DefinitionEvent } from '@quizboard/shared/contracts/events.ts'
import { isTyped, type QuestionType } from '@quizboard/shared/contracts/rest.ts'
import { answerForm, rightAnswers } from '@quizboard/shared/domain/right-answers.ts'
import type { Correction } from './correction.ts'

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
  /** Revision of the correction by question_id, of those that have one. */
  corrections: ReadonlyMap<string, number>
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
  const byId = new Map(questions.map((q) => [q.question_id, q]))
  return { quiz_id: event.quiz_id, questions, byId, corrections: new Map() }
}

/** The same with its corrected keys. A question that is not in it is ignored. */
export const correctDefinition = (definition: Definition, corrections: readonly Correction[]): Definition => {
  if (corrections.length === 0) return definition
  const byQuestion = new Map(corrections.map((correction) => [correction.question_id, correction]))
  const questions = definition.questions.map((question) => {
    const correction = byQuestion.get(question.question_id)
    if (!correction) return question
    const { answer, accept } = correction
    return { ...question, key: answer, right: rightAnswers({ type: question.type, answer, accept }) }
  })
  return {
    ...definition,
    questions,
    byId: new Map(questions.map((q) => [q.question_id, q])),
    corrections: new Map(corrections.map(({ question_id, revision }) => [question_id, revision])),
  }
}

export const isRight = ({ type, right }: KeyedQuestion, answer: string): boolean => right.has(answerForm(type, answer))
