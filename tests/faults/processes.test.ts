/** The services die while crowds play; the servers they stand on stay up. */
import { afterEach, expect, it } from 'vitest'
import { describeReport } from './support/report.ts'
import { type Scenario, startScenario } from './support/scenario.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

let scenario: Scenario | undefined
afterEach(() => scenario?.close())

it(`[Q1] [Q2] [Q4] [Q5] [Q8] processes of every service are killed, ended and stalled (SEED=${SEED})`, async () => {
  const lines: string[] = []
  scenario = await startScenario({
    seed: SEED,
    replicas: 3,
    quizzes: [60, 20, 20, 20],
    questions: 4,
    openMs: 3_000,
    answersPerS: 60,
    forMs: 30_000,
    settleMs: 20_000,
    weights: { kill: 6, end: 2, stall: 2 },
    everyMs: 2_500,
    replay: true,
    say: (line) => lines.push(line),
  })
  const report = await scenario.run()
  console.log(describeReport(report))
  expect({ wrongs: report.tally.wrongs.slice(0, 10), faults: report.tally.wrongs.length > 0 ? lines : [] }).toEqual({
    wrongs: [],
    faults: [],
  })
  expect(report.tally.acknowledged).toBeGreaterThan(100)
})
