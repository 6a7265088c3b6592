/** Judges an answer again by a corrected key. Its time and its streak are what they were when it was given. */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { countScore, type Rules } from './decide-answer.ts'
import { isRight, type KeyedQuestion } from './definition.ts'
import type { PlayerState, StoredAnswer } from './player.ts'
import { pointsOf } from './scoring.ts'

export type RegradeDecision =
  /** `event` only if the total moves: a held answer is not in it yet. */
  | { kind: 'changed'; state: PlayerState; doc: StoredAnswer; event: ScoreEvent | undefined }
  /** There is no answer, or its verdict stays; `doc`: the one that is there. */
  | { kind: 'unchanged'; doc: StoredAnswer | undefined }

/** `now`: milliseconds since the Unix epoch. */
export const regradeAnswer = (
  state: PlayerState,
  { scoring }: Rules,
  question: KeyedQuestion,
  { revision, now }: { revision: number; now: number },
): RegradeDecision => {
  const before = state.answers.get(question.question_id)
  if (!before) return { kind: 'unchanged', doc: undefined }
  const { points, time_limit_ms } = question
  const { answer, elapsed_ms, streak = 0 } = before
  const is_correct = isRight(question, answer)
  const score = pointsOf({ scoring, points, time_limit_ms, isCorrect: is_correct, elapsed_ms, streak })
  if (is_correct === before.is_correct && score === before.score) return { kind: 'unchanged', doc: before }
  const was = before.regraded?.was ?? { is_correct: before.is_correct, score: before.score }
  const doc: StoredAnswer = { ...before, is_correct, score, regraded: { at: toTimestamp(now), revision, was } }
  const change = before.held ? 0 : score - before.score
  const counted = change === 0 ? { record: state.record, event: undefined } : countScore(state.record, doc, change)
  const answers = new Map(state.answers).set(doc.question_id, doc)
  return { kind: 'changed', state: { ...state, record: counted.record, answers }, doc, event: counted.event }
}
