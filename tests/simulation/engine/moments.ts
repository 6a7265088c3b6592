/** Moments at which much can go wrong: who waits for one acts just then, instead of at any time. */
import type { Scheduler } from './scheduler.ts'

export interface Moments {
  /** It is one. */
  happen(): void
  /** Resolves at the next one, or after `ms`. */
  next(ms: number): Promise<void>
}

export const createMoments = (scheduler: Scheduler): Moments => {
  let waiting: (() => void)[] = []
  return {
    happen() {
      for (const resolve of waiting.splice(0)) resolve()
    },
    next: (ms) =>
      new Promise((resolve) => {
        const late = scheduler.after(ms, '', () => {
          waiting = waiting.filter((one) => one !== now)
          resolve()
        })
        const now = () => {
          late.cancel()
          resolve()
        }
        waiting.push(now)
      }),
  }
}
