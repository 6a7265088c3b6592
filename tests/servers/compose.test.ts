/** compose.yaml's processes with compose.yaml's settings, on real servers: only addresses and ports are this machine's. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createFleetProcess, type FleetProcess } from '@quizboard/quizboard/fleet/fleet-process.ts'
import { reservePorts } from '@quizboard/quizboard/fleet/ports.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readCompose } from '../../scripts/lib/compose.ts'
import { runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { type Bundles, bundlesOf } from '../support/bundles.ts'
import { deleteTopics, dropMongo, onPostgres } from '../support/fleet.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const REPLICAS = { 'quiz-service': 1, 'answer-service': 2, 'leaderboard-service': 2, gateway: 1 } as const
const { services } = readCompose()
const { KAFKA_BROKERS = '', MONGODB_URL = '', POSTGRES_URL = '' } = process.env
const run = promisify(execFile)

const name = `test_${randomUUID().replaceAll('-', '')}`
const folder = mkdtempSync(join(tmpdir(), 'quizboard-compose-'))
const started: FleetProcess[] = []
let bundles: Bundles
let release: (() => Promise<void>) | undefined
let addresses: Record<string, string>
let url: string

/** What a container of the service is given, with its addresses as they are here. */
const environmentOf = (service: string): Record<string, string> => {
  const given = Object.entries(services[service]?.environment ?? {}).map(([key, value]) => [
    key,
    Object.entries(addresses).reduce((text, [there, here]) => text.replaceAll(there, here), value),
  ])
  const own = service === 'gateway' ? {} : { QUIZBOARD_TOPIC_PREFIX: `${name}.` }
  return { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...Object.fromEntries(given), ...own }
}

const command = (service: string, env: Record<string, string>) =>
  run(process.execPath, [bundles.program('quiz-service'), ...(services[service]?.command ?? [])], { env })

beforeAll(async () => {
  bundles = await bundlesOf(Object.keys(REPLICAS))
  const count = Object.values(REPLICAS).reduce((a, b) => a + b, 0)
  const reserved = await reservePorts(3 * count)
  release = reserved.release
  const places = Object.entries(REPLICAS).flatMap(([service, replicas]) =>
    Array.from({ length: replicas }, (_, i) => ({
      service,
      name: `${service} ${i + 1}`,
      ports: reserved.ports.slice(0),
    })),
  )
  places.forEach((place, i) => {
    place.ports = reserved.ports.slice(3 * i, 3 * i + 3)
  })
  const urlsOf = (service: string, port: 0 | 1) =>
    places
      .filter((place) => place.service === service)
      .map(({ ports }) => `http://127.0.0.1:${ports[port]}`)
      .join()
  addresses = {
    'kafka:9092': KAFKA_BROKERS,
    'mongodb://mongodb:27017/?replicaSet=rs0': MONGODB_URL,
    '/secrets/': `${folder}/`,
  }
  for (const service of Object.keys(REPLICAS)) {
    addresses[`http://${service}:8080`] = urlsOf(service, 0)
    addresses[`http://${service}:8081`] = urlsOf(service, 1)
  }
  await run(process.execPath, [bundles.program('quiz-service'), 'secrets', folder])
  await onPostgres(POSTGRES_URL, `create database ${name}`)
  const database = new URL(POSTGRES_URL)
  database.pathname = `/${name}`
  rmSync(join(folder, 'quiz/postgres-url'))
  writeFileSync(join(folder, 'quiz/postgres-url'), database.href)
  await command('topics', environmentOf('topics'))
  await command('migrate', environmentOf('migrate'))
  for (const { service, name: label, ports } of places) {
    const [port = 0, internalPort = 0, metricsPort = 0] = ports
    const isMongo = 'MONGODB_URL' in (services[service]?.environment ?? {})
    const process = createFleetProcess({
      name: label,
      script: bundles.program(service),
      env: {
        ...environmentOf(service),
        ...(isMongo && { QUIZBOARD_MONGODB_DATABASE: name }),
        ...(service !== 'gateway' && { QUIZBOARD_INTERNAL_PORT: String(internalPort) }),
        QUIZBOARD_PORT: String(port),
        QUIZBOARD_METRICS_PORT: String(metricsPort),
      },
      url: `http://127.0.0.1:${port}`,
      metricsPort,
      supervise: false,
      onLine: () => {},
    })
    started.push(process)
    process.start()
  }
  await Promise.all(started.map((process) => process.ready(60_000)))
  url = started.at(-1)?.url ?? ''
  for (let left = 100; (await fetch(`${url}/readyz`)).status !== 200; left--) {
    expect(left).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
})
afterAll(async () => {
  await Promise.all(started.map((process) => process.stop()))
  await release?.()
  await onPostgres(POSTGRES_URL, `drop database if exists ${name} with (force)`)
  await dropMongo(MONGODB_URL, name)
  await deleteTopics(KAFKA_BROKERS, `${name}.`)
  bundles?.remove()
  rmSync(folder, { recursive: true, force: true })
})

it(`[Q1] [Q2] [Q4] [Q5] a quiz agrees with its oracle, and nobody is told a setting that is not his (SEED=${SEED})`, async () => {
  const hostToken = readFileSync(join(folder, 'shared/host-token'), 'utf8').trim()
  const log = await runQuiz({ url }, hostToken, {
    settings: { scoring: 'accuracy', feedback: 'instant', reanswer: 'allowed' },
    players: 30,
    questions: 2,
    seed: SEED,
    openMs: 1_500,
  })
  expect((await verifyQuiz({ url }, hostToken, log)).slice(0, 5)).toEqual([])
  for (const process of started) expect(process.output()).not.toContain('is not a setting')
})

it('host-link makes a browser the host’s, once', async () => {
  const quizService = started[0]
  const port = new URL(quizService?.url ?? '').port
  const internal = addresses['http://quiz-service:8081'] ?? ''
  const env = {
    ...environmentOf('quiz-service'),
    QUIZBOARD_INTERNAL_PORT: new URL(internal).port,
    QUIZBOARD_PORT: port,
  }
  const link = (...args: string[]) =>
    run(process.execPath, [bundles.program('quiz-service'), 'host-link', ...args], { env })
  const { stdout } = await link('https://quiz.example.org/')
  const [, code] = /^https:\/\/quiz\.example\.org\/host#code=(\S+)\n$/.exec(stdout) ?? []
  const exchange = () =>
    fetch(`${url}/api/v1/host/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
  expect([(await exchange()).status, (await exchange()).status]).toEqual([201, 401])
  await expect(link('quiz.example.org')).rejects.toThrow('Usage: host-link [url]')
})

it('secrets stay when the job runs again, and every user of a container may read them', async () => {
  const files = ['shared/host-token', 'shared/internal-secret', 'shared/public-keys.json', 'quiz/signing-key.json']
  const read = () => files.map((file) => readFileSync(join(folder, file), 'utf8'))
  const before = read()
  await run(process.execPath, [bundles.program('quiz-service'), 'secrets', folder])
  expect(read()).toEqual(before)
  for (const file of [...files, 'postgresql/password']) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o444)
})
