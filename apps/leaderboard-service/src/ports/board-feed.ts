/**
 * What the edge hears of a quiz, wherever its owner is: a snapshot, then every change in version order, and the quiz's lifecycle as
 * this replica reads it from the log.
 */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { FeedRow } from '../domain/rows.ts'
import type { Following } from './owner-feed.ts'

export type { FeedRow } from '../domain/rows.ts'
export type { Following } from './owner-feed.ts'

export type FeedMessage =
  /** Replaces everything the follower has of this quiz. `rows` in any order. */
  | { kind: 'snapshot'; epoch: number; version: number; rows: readonly FeedRow[]; quiz: LifecycleEvent | undefined }
  /** Versions are consecutive within an epoch: a follower that misses one asks for a snapshot by following anew. `at`: see OwnerMessage. */
  | { kind: 'changes'; epoch: number; version: number; rows: readonly FeedRow[]; at?: number | undefined }
  /** A newer lifecycle snapshot; it has no version of its own but a revision. */
  | { kind: 'quiz'; quiz: LifecycleEvent }

export interface BoardFeed {
  /**
   * Follows a quiz whose id is canonical (as made). The first message is a snapshot, as soon as the owner has loaded the quiz.
   * `onMessage` must not throw.
   */
  follow(quizId: string, onMessage: (message: FeedMessage) => void): Following
  /**
   * The lifecycle snapshot, whatever the case of `quizId`, as new as the log was when it was asked for: what another replica has
   * shown is known here too. Waits up to `waitMs` for a quiz that is not known yet (a 2xx of the host may be ahead of the
   * event); undefined: there is no such quiz. Rejects with LogUnavailable if it is not known, and nobody can tell: see `isWhole`.
   * While the log cannot be read, what is known may be old: with `hasSeen` that is rejected in the same way, for another replica
   * may have shown something newer.
   */
  quiz(quizId: string, waitMs: number, hasSeen?: boolean): Promise<LifecycleEvent | undefined>
  /**
   * Whether what is not known does not exist: the log can be read to its end, and could be all the last seconds. Whoever writes to it
   * has to keep what an outage does not let through.
   */
  isWhole(): Promise<boolean>
  /**
   * The epoch of the quiz's owner as the leases say it now; undefined: it never had one, or they cannot be read. No frame of a
   * higher epoch can have been sent by anyone.
   */
  newestEpoch(quizId: string): Promise<number | undefined>
}

/** What is not known here may be in the log. */
export class LogUnavailable extends Error {
  constructor() {
    super('the event log cannot be read, or could not be a moment ago')
    this.name = 'LogUnavailable'
  }
}
