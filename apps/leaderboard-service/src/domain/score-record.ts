/** What a record of `quiz.scores` means: one of ours, a foreign delta, one that was moved here, or none of them. */
import { foreignScoreEvent, type ScoreEvent, scoreEvent } from '@quizboard/shared/contracts/events.ts'
import { z } from 'zod'
import type { Delta } from './board.ts'

/** A foreign delta that lay in a wrong partition, published again in the right one. */
const movedScoreEvent = foreignScoreEvent.extend({
  origin: z.strictObject({ partition: z.int().nonnegative(), offset: z.int().nonnegative(), at: z.int() }),
})
export type Origin = z.infer<typeof movedScoreEvent>['origin']

export type ScoreRecord =
  | { kind: 'own'; event: ScoreEvent }
  | { kind: 'foreign'; delta: Delta; origin: Origin | undefined }
  | { kind: 'unknown'; reason: 'not_json' | 'invalid'; detail: string }

const unknown = (reason: 'not_json' | 'invalid', detail: string): ScoreRecord => ({ kind: 'unknown', reason, detail })

const issuesOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`)
    .join('; ')

export const readScoreRecord = (value: string): ScoreRecord => {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch {
    return unknown('not_json', 'the value is not JSON')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return unknown('invalid', 'the value is no object')
  if (Object.hasOwn(parsed, 'revision')) {
    const own = scoreEvent.safeParse(parsed)
    return own.success ? { kind: 'own', event: own.data } : unknown('invalid', issuesOf(own.error))
  }
  if (Object.hasOwn(parsed, 'origin')) {
    const moved = movedScoreEvent.safeParse(parsed)
    if (!moved.success) return unknown('invalid', issuesOf(moved.error))
    const { origin, ...delta } = moved.data
    return { kind: 'foreign', delta, origin }
  }
  const foreign = foreignScoreEvent.safeParse(parsed)
  return foreign.success
    ? { kind: 'foreign', delta: foreign.data, origin: undefined }
    : unknown('invalid', issuesOf(foreign.error))
}
