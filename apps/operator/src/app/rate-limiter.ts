/** How long a key that failed waits: longer with each failure in a row, and never more retries at once than a bucket holds. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'

export interface RateLimits {
  firstMs: number
  mostMs: number
  /** Retries of all keys together. */
  perSecond: number
  burst: number
}

const DEFAULTS: RateLimits = { firstMs: 500, mostMs: 300_000, perSecond: 10, burst: 100 }

export const createRateLimiter = (clock: Clock, limits: Partial<RateLimits> = {}) => {
  const { firstMs, mostMs, perSecond, burst } = { ...DEFAULTS, ...limits }
  const failures = new Map<string, number>()
  let tokens = burst
  let filledAt = clock.monotonic()

  /** Takes a token; how long until it is there. */
  const bucketDelay = (): number => {
    const now = clock.monotonic()
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1_000) * perSecond)
    filledAt = now
    tokens -= 1
    return tokens >= 0 ? 0 : (-tokens / perSecond) * 1_000
  }

  return {
    delayOf(key: string): number {
      const failed = failures.get(key) ?? 0
      failures.set(key, failed + 1)
      return Math.max(Math.min(mostMs, firstMs * 2 ** Math.min(failed, 30)), bucketDelay())
    },
    forget: (key: string) => void failures.delete(key),
  }
}
