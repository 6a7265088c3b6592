import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { expect, it } from 'vitest'
import { createMemoryQuizStore } from '../adapters/memory-quiz-store.ts'
import { createLoginCodes } from './login-codes.ts'

it('[Q7.5] a login code works once, for a while, at any replica', async () => {
  const clock = createFakeClock(0)
  const random = createSeededRandom(1)
  const store = createMemoryQuizStore()
  const [codes, other] = [1, 2].map(() => createLoginCodes({ store, clock, random, validMs: 1_000 }))
  if (!codes || !other) throw new Error('two')
  const [one, two] = [await codes.create(), await codes.create()]
  expect(one).toMatch(/^[A-Za-z0-9_-]{24}$/)
  await clock.advance(999)
  expect(await other.redeem(two)).toBe(true)
  expect(await codes.redeem(two)).toBe(false)
  expect(await codes.redeem('x')).toBe(false)
  await clock.advance(1)
  expect(await codes.redeem(one)).toBe(false)
})
