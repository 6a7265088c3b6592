/** Who follows which quiz of a partition. A follower hears nothing before its snapshot. */
import type { FeedMessage } from '../ports/board-feed.ts'

export type OnMessage = (message: FeedMessage) => void

export interface Follower {
  readonly isActive: boolean
  /** Has its snapshot. */
  isServed: boolean
  tell(message: FeedMessage): void
  stop(): void
}

export interface Followers {
  add(quizId: string, onMessage: OnMessage): Follower
  has(quizId: string): boolean
  /** To all who have their snapshot. */
  tell(quizId: string, message: FeedMessage): void
}

export const createFollowers = (onError: (error: unknown) => void): Followers => {
  const quizzes = new Map<string, Set<Follower>>()
  return {
    add(quizId, onMessage) {
      let isActive = true
      const follower: Follower = {
        get isActive() {
          return isActive
        },
        isServed: false,
        tell(message) {
          if (!isActive) return
          try {
            onMessage(message)
          } catch (error) {
            // It promised not to throw: the others, and the event that is being applied, must not suffer.
            onError(new Error(`a follower of the board of ${quizId} failed`, { cause: error }))
          }
        },
        stop() {
          isActive = false
          const set = quizzes.get(quizId)
          if (set?.delete(follower) && set.size === 0) quizzes.delete(quizId)
        },
      }
      const set = quizzes.get(quizId)
      if (set) set.add(follower)
      else quizzes.set(quizId, new Set([follower]))
      return follower
    },
    has: (quizId) => quizzes.has(quizId),
    tell(quizId, message) {
      const set = quizzes.get(quizId)
      if (set) for (const follower of [...set]) if (follower.isServed) follower.tell(message)
    },
  }
}
