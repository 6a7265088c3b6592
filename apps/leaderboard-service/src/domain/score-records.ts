/** What a record of the topic `quiz.scores` says. */
import { foreignScoreEvent, scoreEvent } from '@quizboard/shared/contracts/events.ts'
import { z } from 'zod'
import type { OwnScore } from './board.ts'
import { idProblem, type Malformed, malformed, parseJson, problemsOf } from './records.ts'

/**
 * A foreign event that lay in the wrong partition, as it is published again in the right one. `origin` says where it lay:
 * whoever repeats the move after a crash does not add it twice. `timestamp` is the broker's of then, ms.
 */
export const movedScoreEvent = foreignScoreEvent
  .extend({
    origin: z.strictObject({
      partition: z.int().nonnegative(),
      offset: z.int().nonnegative(),
      timestamp: z.int(),
    }),
  })
  .meta({ id: 'MovedScoreEvent' })
export type MovedScoreEvent = z.infer<typeof movedScoreEvent>

/**
 * A foreign event that was a dead letter, as it is sent again once it is mended: to the partition where the record lay that
 * `replay_of` names, whatever its quiz; that partition's owner counts it once. `timestamp` is the broker's of then, ms.
 */
export const replayedScoreEvent = foreignScoreEvent
  .extend({
    replay_of: z.strictObject({
      partition: z.int().nonnegative(),
      offset: z.int().nonnegative(),
      timestamp: z.int(),
    }),
  })
  .meta({ id: 'ReplayedScoreEvent' })
export type ReplayedScoreEvent = z.infer<typeof replayedScoreEvent>

export type ScoreRecord =
  | { kind: 'own'; quizId: string; event: OwnScore }
  | { kind: 'foreign'; quizId: string; userId: string; score: number }
  | { kind: 'moved'; quizId: string; event: MovedScoreEvent }
  | { kind: 'replayed'; quizId: string; event: ReplayedScoreEvent }
  | Malformed

/** Three fields alone are a foreign delta, `origin` marks a moved one, `replay_of` one that was mended, `revision` our own; anything else is malformed. */
export const parseScoreRecord = (value: string): ScoreRecord => {
  const json = parseJson(value)
  if (json === undefined) return malformed('not_json', 'the value is not a JSON object')
  const record = Object.hasOwn(json, 'revision') ? parseOwn(json) : parseForeign(json)
  if (record.kind === 'malformed') return record
  const userId =
    record.kind === 'foreign' ? record.userId : record.kind === 'own' ? record.event.userId : record.event.user_id
  const problem = idProblem('quiz_id', record.quizId) ?? idProblem('user_id', userId)
  return problem === undefined ? record : malformed('invalid', problem)
}

const parseOwn = (json: object): ScoreRecord => {
  const parsed = scoreEvent.safeParse(json)
  if (!parsed.success) return malformed('invalid', problemsOf(parsed.error))
  const { quiz_id, user_id, total, seq, revision, answered_at, reached_at } = parsed.data
  const reachedAt = reached_at === undefined ? null : Date.parse(reached_at)
  if (Number.isNaN(Date.parse(answered_at))) return malformed('invalid', 'answered_at is not a time')
  if (Number.isNaN(reachedAt)) return malformed('invalid', 'reached_at is not a time')
  return { kind: 'own', quizId: quiz_id, event: { userId: user_id, total, seq, revision, reachedAt } }
}

const parseForeign = (json: object): ScoreRecord => {
  if (Object.hasOwn(json, 'origin')) {
    const parsed = movedScoreEvent.safeParse(json)
    if (!parsed.success) return malformed('invalid', problemsOf(parsed.error))
    return { kind: 'moved', quizId: parsed.data.quiz_id, event: parsed.data }
  }
  if (Object.hasOwn(json, 'replay_of')) {
    const parsed = replayedScoreEvent.safeParse(json)
    if (!parsed.success) return malformed('invalid', problemsOf(parsed.error))
    return { kind: 'replayed', quizId: parsed.data.quiz_id, event: parsed.data }
  }
  const known = ['quiz_id', 'user_id', 'score'].every((field) => Object.hasOwn(json, field))
  const parsed = foreignScoreEvent.safeParse(json)
  if (!parsed.success) {
    const reason = known && Object.keys(json).length === 3 ? 'invalid' : 'unknown_shape'
    return malformed(reason, problemsOf(parsed.error))
  }
  const { quiz_id, user_id, score } = parsed.data
  return { kind: 'foreign', quizId: quiz_id, userId: user_id, score }
}
