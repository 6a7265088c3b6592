import { expect, it } from 'vitest'
import { startProduct } from '../support/product.ts'
import { seeded, sleep } from './foreign/api.ts'
import { runQuiz } from './foreign/quiz-run.ts'
import { verifyQuiz } from './foreign/verify.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

it(`[Q1] [Q3] [Q5] loses and doubles nothing when it is killed with SIGKILL in the middle of quizzes (SEED=${SEED})`, async () => {
  const product = await startProduct()
  const random = seeded(SEED)
  let playing = true
  const kills = (async () => {
    for (let i = 0; i < 4 && playing; i++) {
      await sleep(1_500 + random.below(4_000))
      if (!playing) return
      await product.kill9()
      await product.restart()
    }
  })()
  try {
    const settings = [
      { scoring: 'accuracy', feedback: 'reveal', reanswer: 'allowed' },
      { scoring: 'streak', feedback: 'instant', reanswer: 'allowed' },
      { scoring: 'speed', feedback: 'reveal', reanswer: 'never' },
    ] as const
    const runs = settings.map(async (s, i) => {
      const log = await runQuiz(product, product.hostToken, {
        settings: s,
        players: 25,
        questions: 5,
        seed: SEED + i,
        openMs: 4_000,
        faults: true,
      })
      return log
    })
    const logs = await Promise.all(runs)
    playing = false
    await kills
    for (const log of logs) {
      const wrongs = await verifyQuiz(product, product.hostToken, log)
      expect({ settings: log.settings, wrongs: wrongs.slice(0, 5) }).toEqual({ settings: log.settings, wrongs: [] })
    }
  } finally {
    playing = false
    await kills.catch(() => {})
    await product.stop()
  }
})
