/** Waiting for news of a quiz: woken by events, never polling. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'

export interface Waiters {
  /** There is news of `key`. */
  wake(key: string): void
  /**
   * The first value of `check` that is not undefined: now, at a wake of `key`, or never within `ms`: undefined. Past the limit of
   * those who wait, no one more does.
   */
  until<T>(key: string, check: () => T | undefined, ms: number): Promise<T | undefined>
  readonly waiting: number
}

export const createWaiters = ({ clock, limit }: { clock: Clock; limit: number }): Waiters => {
  const byKey = new Map<string, Set<() => void>>()
  let waiting = 0

  const wait = <T>(key: string, check: () => T | undefined, ms: number): Promise<T | undefined> =>
    new Promise((resolve) => {
      const group = byKey.get(key) ?? new Set()
      byKey.set(key, group)
      waiting++
      const end = (value: T | undefined) => {
        timer.cancel()
        group.delete(look)
        if (group.size === 0 && byKey.get(key) === group) byKey.delete(key)
        waiting--
        resolve(value)
      }
      const look = () => {
        const value = check()
        if (value !== undefined) end(value)
      }
      const timer = clock.after(ms, () => end(check()))
      group.add(look)
    })

  return {
    wake(key) {
      for (const look of [...(byKey.get(key) ?? [])]) look()
    },
    async until(key, check, ms) {
      const value = check()
      return value !== undefined || waiting >= limit ? value : wait(key, check, ms)
    },
    get waiting() {
      return waiting
    },
  }
}
