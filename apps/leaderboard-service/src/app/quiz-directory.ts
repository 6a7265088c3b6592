/** Every quiz that is known, by its newest lifecycle event; whoever asks for one that is not may wait a little for it. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'

export interface QuizDirectory {
  /** False: it is no newer than what is known. */
  learn(event: LifecycleEvent): boolean
  /** By the canonical id. */
  get(quizId: string): LifecycleEvent | undefined
  /** Whatever the case of the id. */
  find(quizId: string, waitMs: number): Promise<LifecycleEvent | undefined>
}

/** Requests for quizzes that nobody knows may wait, but not without a limit. */
const WAITING_MAX = 10_000

export const createQuizDirectory = (clock: Clock): QuizDirectory => {
  const quizzes = new Map<string, LifecycleEvent>()
  const waiting = new Map<string, Set<(event: LifecycleEvent) => void>>()
  let waiters = 0
  const keyOf = (quizId: string) => quizId.toLowerCase()

  const arrival = (key: string, waitMs: number): Promise<LifecycleEvent | undefined> =>
    new Promise((resolve) => {
      const room = waiting.get(key) ?? new Set()
      waiting.set(key, room)
      waiters++
      const leave = (event: LifecycleEvent | undefined) => {
        timer.cancel()
        waiters--
        room.delete(leave)
        if (room.size === 0) waiting.delete(key)
        resolve(event)
      }
      const timer = clock.after(waitMs, () => leave(undefined))
      room.add(leave)
    })

  return {
    learn(event) {
      const key = keyOf(event.quiz_id)
      const known = quizzes.get(key)
      if (known && event.revision <= known.revision) return false
      quizzes.set(key, event)
      for (const arrived of [...(waiting.get(key) ?? [])]) arrived(event)
      return true
    },
    get: (quizId) => quizzes.get(keyOf(quizId)),
    async find(quizId, waitMs) {
      const key = keyOf(quizId)
      const known = quizzes.get(key)
      if (known || waitMs <= 0 || waiters >= WAITING_MAX) return known
      return arrival(key, waitMs)
    },
  }
}
