import { expect, it } from 'vitest'
import { systemClock, systemRandom } from './system.ts'

it('[Q9] the system clock waits, cancels, and refuses what Node would fire at once', async () => {
  const started = systemClock.monotonic()
  let cancelled = false
  systemClock
    .after(1, () => {
      cancelled = true
    })
    .cancel()
  await systemClock.sleep(15)
  expect(systemClock.monotonic() - started).toBeGreaterThanOrEqual(14)
  expect(cancelled).toBe(false)
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(10_000)
  for (const ms of [-1, 2 ** 31, Number.NaN]) expect(() => systemClock.after(ms, () => {})).toThrow(RangeError)
})
it('[Q7.5] system randomness is in [0, 1), and bytes differ', () => {
  for (let i = 0; i < 1_000; i++) {
    const value = systemRandom.next()
    expect(value >= 0 && value < 1).toBe(true)
  }
  expect(systemRandom.bytes(16)).toHaveLength(16)
  expect(systemRandom.bytes(16)).not.toEqual(systemRandom.bytes(16))
})
