/**
 * What the owner of a quiz tells its followers (edges, standbys): a snapshot, then every change in version order.
 * In one process this is a function call; between replicas the same messages cross an internal WebSocket.
 */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { FeedRow } from '../domain/rows.ts'

export type { FeedRow } from '../domain/rows.ts'

export type FeedMessage =
  /** Replaces everything the follower has of this quiz. `rows` in any order. */
  | { kind: 'snapshot'; epoch: number; version: number; rows: readonly FeedRow[]; quiz: LifecycleEvent | undefined }
  /** Versions are consecutive within an epoch: a follower that misses one asks for a snapshot by following anew. */
  | { kind: 'changes'; epoch: number; version: number; rows: readonly FeedRow[] }
  /** A newer lifecycle snapshot; it has no version of its own but a revision. */
  | { kind: 'quiz'; quiz: LifecycleEvent }

export interface Following {
  stop(): void
}

export interface BoardFeed {
  /**
   * Follows a quiz whose id is canonical (as made). The first message is a snapshot, as soon as the owner has loaded the quiz.
   * `onMessage` must not throw.
   */
  follow(quizId: string, onMessage: (message: FeedMessage) => void): Following
  /**
   * The newest lifecycle snapshot, whatever the case of `quizId`. Waits up to `waitMs` for a quiz that is not known yet
   * (a 2xx of the host may be ahead of the event); undefined: there is no such quiz.
   */
  quiz(quizId: string, waitMs: number): Promise<LifecycleEvent | undefined>
}
