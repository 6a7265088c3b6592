/**
 * The standings of record, MongoDB `leaderboard` or its embedded twin: one document per (quiz_id, user_id), beside each
 * partition's lease, offsets and fence. All promises are kept by every adapter (board-store.contract.ts).
 */
import type { BoardRow } from '../domain/rows.ts'

export type { BoardRow } from '../domain/rows.ts'

export interface PartitionState {
  /** Next offset to read, by topic. */
  offsets: Record<string, number>
  /** For events moved here from a wrong partition: the highest origin offset applied, by origin partition. */
  origins: Record<number, number>
  /** Dead letters of `quiz.scores` that were mended and counted: the offsets of their records, by partition (this one's, as a rule). */
  replayed: Record<number, number[]>
}

export const emptyState = (): PartitionState => ({ offsets: {}, origins: {}, replayed: {} })

export interface Fence {
  partition: number
  /** The lease's counter: the fence and the wire's epoch. */
  epoch: number
}

/** Who owns a partition. */
export interface Lease extends Fence {
  /** A member's id; null: it was handed back. Whoever it was handed on to has not taken it before the epoch rises. */
  owner: string | null
  state: PartitionState
}

export interface BoardStore {
  /** Of every partition that was ever owned. */
  leases(): Promise<Lease[]>
  /**
   * Takes over a partition: raises its epoch durably, so that every older owner's `flush` fails, and gives its state. `seen`: the
   * epoch that the taker believes in, 0 for none; if it is another one by now, somebody was faster: undefined, nothing changed.
   */
  acquire(partition: number, owner: string, seen: number): Promise<{ fence: Fence; state: PartitionState } | undefined>
  /** Hands the partition back, or on: `to` is the member that is to take it. Nothing if a newer epoch exists. */
  release(fence: Fence, to: string | null): Promise<void>
  /**
   * One transaction: the rows and the partition's state. Each row is an absolute write, guarded by its own document: what
   * goes by `revision` (total, seq), by `foreign_offset` (foreign) and by joining (name) is replaced only by something newer,
   * and `score` follows; never an increment.
   * `stale`: a newer epoch exists; nothing was written.
   */
  flush(fence: Fence, rows: readonly BoardRow[], state: PartitionState): Promise<'ok' | 'stale'>
  /** Every row of a quiz (canonical id), in any order. */
  load(quizId: string): Promise<BoardRow[]>
  close(): Promise<void>
}
