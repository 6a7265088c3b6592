/** Feedback `reveal`: a held answer is counted once its question is closed for all. */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import { countScore } from './decide-answer.ts'
import type { PlayerState, StoredAnswer } from './player.ts'

export type Release =
  | { kind: 'released'; state: PlayerState; doc: StoredAnswer; event: ScoreEvent }
  /** It is not held (any more): a release before this one has counted it. */
  | { kind: 'none' }

/** One event, also for an answer of no points: whether points moved would tell the key. */
export const releaseHeld = (state: PlayerState, question_id: string): Release => {
  const held = state.answers.get(question_id)
  if (!held?.held) return { kind: 'none' }
  const doc = { ...held, held: false }
  const { record, event } = countScore(state.record, doc, doc.score)
  return {
    kind: 'released',
    state: { ...state, record, answers: new Map(state.answers).set(question_id, doc) },
    doc,
    event,
  }
}
