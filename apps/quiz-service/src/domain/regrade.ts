/** A corrected key: what the host may ask, and what is right from then on. */
import { LIMITS, type Question } from '@quizboard/shared/contracts/rest.ts'
import { answerForm } from '@quizboard/shared/domain/right-answers.ts'
import { z } from 'zod'
import { list } from './lists.ts'
import { line } from './texts.ts'

/** Of one request. */
const WORDS_MAX = 20
/** Of one question. */
export const ACCEPTED_MAX = 200

export const regradeRequest = z
  .strictObject({
    answer: line(LIMITS.answer).optional().describe('The key from now on'),
    accept: list(line(LIMITS.answer), 1, WORDS_MAX).optional().describe('Right too from now on'),
    reject: list(line(LIMITS.answer), 1, WORDS_MAX).optional().describe('No longer right'),
  })
  .refine((request) => Object.keys(request).length > 0, { message: 'must have answer, accept or reject' })
  .meta({ id: 'RegradeRequest' })
export type RegradeRequest = z.infer<typeof regradeRequest>

/** What is right: `answer`, and what is right too. */
export interface Key {
  answer: string
  accept: string[]
}
export const keyOf = ({ answer, accept = [] }: Pick<Question, 'answer' | 'accept'>): Key => ({ answer, accept })

/** A key that the host has corrected, and how far the answers have been judged by it. */
export interface Regrade {
  quizId: string
  /** Of the quiz's regrades, from 1. */
  revision: number
  questionId: string
  answer: string
  accept: string[]
  /** The key before; null: made by a version that did not store it. */
  was: Key | null
  /** Milliseconds since the Unix epoch. */
  madeAt: number
  /** null: it is under way. */
  doneAt: number | null
  /** To the question; 0 while it is under way. */
  answers: number
  /** Those that got another verdict. */
  changed: number
}

/** At a JSON pointer of the request. */
export interface RegradeProblem {
  pointer: string
  detail: string
  value: unknown
}
export type Corrected = { question: Question } | { problems: RegradeProblem[] }

/** The question with its key corrected. Spellings that are the same in their normal form are one. */
export const correct = (question: Question, { answer = question.answer, accept = [], reject = [] }: RegradeRequest) => {
  const form = (text: string) => answerForm(question.type, text)
  const rejected = new Set(reject.map(form))
  const right = new Map<string, string>()
  for (const text of [...(question.accept ?? []), ...accept])
    if (form(text) !== form(answer) && !rejected.has(form(text))) right.set(form(text), text)

  const problems: RegradeProblem[] = []
  const check = (pointer: string, value: string) => {
    if (question.options && !question.options.includes(value))
      problems.push({ pointer, detail: 'must be one of the options, verbatim', value })
  }
  check('/answer', answer)
  for (const [i, text] of accept.entries()) {
    check(`/accept/${i}`, text)
    if (rejected.has(form(text)))
      problems.push({ pointer: `/accept/${i}`, detail: 'is accepted and rejected at once', value: text })
  }
  for (const [i, text] of reject.entries()) {
    check(`/reject/${i}`, text)
    if (form(text) === form(answer))
      problems.push({ pointer: `/reject/${i}`, detail: 'is the key: give another one with `answer`', value: text })
  }
  if (right.size > ACCEPTED_MAX)
    problems.push({
      pointer: '/accept',
      detail: `a question accepts ${ACCEPTED_MAX} answers at most`,
      value: right.size,
    })
  const corrected: Corrected =
    problems.length > 0 ? { problems } : { question: { ...question, answer, accept: [...right.values()] } }
  return corrected
}
