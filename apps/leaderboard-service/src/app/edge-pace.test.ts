import { expect, it } from 'vitest'
import { nextInterval } from './edge-pace.ts'

const LIMITS = { minMs: 50, maxMs: 1_000 }
const IDLE = { costMs: 0.1, lateMs: 1 }

it('an idle machine ticks at the least interval', () => {
  expect(nextInterval(50, IDLE, LIMITS)).toBe(50)
})
it('ticks take at most half of the time', () => {
  expect(nextInterval(50, { costMs: 20, lateMs: 0 }, LIMITS)).toBe(50)
  expect(nextInterval(50, { costMs: 40, lateMs: 0 }, LIMITS)).toBe(80)
})
it('a thread that others want widens the interval too', () => {
  expect(nextInterval(50, { costMs: 1, lateMs: 103 }, LIMITS)).toBe(400)
})
it('it never widens past the most', () => {
  expect(nextInterval(50, { costMs: 5_000, lateMs: 5_000 }, LIMITS)).toBe(1_000)
})
it('it narrows step by step', () => {
  const steps = [400]
  for (let i = 0; i < 9; i++) steps.push(Math.round(nextInterval(steps.at(-1) ?? 0, IDLE, LIMITS)))
  expect(steps).toEqual([400, 300, 225, 169, 127, 95, 71, 53, 50, 50])
})
