/**
 * The standings of record, MongoDB `leaderboard` or its embedded twin: one document per (quiz_id, user_id), beside each
 * partition's offsets and fence. All promises are kept by every adapter (board-store.contract.ts).
 */
import type { BoardRow } from '../domain/rows.ts'

export type { BoardRow } from '../domain/rows.ts'

export interface PartitionState {
  /** Next offset to read, by topic. */
  offsets: Record<string, number>
  /** For events moved here from a wrong partition: the highest origin offset applied, by origin partition. */
  origins: Record<number, number>
}

export interface Fence {
  partition: number
  /** The lease's counter: the fence and the wire's epoch. */
  epoch: number
}

export interface BoardStore {
  /** Takes over a partition: raises its epoch durably, so that every older owner's `flush` fails, and gives its state. */
  acquire(partition: number): Promise<{ fence: Fence; state: PartitionState }>
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
