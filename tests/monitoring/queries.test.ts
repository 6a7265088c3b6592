/** Rules and dashboard against a real Prometheus that scrapes the running services, as observability/prometheus.yml says. */
import { setTimeout as sleep } from 'node:timers/promises'
import { prometheusTargets } from '@quizboard/quizboard/fleet/prometheus-targets.ts'
import { eventually } from '@quizboard/shared/testing/eventually.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metricsCatalogue } from '../../scripts/lib/metrics-catalogue.ts'
import { runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { dashboardQueries } from '../support/dashboard.ts'
import { startTestFleet, type TestFleet } from '../support/fleet.ts'
import { type Layout, makeLayout } from './support/layout.ts'
import { type Prometheus, type Series, startPrometheus } from './support/prometheus.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
/** Panels of what does not happen in a run without faults: their queries say so with a zero. */
const QUIET = new Set(['Failures', 'Sockets closed by us', 'Alerts'])
/** Of the fleet, and the one that `npm start` would be. */
const PROCESSES = 1 + 1 + 2 + 3 + 1
const ZERO = / or vector\(0\)$/

let fleet: TestFleet
let layout: Layout
let prometheus: Prometheus
let began: number

const play = async (feedback: 'instant' | 'reveal', seed: number) => {
  // Whoever is told to ask again asks again.
  const settings = { scoring: 'speed', feedback, reanswer: 'allowed' } as const
  const log = await runQuiz(fleet, fleet.hostToken, {
    settings,
    players: 30,
    questions: 3,
    seed,
    openMs: 2_000,
    faults: true,
  })
  expect(await verifyQuiz(fleet, fleet.hostToken, log)).toEqual([])
}

beforeAll(async () => {
  layout = makeLayout()
  fleet = await startTestFleet({
    replicas: { 'quiz-service': 1, 'answer-service': 2, 'leaderboard-service': 3 },
  })
  layout.setTargets(prometheusTargets(fleet))
  prometheus = await startPrometheus(layout.configFile, layout.data)
  began = Date.now()
  // Prometheus takes some seconds to look for its targets.
  const scrapes = 'count(count_over_time(up[1m]) > 2)'
  await eventually('every process is scraped', async () => (await newest(scrapes)) === PROCESSES, { limitMs: 30_000 })
  // It hands its partitions to the others.
  await fleet.scale('leaderboard-service', 2)
  layout.setTargets(prometheusTargets(fleet))
  await play('reveal', SEED)
  await play('instant', SEED + 1)
  // Rest, longer than what is an hour here.
  await sleep(25_000)
}, 180_000)
afterAll(async () => {
  await prometheus?.stop()
  await fleet?.remove()
  layout?.remove()
})

const numbers = (list: readonly Series[]) =>
  list.flatMap(({ values }) => values.map(([, value]) => Number(value))).filter((value) => !Number.isNaN(value))
const newest = async (query: string) => {
  const [first] = await prometheus.range(query, began)
  return Number(first?.values.at(-1)?.[1])
}

it('scrapes every process', async () => {
  const up = await prometheus.range('sum by (job) (up)', Date.now() - 2_000)
  const counts = Object.fromEntries(up.map(({ metric, values }) => [metric.job, values.at(-1)?.[1]]))
  expect(counts).toMatchObject({ gateway: '1', 'quiz-service': '1', 'answer-service': '2', 'leaderboard-service': '2' })
})

it('the page of the metrics names what the processes expose, no more and no less', async () => {
  const processes = [
    fleet.gateway,
    ...(['quiz-service', 'answer-service', 'leaderboard-service'] as const).flatMap(fleet.replicas),
  ]
  const texts = await Promise.all(
    processes.map(({ metricsPort }) => fetch(`http://127.0.0.1:${metricsPort}/metrics`).then((reply) => reply.text())),
  )
  const exposed = new Set(texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)))
  const known = metricsCatalogue().filter(({ programs }) => programs.some((program) => program !== 'operator'))
  expect([...exposed].sort()).toEqual(known.map(({ name }) => name).sort())
})

it(`every recording rule records something (SEED=${SEED})`, async () => {
  expect(layout.recorded.length).toBeGreaterThan(5)
  for (const name of layout.recorded)
    expect(numbers(await prometheus.range(name, began)).length, name).toBeGreaterThan(0)
})

it(`[Q2] at rest every answer that was counted is scored and shown, and no alert fires (SEED=${SEED})`, async () => {
  const total = (what: string) => newest(`sum(quizboard_answers_${what}_total)`)
  const accepted = await total('accepted')
  expect(accepted).toBeGreaterThan(100)
  expect([await total('counted'), await total('scored'), await total('shown')]).toEqual([accepted, accepted, accepted])
  expect(await newest('quizboard:answers_unscored:difference')).toBe(0)
  expect(await newest('quizboard:answer_processes:changes1h')).toBe(0)
  const firing = await prometheus.range('ALERTS{alertstate="firing"}', began)
  expect(firing.map(({ metric }) => metric.alertname)).toEqual([])
})

describe.each(dashboardQueries())('panel "$panel"', ({ panel, expr }) => {
  it(`returns data: ${expr}`, async () => {
    const found = numbers(await prometheus.range(expr.replace(ZERO, ''), began)).length
    if (found > 0 || !QUIET.has(panel)) expect(found).toBeGreaterThan(0)
    else {
      expect(expr).toMatch(ZERO)
      expect(numbers(await prometheus.range(expr, began)).length).toBeGreaterThan(0)
    }
  })
})
