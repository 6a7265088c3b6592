import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { expect, it } from 'vitest'
import { createLoginCodes } from './login-codes.ts'

const make = () => {
  const clock = createFakeClock(0)
  return { clock, codes: createLoginCodes({ clock, random: createSeededRandom(1), validMs: 1_000 }) }
}
it('[Q7.5] a login code works once', () => {
  const { codes } = make()
  const [one, two] = [codes.create(), codes.create()]
  expect(one).toMatch(/^[A-Za-z0-9_-]{24}$/)
  expect([codes.redeem(two), codes.redeem(two), codes.redeem(one), codes.redeem('x')]).toEqual([
    true,
    false,
    true,
    false,
  ])
})
it('[Q7.5] a login code works for a while', async () => {
  const { clock, codes } = make()
  const [one, two] = [codes.create(), codes.create()]
  await clock.advance(999)
  expect(codes.redeem(one)).toBe(true)
  await clock.advance(1)
  expect(codes.redeem(two)).toBe(false)
})
it('[Q9] at most a hundred login codes are kept, the newest', () => {
  const { codes } = make()
  const all = Array.from({ length: 150 }, () => codes.create())
  expect(codes.redeem(all[0] ?? '')).toBe(false)
  expect(codes.redeem(all[149] ?? '')).toBe(true)
})
