import { describe, expect, it } from 'vitest'
import { PLANTED_BUGS } from './planted-bugs.ts'
import { simulate } from './simulate.ts'

const SEEDS = 1_000
/** SEED=… runs that one alone. */
const only = process.env.SEED
const seeds = only === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(only)]

describe('simulation', () => {
  it(`[Q1] [Q2] [Q3] [Q4] [Q5] [Q6] [Q7] [Q8] hold for ${only ?? `1–${SEEDS}`}: crashes, repeats, delays, other orders`, async () => {
    let accepted = 0
    let crashes = 0
    for (const seed of seeds) {
      const report = await simulate({ seed })
      expect(report.violations, `seed ${seed}: npm run simulate -- --seed ${seed} --trace`).toEqual([])
      accepted += report.accepted
      crashes += report.crashes
    }
    // A world in which nothing happens proves nothing.
    if (only !== undefined) return
    expect(accepted).toBeGreaterThan(SEEDS * 10)
    expect(crashes).toBeGreaterThan(SEEDS)
  })

  it.each([1, 42, 4_294_967_295])('[Q10] seed %i gives the same run twice, to the last line', async (seed) => {
    const lines = [[], []] as [string[], string[]]
    const first = await simulate({ seed, print: (line) => void lines[0].push(line) })
    const second = await simulate({ seed })
    expect(second.traceHash).toBe(first.traceHash)
    expect((await simulate({ seed: seed + 1 })).traceHash).not.toBe(first.traceHash)
  })

  it.each(PLANTED_BUGS)(`[$rule] a planted bug is found within ${SEEDS} seeds: $name`, async ({ plant, rules }) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations } = await simulate({ seed, wrappers: plant() })
      if (violations.length === 0) continue
      expect(violations[0]).toMatch(rules)
      // And it is there again when the seed is run again.
      expect((await simulate({ seed, wrappers: plant() })).violations).toEqual(violations)
      return
    }
    expect.fail('not found')
  })
})
