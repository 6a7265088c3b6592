/** Decks as a host writes them: what a body may say, and the deck that comes of it. */
import { type Deck, LIMITS, type Question } from '@quizboard/shared/contracts/rest.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { z } from 'zod'
import { newId } from './ids.ts'
import { list } from './lists.ts'
import { line, paragraph } from './texts.ts'

const absent = (message: string) =>
  z
    .unknown()
    .optional()
    .refine((value) => value === undefined, { message })
    .meta({ not: {}, description: message })

const common = {
  prompt: paragraph(LIMITS.prompt),
  points: z.int().min(0).max(LIMITS.points).default(1_000),
  time_limit_ms: z.int().min(LIMITS.timeLimitMs.min).max(LIMITS.timeLimitMs.max).nullable().default(null),
  word: line(LIMITS.answer).optional(),
}

const options = list(line(LIMITS.option), LIMITS.options.min, LIMITS.options.max).superRefine((values, context) => {
  const seen = new Set<string>()
  values.forEach((value, i) => {
    if (seen.has(value)) context.addIssue({ code: 'custom', path: [i], message: 'is there twice' })
    seen.add(value)
  })
})

/** Of a value that may have any problem; a missing or misshapen field has its own. */
const answerIsOption = (question: unknown): boolean => {
  if (typeof question !== 'object' || question === null) return true
  const { options, answer }: { options?: unknown; answer?: unknown } = question
  return !Array.isArray(options) || typeof answer !== 'string' || answer === '' || options.includes(answer)
}

/** With what a question's id may be: given in a PUT, absent otherwise. */
const questionWith = <T extends z.ZodType>(questionId: T) => {
  const choice = z
    .strictObject({
      question_id: questionId,
      type: z.literal('choice'),
      ...common,
      options,
      answer: line(LIMITS.option),
      accept: absent('is for typed questions only'),
    })
    .refine(answerIsOption, {
      path: ['answer'],
      message: 'must be one of the options, verbatim',
      // Also beside other problems: all are reported at once.
      when: () => true,
    })
  const typed = z.strictObject({
    question_id: questionId,
    type: z.literal('typed'),
    ...common,
    options: absent('is for choice questions only'),
    answer: line(LIMITS.answer),
    accept: list(line(LIMITS.answer), 0, LIMITS.accept).optional(),
  })
  return z.discriminatedUnion('type', [choice, typed])
}

export const newQuestion = questionWith(absent('is made by the server: leave it out'))
export type NewQuestion = z.infer<typeof newQuestion>

export const deckRequest = z
  .strictObject({ title: line(LIMITS.title), questions: list(newQuestion, 1, LIMITS.questions) })
  .meta({ id: 'DeckRequest' })
export type DeckRequest = z.infer<typeof deckRequest>

/** The whole of `GET` may come back: what the server makes is compared or passed over, not refused as a typing error. */
export const deckReplacement = z
  .strictObject({
    title: line(LIMITS.title),
    questions: list(questionWith(z.string().max(200).optional()), 1, LIMITS.questions),
    deck_id: z.string().optional(),
    created_at: z.string().optional(),
    updated_at: z.string().optional(),
  })
  .meta({ id: 'DeckReplacement' })
export type DeckReplacement = z.infer<typeof deckReplacement>

type Written = NewQuestion | DeckReplacement['questions'][number]

/** In the contract's order of fields. */
const toQuestion = (written: Written, questionId: string): Question => ({
  question_id: questionId,
  type: written.type,
  prompt: written.prompt,
  ...(written.type === 'choice' && { options: written.options }),
  answer: written.answer,
  ...(written.type === 'typed' && written.accept && { accept: written.accept }),
  points: written.points,
  time_limit_ms: written.time_limit_ms,
  ...(written.word !== undefined && { word: written.word }),
})

export const buildDeck = (written: DeckRequest, random: Random, now: number): Deck => ({
  deck_id: newId(random),
  title: written.title,
  questions: written.questions.map((question) => toQuestion(question, newId(random))),
  created_at: toTimestamp(now),
  updated_at: toTimestamp(now),
})

/** What is wrong with ids in a replacement. */
export interface IdProblem {
  path: (string | number)[]
  value: string
  detail: string
  /** It names nothing, as opposed to: it is not well-formed. */
  unknown: boolean
}
export type Replaced = { ok: true; deck: Deck } | { ok: false; problems: IdProblem[] }

/** Questions that bring an id of this deck keep it; the others get one. */
export const replaceDeck = (deck: Deck, written: DeckReplacement, random: Random, now: number): Replaced => {
  const problems: IdProblem[] = []
  if (written.deck_id !== undefined && written.deck_id !== deck.deck_id)
    problems.push({ path: ['deck_id'], value: written.deck_id, detail: 'is not the deck of the path', unknown: false })
  const known = new Set(deck.questions.map((question) => question.question_id))
  const seen = new Set<string>()
  written.questions.forEach(({ question_id: id }, i) => {
    if (id === undefined) return
    const path = ['questions', i, 'question_id']
    if (!known.has(id)) problems.push({ path, value: id, detail: 'is no question of this deck', unknown: true })
    else if (seen.has(id)) problems.push({ path, value: id, detail: 'is there twice', unknown: false })
    seen.add(id)
  })
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    deck: {
      ...deck,
      title: written.title,
      questions: written.questions.map((question) => toQuestion(question, question.question_id ?? newId(random))),
      updated_at: toTimestamp(Math.max(now, Date.parse(deck.created_at))),
    },
  }
}
