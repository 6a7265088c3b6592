/**
 * What the owner of a partition tells who follows one of its quizzes, on this replica or over the wire: a snapshot, then every
 * change in version order, and at last that it owns the partition no more.
 */
import type { FeedRow } from '../domain/rows.ts'

export interface Successor {
  id: string
  /** Of its internal port. */
  address: string
}

export type OwnerMessage =
  /** Replaces everything the follower has of this quiz. `rows` in any order. */
  | { kind: 'snapshot'; epoch: number; version: number; rows: readonly FeedRow[] }
  /** Versions are consecutive within an epoch. `at`: when the oldest of their records came to the log, ms, if it is known. */
  | { kind: 'changes'; epoch: number; version: number; rows: readonly FeedRow[]; at?: number | undefined }
  /** Nothing more will come. `to`: who takes over; undefined: not known here. */
  | { kind: 'gone'; to: Successor | undefined }

/** What the other replicas can be asked for. */
export interface ShardPeers {
  /**
   * Follows a quiz whose partition that replica owns, or will own in a moment. `onDown`, once: it cannot be reached (any more), or
   * does not know the partition; nothing is heard after it.
   */
  follow(address: string, quizId: string, onMessage: (message: OwnerMessage) => void, onDown: () => void): Following
  /** Asks the owner to hand the partition over. Resolves once it has; rejects if it is not its owner in that epoch. */
  release(address: string, partition: number, epoch: number, to: Successor): Promise<void>
  /** Tells a replica who owns the partition now, ahead of its next look. */
  announce(address: string, partition: number, epoch: number, owner: Successor): Promise<void>
  close(): Promise<void>
}

export interface Following {
  stop(): void
}
