/** What the answers of a player say, beside what the record and the board say. */
import type { PlayerRecord, PlayerState } from '@quizboard/answer-service/domain/player.ts'
import type { BoardRow } from '@quizboard/leaderboard-service/domain/rows.ts'
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'

export interface Difference {
  user_id: string
  /** Sum of the scores of the answers that are not held. */
  answers: number
  /** Total of the record in the answer store, beside the answers. */
  record: number
  /** The same on the board, foreign points apart; undefined: the board does not have the player. */
  board: number | undefined
  /** The board has not seen the player's newest event, or one that nobody has sent. */
  revisions: { record: number; board: number }
}

/** Of the answers that count. */
export const totalOf = ({ answers }: Pick<PlayerState, 'answers'>): number =>
  [...answers.values()].reduce((total, { score, held }) => (held ? total : total + score), 0)

/** undefined: all three say the same. A player without answers need not be on the board. */
export const compare = (state: PlayerState, row: BoardRow | undefined): Difference | undefined => {
  const { record } = state
  const answers = totalOf(state)
  const revisions = { record: record.revision, board: row?.revision ?? 0 }
  const isSame = answers === record.total && answers === (row?.total ?? 0) && revisions.record === revisions.board
  return isSame ? undefined : { user_id: record.user_id, answers, record: record.total, board: row?.total, revisions }
}

/**
 * The record as the answers have it, and the event that tells the board: of a revision above everything that was sent. Whoever adds
 * up the events has the total afterwards. `now`: milliseconds since the Unix epoch.
 */
export const mend = (
  state: PlayerState,
  row: BoardRow | undefined,
  now: number,
): { record: PlayerRecord; event: ScoreEvent } => {
  const { record: before } = state
  const counted = [...state.answers.values()].filter(({ held }) => !held)
  const total = totalOf(state)
  const times = counted.filter(({ score }) => score !== 0).map(({ update_ts }) => update_ts)
  const newest = [...times, ...(before.reached_at === null ? [] : [before.reached_at])].sort().at(-1) ?? null
  const counted_seq = Math.max(before.counted_seq, ...counted.map(({ seq }) => seq))
  const record: PlayerRecord = {
    ...before,
    version: before.version + 1,
    seq: Math.max(before.seq, ...[...state.answers.values()].map(({ seq }) => seq)),
    revision: Math.max(before.revision, row?.revision ?? 0) + 1,
    total,
    counted_seq,
    reached_at: newest,
  }
  const event: ScoreEvent = {
    quiz_id: record.quiz_id,
    user_id: record.user_id,
    score: total - before.total,
    total,
    seq: counted_seq,
    revision: record.revision,
    answered_at: newest ?? toTimestamp(now),
    ...(newest === null ? {} : { reached_at: newest }),
  }
  return { record, event }
}
