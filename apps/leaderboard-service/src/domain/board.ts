/**
 * The standings of one quiz as state and transitions. The same events, in any order the log can give them and any number
 * of times, make the same board:
 * - an own event sets the total if its revision is newer than the board's;
 * - a foreign delta is added if its offset in the quiz's partition is higher than the last one added;
 * - a join counts once.
 * Rows are never changed in place: what has been handed out stays as it was.
 */
import type { BoardRow, FeedRow } from './rows.ts'

export interface Board {
  readonly quizId: string
  readonly rows: Map<string, BoardRow>
}

export interface OwnScore {
  userId: string
  total: number
  seq: number
  revision: number
  /** ms; null: no answer has changed the total yet. */
  reachedAt: number | null
}
export interface ForeignScore {
  userId: string
  score: number
  /** In the quiz's own partition. */
  offset: number
  /** ms, the broker's. */
  timestamp: number
}
export interface Join {
  userId: string
  name: string
  /** ms */
  joinedAt: number
}

export type Outcome =
  /** `shown`: whether a follower can see the difference. `answers`: by how much `seq` rose. */
  | { kind: 'changed'; row: BoardRow; shown: boolean; answers: number }
  | { kind: 'duplicate' }
  | { kind: 'refused'; reason: 'board_full' | 'score_out_of_range'; detail: string }

const DUPLICATE: Outcome = { kind: 'duplicate' }

export const createBoard = (quizId: string, rows: readonly BoardRow[]): Board => ({
  quizId,
  rows: new Map(rows.map((row) => [row.user_id, row])),
})

/** Server time at which the player got to the score: see the contract's "got there first". */
export const reachedAt = ({ own_reached_at, foreign_reached_at, joined_at }: BoardRow): number => {
  if (own_reached_at === null || foreign_reached_at === null)
    return own_reached_at ?? foreign_reached_at ?? joined_at ?? 0
  return Math.max(own_reached_at, foreign_reached_at)
}

export const feedRowOf = (row: BoardRow): FeedRow => ({
  user_id: row.user_id,
  name: row.name,
  score: row.score,
  reached_at: reachedAt(row),
  seq: row.seq,
  joined: row.joined_at !== null,
})

const newRow = (quizId: string, userId: string): BoardRow => ({
  quiz_id: quizId,
  user_id: userId,
  score: 0,
  total: 0,
  revision: 0,
  seq: 0,
  foreign: 0,
  foreign_offset: -1,
  name: null,
  joined_at: null,
  own_reached_at: null,
  foreign_reached_at: null,
})

/** The newer of each part: what a store has after it was given `next`. */
export const mergeRows = (stored: BoardRow, next: BoardRow): BoardRow => {
  const own = next.revision > stored.revision ? next : stored
  const foreign = next.foreign_offset > stored.foreign_offset ? next : stored
  const joined = stored.joined_at === null ? next : stored
  return {
    quiz_id: stored.quiz_id,
    user_id: stored.user_id,
    score: own.total + foreign.foreign,
    total: own.total,
    revision: own.revision,
    seq: own.seq,
    own_reached_at: own.own_reached_at,
    foreign: foreign.foreign,
    foreign_offset: foreign.foreign_offset,
    foreign_reached_at: foreign.foreign_reached_at,
    name: joined.name,
    joined_at: joined.joined_at,
  }
}

const put = (board: Board, before: BoardRow | undefined, next: BoardRow, maxUsers: number): Outcome => {
  if (before === undefined && board.rows.size >= maxUsers) {
    return {
      kind: 'refused',
      reason: 'board_full',
      detail: `the board has ${board.rows.size} users, the most it takes`,
    }
  }
  const row = { ...next, score: next.total + next.foreign }
  if (!Number.isSafeInteger(row.score) || !Number.isSafeInteger(row.foreign)) {
    return {
      kind: 'refused',
      reason: 'score_out_of_range',
      detail: `the score would be ${row.total} + ${row.foreign}, outside of ±(2⁵³ − 1)`,
    }
  }
  board.rows.set(row.user_id, row)
  const shown =
    before === undefined ||
    row.score !== before.score ||
    reachedAt(row) !== reachedAt(before) ||
    row.seq !== before.seq ||
    row.name !== before.name ||
    (row.joined_at === null) !== (before.joined_at === null)
  return { kind: 'changed', row, shown, answers: Math.max(0, row.seq - (before?.seq ?? 0)) }
}

export const applyOwn = (board: Board, event: OwnScore, maxUsers: number): Outcome => {
  const before = board.rows.get(event.userId)
  if (before !== undefined && event.revision <= before.revision) return DUPLICATE
  const { total, seq, revision } = event
  const row = before ?? newRow(board.quizId, event.userId)
  return put(board, before, { ...row, total, seq, revision, own_reached_at: event.reachedAt }, maxUsers)
}

export const applyForeign = (board: Board, event: ForeignScore, maxUsers: number): Outcome => {
  const before = board.rows.get(event.userId)
  if (before !== undefined && event.offset <= before.foreign_offset) return DUPLICATE
  const row = before ?? newRow(board.quizId, event.userId)
  const next = { ...row, foreign: row.foreign + event.score, foreign_offset: event.offset }
  if (event.score !== 0) next.foreign_reached_at = Math.max(row.foreign_reached_at ?? event.timestamp, event.timestamp)
  return put(board, before, next, maxUsers)
}

export const applyJoin = (board: Board, event: Join, maxUsers: number): Outcome => {
  const before = board.rows.get(event.userId)
  if (before !== undefined && before.joined_at !== null) return DUPLICATE
  const row = before ?? newRow(board.quizId, event.userId)
  return put(board, before, { ...row, name: event.name, joined_at: event.joinedAt }, maxUsers)
}
