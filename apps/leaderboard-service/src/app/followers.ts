/** Who follows which quiz of a partition. A follower hears nothing before its snapshot. */
import type { OwnerMessage } from '../ports/owner-feed.ts'

export type OnMessage = (message: OwnerMessage) => void

export interface Follower {
  readonly quizId: string
  readonly isActive: boolean
  /** Has its snapshot. */
  isServed: boolean
  tell(message: OwnerMessage): void
  stop(): void
}

export interface Followers {
  add(quizId: string, onMessage: OnMessage): Follower
  has(quizId: string): boolean
  /** Those who have no snapshot yet. */
  waiting(): Follower[]
  /** To all of a quiz who have their snapshot. */
  tell(quizId: string, message: OwnerMessage): void
  /** The last message of all; nobody follows any more. */
  dismiss(message: OwnerMessage): void
}

export const createFollowers = (onError: (error: unknown) => void): Followers => {
  const quizzes = new Map<string, Set<Follower>>()
  const all = () => [...quizzes.values()].flatMap((set) => [...set])
  return {
    add(quizId, onMessage) {
      let isActive = true
      const follower: Follower = {
        quizId,
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
    waiting: () => all().filter(({ isServed }) => !isServed),
    tell(quizId, message) {
      const set = quizzes.get(quizId)
      if (set) for (const follower of [...set]) if (follower.isServed) follower.tell(message)
    },
    dismiss(message) {
      for (const follower of all()) {
        follower.tell(message)
        follower.stop()
      }
    },
  }
}
