/** What is stored of one player in one quiz. */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'

/** The answer document: the contract's fields and `held`. */
export interface StoredAnswer {
  user_id: string
  quiz_id: string
  question_id: string
  answer: string
  is_correct: boolean
  score: number
  /** RFC 3339, server time of receipt. */
  update_ts: string
  seq: number
  elapsed_ms: number
  /** Only under scoring `streak`. */
  streak?: number
  /** Not counted in the total yet: feedback `reveal`, and the question is not closed for all. */
  held: boolean
  /** Another verdict than its first: the key was corrected. */
  regraded?: Regraded
}

export interface Regraded {
  /** RFC 3339, server time. */
  at: string
  /** Of the correction that it was judged by. */
  revision: number
  /** Of the first verdict. */
  was: { is_correct: boolean; score: number }
}

export interface PlayerRecord {
  quiz_id: string
  user_id: string
  /** Rises by 1 with every commit, however many answers it takes; 0: nothing is stored yet. */
  version: number
  /** Of the last accepted answer; 0: none. */
  seq: number
  /** Of the last event; 0: none. */
  revision: number
  /** Of all answers that are not held. */
  total: number
  /** The highest `seq` counted in `total`. */
  counted_seq: number
  /** Time of the answer that last changed the total; null: none did. */
  reached_at: string | null
}

export interface PlayerState {
  record: PlayerRecord
  /** By question_id; those that were asked for. */
  answers: ReadonlyMap<string, StoredAnswer>
  /** By answer_id; those that were asked for. */
  results: ReadonlyMap<string, AnswerResult>
}

export const newPlayer = (quiz_id: string, user_id: string): PlayerRecord => ({
  quiz_id,
  user_id,
  version: 0,
  seq: 0,
  revision: 0,
  total: 0,
  counted_seq: 0,
  reached_at: null,
})
