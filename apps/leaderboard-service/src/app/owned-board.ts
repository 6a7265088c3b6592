/** One quiz of an owned partition in memory: its board, its version, who follows it, and what is not flushed yet. */
import { type Board, feedRowOf, type Outcome } from '../domain/board.ts'
import type { BoardRow } from '../ports/board-store.ts'
import type { OwnerMessage } from '../ports/owner-feed.ts'

export interface OwnedBoard {
  readonly board: Board
  version: number
  /** Users whose row has changed since it was flushed. */
  readonly dirty: Set<string>
  /** Users whose row has changed since the last version. */
  readonly unpublished: Set<string>
  /** Rise of `seq` since the last version. */
  unpublishedAnswers: number
  /** When the oldest record since the last version came to the log, ms. */
  unpublishedSince: number | undefined
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
  unpublishedSince: undefined,
  pins: 0,
  lastUsed: now,
})

/** Notes what a transition changed for those who follow. `at`: of its record, ms. */
export const note = (owned: OwnedBoard, outcome: Outcome, at: number): void => {
  if (outcome.kind !== 'changed') return
  if (outcome.shown) {
    owned.unpublished.add(outcome.row.user_id)
    owned.unpublishedSince ??= at
  }
  owned.unpublishedAnswers += outcome.answers
}

/**
 * The next version, or undefined if nothing that can be seen has changed. Without an epoch nobody follows: what changed is
 * forgotten, and the version stays.
 */
export const nextChanges = (owned: OwnedBoard, epoch: number | undefined): OwnerMessage | undefined => {
  if (epoch === undefined) {
    forget(owned)
    return undefined
  }
  const at = owned.unpublishedSince
  if (owned.unpublished.size === 0) return undefined
  const rows = [...owned.unpublished].map((userId) => feedRowOf(owned.board.rows.get(userId) as BoardRow))
  forget(owned)
  owned.version++
  return { kind: 'changes', epoch, version: owned.version, rows, at }
}

const forget = (owned: OwnedBoard): void => {
  owned.unpublished.clear()
  owned.unpublishedAnswers = 0
  owned.unpublishedSince = undefined
}
