/**
 * A queue of keys, as controllers have it. A key that is added while it waits is there once; one that is added while it is worked on
 * comes again when that is done: no two workers ever have the same key, and no addition is lost. What fails comes back later and
 * later, and all retries together not faster than a bucket allows.
 */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import { createRateLimiter, type RateLimits } from './rate-limiter.ts'

export interface WorkQueue {
  add(key: string): void
  /** The earlier of two times counts. */
  addAfter(key: string, ms: number): void
  /** After a failure. */
  retry(key: string): void
  /** After a success: the next failure is the first again. */
  forget(key: string): void
  /** The next key to work on; undefined: the queue is closed. */
  take(): Promise<string | undefined>
  /** Every key that was taken must be given back. */
  done(key: string): void
  close(): void
  readonly depth: number
}

export interface QueueObserver {
  added(): void
  retried(): void
  /** Milliseconds that a key waited. */
  taken(waitedMs: number): void
  done(workedMs: number): void
}

const NOBODY: QueueObserver = { added: () => {}, retried: () => {}, taken: () => {}, done: () => {} }

export const createWorkQueue = (options: {
  clock: Clock
  limits?: Partial<RateLimits>
  observer?: QueueObserver
}): WorkQueue => {
  const { clock, limits, observer = NOBODY } = options
  const limiter = createRateLimiter(clock, limits)
  /** In order; with the time since when each waits. */
  const waiting = new Map<string, number>()
  const working = new Map<string, number>()
  /** Added while worked on. */
  const again = new Set<string>()
  const later = new Map<string, { at: number; timer: Timer }>()
  const takers: ((key: string | undefined) => void)[] = []
  let closed = false

  const next = (): string | undefined => {
    const [first] = waiting
    if (!first) return undefined
    const [key, since] = first
    waiting.delete(key)
    working.set(key, clock.monotonic())
    observer.taken(clock.monotonic() - since)
    return key
  }

  const queue: WorkQueue = {
    add(key) {
      if (closed) return
      if (working.has(key)) {
        if (!again.has(key)) observer.added()
        again.add(key)
        return
      }
      if (waiting.has(key)) return
      observer.added()
      waiting.set(key, clock.monotonic())
      const taker = takers.shift()
      if (taker) taker(next())
    },
    addAfter(key, ms) {
      if (closed) return
      if (ms <= 0) return queue.add(key)
      const at = clock.monotonic() + ms
      const known = later.get(key)
      if (known && known.at <= at) return
      known?.timer.cancel()
      const timer = clock.after(ms, () => {
        later.delete(key)
        queue.add(key)
      })
      later.set(key, { at, timer })
    },
    retry(key) {
      observer.retried()
      queue.addAfter(key, limiter.delayOf(key))
    },
    forget: (key) => limiter.forget(key),
    async take() {
      if (closed) return undefined
      const key = next()
      return key ?? new Promise((resolve) => takers.push(resolve))
    },
    done(key) {
      const since = working.get(key)
      if (since === undefined) return
      working.delete(key)
      observer.done(clock.monotonic() - since)
      if (!again.delete(key) || closed) return
      waiting.set(key, clock.monotonic())
      const taker = takers.shift()
      if (taker) taker(next())
    },
    close() {
      closed = true
      for (const { timer } of later.values()) timer.cancel()
      later.clear()
      waiting.clear()
      again.clear()
      for (const taker of takers.splice(0)) taker(undefined)
    },
    get depth() {
      return waiting.size
    },
  }
  return queue
}
