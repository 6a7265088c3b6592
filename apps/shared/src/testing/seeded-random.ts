/** Randomness that a seed repeats, for tests and the simulator. Not for ids or tokens of real users. */
import type { Random } from '../ports/random.ts'

export interface SeededRandom extends Random {
  readonly seed: number
  /** An integer in [0, below). */
  int(below: number): number
  pick<T>(list: readonly T[]): T
  /** True with probability `p`. */
  chance(p: number): boolean
  /** A new list in random order (Fisher–Yates). */
  shuffle<T>(list: readonly T[]): T[]
}

/** mulberry32 by Tommy Ettinger (public domain). `seed`: its low 32 bits count. */
export const createSeededRandom = (seed: number): SeededRandom => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    seed,
    next,
    int,
    bytes: (count) => Uint8Array.from({ length: count }, () => int(256)),
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('nothing to pick from')
      return list[int(list.length)] as T
    },
    chance: (p) => next() < p,
    shuffle<T>(list: readonly T[]): T[] {
      const shuffled = [...list]
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = int(i + 1)
        ;[shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T]
      }
      return shuffled
    },
  }
}
