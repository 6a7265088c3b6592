/** The product over TLS and logins: certificates of our own at Kafka, a password at Kafka, TLS to MongoDB and PostgreSQL. */
import { afterEach, expect, it } from 'vitest'
import { runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { startTestFleet, type TestFleet } from '../support/fleet.ts'

const {
  KAFKA_TLS_BROKERS,
  KAFKA_SASL_BROKERS,
  TLS_CA_FILE = '',
  TLS_CERT_FILE = '',
  TLS_KEY_FILE = '',
  MONGODB_URL = '',
  POSTGRES_URL = '',
} = process.env
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

let fleet: TestFleet | undefined
afterEach(() => fleet?.remove())

const withSettings = (url: string, settings: Record<string, string>) => {
  const made = new URL(url)
  for (const [name, value] of Object.entries(settings)) made.searchParams.set(name, value)
  return made.href
}
const WAYS = [
  ['a certificate', KAFKA_TLS_BROKERS, { KAFKA_CERT_FILE: TLS_CERT_FILE, KAFKA_KEY_FILE: TLS_KEY_FILE }],
  [
    'a password',
    KAFKA_SASL_BROKERS,
    { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'app', KAFKA_SASL_PASSWORD: 'app-secret' },
  ],
] as const

it.skipIf(!KAFKA_TLS_BROKERS || !KAFKA_SASL_BROKERS).each(WAYS)(
  `[Q1] [Q2] a quiz is played over TLS, with %s for Kafka (SEED=${SEED})`,
  async (_, kafkaBrokers = '', login) => {
    fleet = await startTestFleet({
      replicas: { 'quiz-service': 1, 'answer-service': 2, 'leaderboard-service': 2 },
      servers: {
        kafkaBrokers,
        mongodbUrl: withSettings(MONGODB_URL, { tls: 'true', tlsCAFile: TLS_CA_FILE }),
        postgresUrl: withSettings(POSTGRES_URL, { sslmode: 'verify-full', sslrootcert: TLS_CA_FILE }),
      },
      env: { KAFKA_CA_FILE: TLS_CA_FILE, ...login },
    })
    const log = await runQuiz(fleet, fleet.hostToken, {
      settings: { scoring: 'streak', feedback: 'reveal', reanswer: 'allowed' },
      players: 15,
      questions: 3,
      seed: SEED,
      openMs: 2_000,
    })
    expect(await verifyQuiz(fleet, fleet.hostToken, log)).toEqual([])
  },
)
