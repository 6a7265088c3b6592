/** The newest lifecycle snapshot of every quiz, found whatever the case of the id; who asks too early waits for it. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { createWaitingRoom } from './edge-waiting.ts'

export interface Catalogue {
  /** True: it is newer than what was known. */
  learn(quiz: LifecycleEvent): boolean
  get(quizId: string): LifecycleEvent | undefined
  /** Waits up to `waitMs`, and before that as long as it takes until the log has been read for the first time. */
  find(quizId: string, waitMs: number): Promise<LifecycleEvent | undefined>
  /** The log has been read to where it ended at the start. */
  complete(): void
  readonly isComplete: boolean
  /** Called with each newer snapshot of a quiz, by its id as made, until it is stopped. Must not throw. */
  onChange(quizId: string, listener: (quiz: LifecycleEvent) => void): { stop(): void }
  readonly size: number
  close(): void
}

/** No quiz has it: whoever waits for the start of everything. */
const START = ''

export const createCatalogue = (clock: Clock, quizzesMax: number): Catalogue => {
  const quizzes = new Map<string, LifecycleEvent>()
  const waiting = createWaitingRoom(clock)
  /** In the order of their closing. */
  const closed = new Set<string>()
  const listeners = new Map<string, Set<(quiz: LifecycleEvent) => void>>()
  let isComplete = false

  const forgetOldest = () => {
    for (const key of closed) {
      if (quizzes.size <= quizzesMax) return
      closed.delete(key)
      quizzes.delete(key)
    }
  }
  return {
    learn(quiz) {
      const key = quiz.quiz_id.toLowerCase()
      const known = quizzes.get(key)
      if (known !== undefined && known.revision >= quiz.revision) return false
      if (quiz.state === 'closed') closed.add(key)
      // Of a closed quiz no question is shown any more: most of the snapshot can go.
      const { question, ...rest } = quiz
      const kept = quiz.state === 'closed' || question === undefined ? rest : quiz
      quizzes.set(key, kept)
      forgetOldest()
      waiting.notify(key)
      for (const listener of [...(listeners.get(quiz.quiz_id) ?? [])]) listener(kept)
      return true
    },
    get: (quizId) => quizzes.get(quizId.toLowerCase()),
    async find(quizId, waitMs) {
      const key = quizId.toLowerCase()
      await waiting.until(START, () => isComplete, Number.POSITIVE_INFINITY)
      await waiting.until(key, () => quizzes.has(key), waitMs)
      return quizzes.get(key)
    },
    complete() {
      isComplete = true
      waiting.notify(START)
    },
    get isComplete() {
      return isComplete
    },
    onChange(quizId, listener) {
      const group = listeners.get(quizId) ?? new Set()
      listeners.set(quizId, group)
      group.add(listener)
      return {
        stop() {
          group.delete(listener)
          if (group.size === 0 && listeners.get(quizId) === group) listeners.delete(quizId)
        },
      }
    },
    get size() {
      return quizzes.size
    },
    close: () => waiting.close(),
  }
}
