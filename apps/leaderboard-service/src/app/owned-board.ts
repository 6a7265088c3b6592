/** One quiz of an owned partition in memory: its board, its version, who follows it, and what is not flushed yet. */
import { type Board, feedRowOf, type Outcome } from '../domain/board.ts'
import type { FeedMessage } from '../ports/board-feed.ts'
import type { BoardRow } from '../ports/board-store.ts'

export type Follower = (message: FeedMessage) => void

export interface OwnedBoard {
  readonly board: Board
  version: number
  /** Users whose row has changed since it was flushed. */
  readonly dirty: Set<string>
  /** Users whose row has changed since the last version. */
  readonly unpublished: Set<string>
  /** Rise of `seq` since the last version. */
  unpublishedAnswers: number
  /** Work under way that needs it in memory. */
  pins: number
  /** By the monotonic clock. */
  lastUsed: number
}

export const createOwnedBoard = (board: Board, version: number, now: number): OwnedBoard => ({
  board,
  version,
  dirty: new Set(),
  unpublished: new Set(),
  unpublishedAnswers: 0,
  pins: 0,
  lastUsed: now,
})

/** Notes what a transition changed; returns what it says about the answers counted. */
export const note = (owned: OwnedBoard, outcome: Outcome): void => {
  if (outcome.kind !== 'changed') return
  owned.dirty.add(outcome.row.user_id)
  if (outcome.shown) owned.unpublished.add(outcome.row.user_id)
  owned.unpublishedAnswers += outcome.answers
}

/** The next version, or undefined if nothing that can be seen has changed. */
export const nextChanges = (owned: OwnedBoard, epoch: number): FeedMessage | undefined => {
  if (owned.unpublished.size === 0) return undefined
  const rows = [...owned.unpublished].map((userId) => feedRowOf(owned.board.rows.get(userId) as BoardRow))
  owned.unpublished.clear()
  owned.unpublishedAnswers = 0
  owned.version++
  return { kind: 'changes', epoch, version: owned.version, rows }
}
