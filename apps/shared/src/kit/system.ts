/** The real clock and the real randomness. Everything else takes them as arguments. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

/** Node fires a longer timer at once instead. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    if (!(ms >= 0 && ms <= MAX_TIMER_MS)) throw new RangeError(`a timer of ${ms} ms; it must be 0–${MAX_TIMER_MS}`)
    const timer = setTimeout(task, ms)
    return { cancel: () => clearTimeout(timer) }
  },
  sleep(ms) {
    return new Promise((resolve) => {
      systemClock.after(ms, resolve)
    })
  },
}

export const systemRandom: Random = {
  // 53 bits of the operating system's randomness: join codes are guessed by people who gain from it.
  next: () => {
    const bytes = randomBytes(8)
    return Number(bytes.readBigUInt64BE() >> 11n) / 2 ** 53
  },
  bytes: (count) => new Uint8Array(randomBytes(count)),
}
