/** What goes into the images, on real Kafka, MongoDB and PostgreSQL: the same quiz as from the sources. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { type Bundles, bundlesOf } from '../support/bundles.ts'
import { startTestFleet, type TestFleet } from '../support/fleet.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const run = promisify(execFile)

let bundles: Bundles
let fleet: TestFleet
beforeAll(async () => {
  bundles = await bundlesOf(['quiz-service', 'answer-service', 'leaderboard-service', 'gateway'])
  const program = bundles.program('quiz-service')
  fleet = await startTestFleet({
    replicas: { 'quiz-service': 1, 'answer-service': 2, 'leaderboard-service': 2 },
    programs: { scriptOf: bundles.program, steps: ['topics', 'migrate'].map((step) => [program, step]) },
  })
})
afterAll(async () => {
  await fleet?.remove()
  bundles?.remove()
})

it(`[Q1] [Q2] [Q4] [Q5] the bundles agree with every board, rank and document (SEED=${SEED})`, async () => {
  const log = await runQuiz(fleet, fleet.hostToken, {
    settings: { scoring: 'speed', feedback: 'reveal', reanswer: 'allowed' },
    players: 40,
    questions: 3,
    seed: SEED,
    openMs: 1_500,
  })
  expect((await verifyQuiz(fleet, fleet.hostToken, log)).slice(0, 5)).toEqual([])
  const { stdout } = await run(process.execPath, [bundles.program('leaderboard-service'), 'rebuild', log.quizId], {
    env: fleet.env,
  })
  expect(stdout).toContain('40 players')
  expect(stdout).toContain('0 players differ')
})

it('dead letters are exported by the leaderboard-service’s bundle', async () => {
  const { stderr } = await run(process.execPath, [bundles.program('leaderboard-service'), 'dead-letters', 'export'], {
    env: fleet.env,
  })
  expect(stderr).toContain('0 dead letters.')
})
