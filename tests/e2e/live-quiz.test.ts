import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'
import { runQuiz } from './foreign/quiz-run.ts'
import { verifyQuiz } from './foreign/verify.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const combinations = (['accuracy', 'speed', 'streak'] as const).flatMap((scoring) =>
  (['instant', 'reveal'] as const).flatMap((feedback) =>
    (['allowed', 'never'] as const).map((reanswer) => ({ scoring, feedback, reanswer })),
  ),
)

describe(`a foreign client with its own oracle (SEED=${SEED})`, () => {
  let product: Product
  beforeAll(async () => {
    product = await startProduct()
  })
  afterAll(() => product.stop())

  it('[Q1] [Q2] [Q4] [Q5] [Q8] agrees with every board, rank and document in all twelve kinds of quiz at once', async () => {
    const runs = combinations.map(async (settings, i) => {
      const log = await runQuiz(product, product.hostToken, {
        settings,
        players: 12,
        questions: 5,
        seed: SEED + i,
        openMs: 1_500,
      })
      return [settings, (await verifyQuiz(product, product.hostToken, log)).slice(0, 5)] as const
    })
    for (const [settings, wrongs] of await Promise.all(runs))
      expect({ settings, wrongs }).toEqual({ settings, wrongs: [] })
  })

  it('[Q2] [Q4] agrees with a quiz of 500 players', async () => {
    const settings = { scoring: 'streak', feedback: 'instant', reanswer: 'allowed' } as const
    const log = await runQuiz(product, product.hostToken, {
      settings,
      players: 500,
      questions: 4,
      seed: SEED,
      openMs: 4_000,
    })
    expect((await verifyQuiz(product, product.hostToken, log)).slice(0, 5)).toEqual([])
  })
})
