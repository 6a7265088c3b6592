/** One quiz's standings at its owner: rows, versions, followers. Everything here is synchronous. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import { feedRowOf } from '../domain/board.ts'
import type { FeedMessage } from '../ports/board-feed.ts'
import type { BoardRow } from '../ports/board-store.ts'

export type Follower = (message: FeedMessage) => void

export interface OwnerBoard {
  readonly quizId: string
  readonly players: number
  readonly version: number
  readonly followers: ReadonlySet<Follower>
  /** When it was last changed or followed; monotonic ms. */
  usedAt: number
  row(userId: string): BoardRow | undefined
  /** Replaces a row; followers learn of it at the next `publish`. */
  set(row: BoardRow): void
  /** Gives what was set since the last time its version. Gives how many answers became visible by it. */
  publish(): number
  follow(follower: Follower, quiz: LifecycleEvent | undefined): void
  unfollow(follower: Follower): void
}

/** `version`: the newest that a board of this quiz may have had in this epoch. */
export const createOwnerBoard = (
  quizId: string,
  epoch: number,
  version: number,
  stored: readonly BoardRow[],
): OwnerBoard => {
  const rows = new Map(stored.map((row) => [row.user_id, row]))
  const pending = new Map<string, BoardRow>()
  const followers = new Set<Follower>()
  let current = version
  let answers = 0

  const publish = (): number => {
    if (pending.size === 0) return 0
    current++
    if (followers.size > 0) {
      const message: FeedMessage = {
        kind: 'changes',
        epoch,
        version: current,
        rows: [...pending.values()].map(feedRowOf),
      }
      for (const follower of followers) follower(message)
    }
    pending.clear()
    const shown = answers
    answers = 0
    return shown
  }
  return {
    quizId,
    get players() {
      return rows.size
    },
    get version() {
      return current
    },
    followers,
    usedAt: 0,
    row: (userId) => rows.get(userId),
    set(row) {
      answers += row.seq - (rows.get(row.user_id)?.seq ?? 0)
      rows.set(row.user_id, row)
      pending.set(row.user_id, row)
    },
    publish,
    follow(follower, quiz) {
      follower({ kind: 'snapshot', epoch, version: current, rows: [...rows.values()].map(feedRowOf), quiz })
      followers.add(follower)
    },
    unfollow: (follower) => {
      followers.delete(follower)
    },
  }
}
