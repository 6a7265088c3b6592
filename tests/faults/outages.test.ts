/** The servers die, stall and are cut off while crowds play, and services with them. */
import { afterEach, expect, it } from 'vitest'
import { describeReport } from './support/report.ts'
import { type Scenario, type ScenarioOptions, startScenario } from './support/scenario.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

let scenario: Scenario | undefined
afterEach(() => scenario?.close())

const play = async (faults: Pick<ScenarioOptions, 'weights' | 'everyMs' | 'faultsMax'>) => {
  const lines: string[] = []
  const control = process.env.QUIZBOARD_SERVERS_CONTROL
  if (!control) throw new Error('QUIZBOARD_SERVERS_CONTROL must name a command that kills and starts servers')
  scenario = await startScenario({
    ...{ seed: SEED, replicas: 2, control },
    quizzes: [40, 20],
    questions: 4,
    openMs: 3_000,
    answersPerS: 40,
    forMs: 45_000,
    settleMs: 45_000,
    replay: false,
    say: (line) => lines.push(line),
    ...faults,
  })
  const report = await scenario.run()
  console.log(`${lines.join('\n')}\n${describeReport(report)}`)
  expect(report.tally.wrongs.slice(0, 10)).toEqual([])
  expect(report.tally.acknowledged).toBeGreaterThan(50)
  return report
}

it(`[Q1] [Q2] [Q3] [Q4] [Q5] [Q8] Kafka, MongoDB and PostgreSQL are killed, stalled and cut off (SEED=${SEED})`, async () => {
  await play({ weights: { 'kill server': 1, 'stall server': 1, network: 1, kill: 2 }, everyMs: 4_000 })
})

it(`[Q1] [Q2] [Q4] [Q5] [Q9.7] all three are killed within a second, inside quizzes (SEED=${SEED})`, async () => {
  const { faults } = await play({ weights: { 'kill all servers': 1 }, everyMs: 5_000, faultsMax: 2 })
  expect(faults['kill all servers']).toBeGreaterThan(0)
})
