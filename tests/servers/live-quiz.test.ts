/** The whole product on real Kafka, MongoDB and PostgreSQL, with the foreign client of the end-to-end tests. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MongoClient } from 'mongodb'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded } from '../e2e/foreign/api.ts'
import { runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { type Product, startProduct } from '../support/product.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const { KAFKA_BROKERS, MONGODB_URL, POSTGRES_URL } = process.env
if (!KAFKA_BROKERS || !MONGODB_URL || !POSTGRES_URL)
  throw new Error('KAFKA_BROKERS, MONGODB_URL and POSTGRES_URL must name servers for tests')
const name = `test_${randomUUID().replaceAll('-', '')}`
const CREATE_TOPICS = fileURLToPath(new URL('../../apps/quizboard/src/create-topics.ts', import.meta.url))

const onPostgres = async (statement: string) => {
  const client = new pg.Client({ connectionString: POSTGRES_URL })
  await client.connect()
  await client.query(statement)
  await client.end()
}
const settings = () => {
  const postgres = new URL(POSTGRES_URL)
  postgres.pathname = `/${name}`
  return {
    QUIZBOARD_STORES: 'servers',
    QUIZBOARD_TOPIC_PREFIX: `${name}.`,
    QUIZBOARD_PARTITIONS: '4',
    QUIZBOARD_MONGODB_DATABASE: name,
    KAFKA_BROKERS,
    MONGODB_URL,
    POSTGRES_URL: postgres.href,
  }
}

let product: Product
const onMongo = async <T>(work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = await new MongoClient(MONGODB_URL).connect()
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}
beforeAll(async () => {
  // As docs/operations/real-servers.md asks: a killed process leaves its transaction open for so long.
  await onMongo((client) => client.db('admin').command({ setParameter: 1, transactionLifetimeLimitSeconds: 5 }))
  await onPostgres(`CREATE DATABASE ${name}`)
  await promisify(execFile)(process.execPath, [CREATE_TOPICS], { env: { ...process.env, ...settings() } })
  product = await startProduct({ env: settings() })
})
afterAll(async () => {
  await product?.stop()
  await onPostgres(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await onMongo((client) => client.db(name).dropDatabase())
})

const kinds = [
  { scoring: 'streak', feedback: 'instant', reanswer: 'allowed' },
  { scoring: 'speed', feedback: 'reveal', reanswer: 'allowed' },
] as const

it(`[Q1] [Q2] [Q4] [Q5] [Q8] agrees with every board, rank and document (SEED=${SEED})`, async () => {
  const runs = kinds.map(async (kind, i) => {
    const log = await runQuiz(product, product.hostToken, {
      settings: kind,
      players: 60,
      questions: 4,
      seed: SEED + i,
      openMs: 2_500,
    })
    return { kind, wrongs: (await verifyQuiz(product, product.hostToken, log)).slice(0, 5) }
  })
  expect(await Promise.all(runs)).toEqual(kinds.map((kind) => ({ kind, wrongs: [] })))
})

it(`[Q1] [Q3] [Q5] loses and doubles nothing when the services are killed with SIGKILL (SEED=${SEED})`, async () => {
  const random = seeded(SEED)
  let playing = true
  const kills = (async () => {
    for (let i = 0; i < 2; i++) {
      await sleep(2_500 + random.below(4_000))
      if (!playing) return
      await product.kill9()
      await product.restart()
    }
  })()
  const runs = kinds.map((kind, i) =>
    runQuiz(product, product.hostToken, {
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
    const wrongs = (await verifyQuiz(product, product.hostToken, log)).slice(0, 5)
    expect({ kind: log.settings, wrongs }).toEqual({ kind: log.settings, wrongs: [] })
  }
})
