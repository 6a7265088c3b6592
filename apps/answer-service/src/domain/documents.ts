/** Answer documents as each reader may see them. */
import type { AnswerDoc, FeedbackMode } from '@quizboard/shared/contracts/rest.ts'
import type { StoredAnswer } from './player.ts'

/** `key`: of the question, once it is closed for all; else undefined. */
export const hostDocument = (stored: StoredAnswer, key: string | undefined): AnswerDoc => {
  const { user_id, quiz_id, question_id, answer, is_correct, score, update_ts, seq, elapsed_ms, streak, regraded } =
    stored
  return {
    user_id,
    quiz_id,
    question_id,
    answer,
    is_correct,
    score,
    update_ts,
    seq,
    elapsed_ms,
    ...(streak === undefined ? {} : { streak }),
    ...(key === undefined ? {} : { key }),
    ...(regraded ? { regraded: { at: regraded.at, was: regraded.was } } : {}),
  }
}

/** Under `reveal`, whatever depends on the key or on time is absent until the question is closed for all. */
export const playerDocument = (stored: StoredAnswer, feedback: FeedbackMode, key: string | undefined): AnswerDoc => {
  if (feedback === 'instant' || key !== undefined) return hostDocument(stored, key)
  const { user_id, quiz_id, question_id, answer, update_ts, seq } = stored
  return { user_id, quiz_id, question_id, answer, update_ts, seq }
}
