/** The product in processes of its own on real Kafka, MongoDB and PostgreSQL, with the foreign client of the end-to-end tests. */
import { setTimeout as sleep } from 'node:timers/promises'
import { SERVICES } from '@quizboard/quizboard/fleet/fleet.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded } from '../e2e/foreign/api.ts'
import { runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { startTestFleet, type TestFleet } from '../support/fleet.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

let fleet: TestFleet
beforeAll(async () => {
  fleet = await startTestFleet({
    replicas: { 'quiz-service': 2, 'answer-service': 3, 'leaderboard-service': 3 },
    replicasMax: 4,
  })
})
afterAll(() => fleet?.remove())

const kinds = [
  { scoring: 'streak', feedback: 'instant', reanswer: 'allowed' },
  { scoring: 'speed', feedback: 'reveal', reanswer: 'allowed' },
] as const

it(`[Q1] [Q2] [Q4] [Q5] [Q8] agrees with every board, rank and document (SEED=${SEED})`, async () => {
  const runs = kinds.map(async (kind, i) => {
    const log = await runQuiz(fleet, fleet.hostToken, {
      settings: kind,
      players: 60,
      questions: 4,
      seed: SEED + i,
      openMs: 2_500,
    })
    return { kind, wrongs: (await verifyQuiz(fleet, fleet.hostToken, log)).slice(0, 5) }
  })
  expect(await Promise.all(runs)).toEqual(kinds.map((kind) => ({ kind, wrongs: [] })))
})

it(`[Q1] [Q3] [Q5] loses and doubles nothing when the services are killed with SIGKILL (SEED=${SEED})`, async () => {
  const random = seeded(SEED)
  let playing = true
  const kills = (async () => {
    for (let i = 0; i < 5; i++) {
      await sleep(500 + random.below(2_000))
      if (!playing) return
      const victims = fleet.replicas(random.pick(SERVICES))
      victims[random.below(victims.length)]?.kill('SIGKILL')
    }
  })()
  const runs = kinds.map((kind, i) =>
    runQuiz(fleet, fleet.hostToken, {
      settings: kind,
      players: 20,
      questions: 4,
      seed: SEED + 10 + i,
      openMs: 4_000,
      faults: true,
    }),
  )
  const logs = await Promise.all(runs).finally(() => {
    playing = false
  })
  await kills
  for (const log of logs) {
    const wrongs = (await verifyQuiz(fleet, fleet.hostToken, log)).slice(0, 5)
    expect({ kind: log.settings, wrongs }).toEqual({ kind: log.settings, wrongs: [] })
  }
})

it(`[Q4] [Q5] [Q6] keeps every view exact while the leaderboard-service is scaled to 1, 4 and 2 (SEED=${SEED})`, async () => {
  const scaling = (async () => {
    for (const count of [1, 4, 2]) {
      await sleep(1_500)
      await fleet.scale('leaderboard-service', count)
    }
  })()
  const runs = kinds.map((kind, i) =>
    runQuiz(fleet, fleet.hostToken, {
      settings: kind,
      players: 30,
      questions: 5,
      seed: SEED + 20 + i,
      openMs: 5_000,
      faults: true,
    }),
  )
  const logs = await Promise.all(runs)
  await scaling
  expect(fleet.replicas('leaderboard-service').filter(({ pid }) => pid !== undefined)).toHaveLength(2)
  for (const log of logs) {
    const wrongs = (await verifyQuiz(fleet, fleet.hostToken, log)).slice(0, 5)
    expect({ kind: log.settings, wrongs }).toEqual({ kind: log.settings, wrongs: [] })
  }
})
