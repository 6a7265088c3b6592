/** A token bucket for each key, as the generic cell rate algorithm: one number a key, no timers, a bounded number of keys. */
import { isIPv6 } from 'node:net'
import type { Clock } from '../ports/clock.ts'

export interface RateLimiter {
  /** Takes one; or says in how many whole seconds (≥ 1) there will be one. */
  take(key: string): { ok: true } | { ok: false; retryAfterS: number }
}

export interface RateLimit {
  /** How many a second in the long run. */
  ratePerS: number
  /** How many at once. */
  burst: number
}

const TAKEN = { ok: true } as const

/** `maxKeys`: past it the key that was used longest ago is forgotten, as a rule one whose bucket is full again. */
export const createRateLimiter = (options: RateLimit & { maxKeys?: number; clock: Clock }): RateLimiter => {
  const { ratePerS, burst, maxKeys = 100_000, clock } = options
  if (!(ratePerS > 0) || !(burst >= 1) || !(maxKeys >= 1))
    throw new RangeError(`a rate limit of ${ratePerS} a second, burst ${burst}, ${maxKeys} keys`)
  const intervalMs = 1000 / ratePerS
  const slackMs = (burst - 1) * intervalMs
  /** key → the time at which its bucket is full again, by `clock.monotonic`; in the order of use. */
  const fullAt = new Map<string, number>()
  return {
    take(key) {
      const now = clock.monotonic()
      const known = fullAt.get(key)
      const from = known === undefined || known < now ? now : known
      const waitMs = from - now - slackMs
      // A thousandth of a millisecond is rounding.
      if (waitMs > 0.001) return { ok: false, retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)) }
      if (known !== undefined) fullAt.delete(key)
      else if (fullAt.size >= maxKeys) {
        for (const oldest of fullAt.keys()) {
          fullAt.delete(oldest)
          break
        }
      }
      fullAt.set(key, from + intervalMs)
      return TAKEN
    },
  }
}

/**
 * What an address counts as: IPv4 as it is, also when mapped into IPv6; of IPv6 the first 64 bits, since one household or
 * host has all addresses below.
 */
export const addressKey = (address: string): string => {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)
  if (mapped) return mapped[1] as string
  const bare = address.split('%', 1)[0] as string
  if (!isIPv6(bare)) return address
  const [head = '', tail] = bare.split('::') as [string, string?]
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  const groups = [...front, ...zeros, ...back].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
