/** The product in processes of its own on the real servers that the environment names, in databases and topics of its own. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Fleet, type FleetOptions, startFleet } from '@quizboard/quizboard/fleet/fleet.ts'
import { createSigner, generateKey } from '@quizboard/shared/auth/tokens.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import { Kafka, logLevel } from 'kafkajs'
import { MongoClient } from 'mongodb'
import pg from 'pg'

/** Where the servers are; a proxy may stand before each. */
interface Servers {
  kafkaBrokers: string
  mongodbUrl: string
  postgresUrl: string
}

const serversOfEnvironment = (): Servers => {
  const { KAFKA_BROKERS, MONGODB_URL, POSTGRES_URL } = process.env
  if (!KAFKA_BROKERS || !MONGODB_URL || !POSTGRES_URL)
    throw new Error('KAFKA_BROKERS, MONGODB_URL and POSTGRES_URL must name servers for tests')
  return { kafkaBrokers: KAFKA_BROKERS, mongodbUrl: MONGODB_URL, postgresUrl: POSTGRES_URL }
}

export interface TestFleet extends Fleet {
  /** Of topics (`name.`) and databases. */
  readonly name: string
  /** For processes beside the fleet: commands, producers. */
  readonly env: Readonly<Record<string, string>>
  /** Log lines of all processes, the newest last. */
  readonly lines: readonly string[]
  /** Stops it and removes its topics and databases. */
  remove(): Promise<void>
}

export interface TestFleetOptions {
  replicas: FleetOptions['replicas']
  replicasMax?: number
  partitions?: number
  env?: Record<string, string>
  /** Servers as the services see them. Default: those of the environment. */
  servers?: Servers
  /** Default: true. */
  supervise?: boolean
  /** Programs of the services and the admin steps before them. Default: their sources. */
  programs?: { scriptOf: NonNullable<FleetOptions['scriptOf']>; steps: readonly (readonly string[])[] }
}

const run = promisify(execFile)
const command = (path: string) => fileURLToPath(new URL(`../../apps/${path}`, import.meta.url))
const STEPS = [[command('quiz-service/src/commands/topics.ts')], [command('quiz-service/src/commands/migrate.ts')]]
const LINES_MAX = 5_000
const DELETE_LIMIT_MS = 15_000

export const startTestFleet = async (options: TestFleetOptions): Promise<TestFleet> => {
  const real = serversOfEnvironment()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const folder = mkdtempSync(join(tmpdir(), 'quizboard-fleet-'))
  const lines: string[] = []
  const database = (url: string) => {
    const made = new URL(url)
    made.pathname = `/${name}`
    return made.href
  }
  const settings = (servers: Servers) => ({
    ...withoutSettings(process.env),
    NO_COLOR: '1',
    KAFKA_BROKERS: servers.kafkaBrokers,
    MONGODB_URL: servers.mongodbUrl,
    POSTGRES_URL: database(servers.postgresUrl),
    QUIZBOARD_TOPIC_PREFIX: `${name}.`,
    QUIZBOARD_PARTITIONS: String(options.partitions ?? 4),
    QUIZBOARD_MONGODB_DATABASE: name,
    QUIZBOARD_LOG_FORMAT: 'pretty',
    ...options.env,
  })
  const env = settings(options.servers ?? real)
  const remove = async () => {
    await onPostgres(real.postgresUrl, `drop database if exists ${name} with (force)`)
    await dropMongo(real.mongodbUrl, name)
    await deleteTopics(real.kafkaBrokers, `${name}.`)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await onPostgres(real.postgresUrl, `create database ${name}`)
    for (const step of options.programs?.steps ?? STEPS) await run(process.execPath, [...step], { env })
    const fleet = await startFleet({
      env,
      replicas: options.replicas,
      ...(options.replicasMax === undefined ? {} : { replicasMax: options.replicasMax }),
      port: 0,
      secrets: await makeSecrets(folder),
      supervise: options.supervise ?? true,
      ...(options.programs && { scriptOf: options.programs.scriptOf }),
      onLine(process, line) {
        if (lines.push(`[${process}] ${line}`) > LINES_MAX) lines.splice(0, LINES_MAX / 2)
      },
    })
    return Object.assign(fleet, {
      name,
      env,
      lines,
      remove: async () => {
        await fleet.stop()
        await remove()
      },
    })
  } catch (error) {
    await remove()
    throw error
  }
}

const makeSecrets = async (folder: string): Promise<FleetOptions['secrets']> => {
  const key = await generateKey()
  const signingKeyFile = join(folder, 'signing-key.json')
  const publicKeysFile = join(folder, 'public-keys.json')
  writeFileSync(signingKeyFile, JSON.stringify(key))
  writeFileSync(publicKeysFile, JSON.stringify(createSigner({ privateJwk: key, clock }).publicJwks))
  return {
    hostToken: `host-${randomUUID()}`,
    internalSecret: `internal-${randomUUID()}`,
    signingKeyFile,
    publicKeysFile,
  }
}

/** The tests' own environment, without settings that a developer may have made for the product. */
const withoutSettings = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(QUIZBOARD|VITEST|NODE_OPTIONS)/.test(entry[0]),
    ),
  )

export const onPostgres = async (url: string, statement: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
export const dropMongo = async (url: string, name: string) => {
  const client = await new MongoClient(url).connect()
  await client.db(name).dropDatabase()
  await client.close()
}
/** Again, if there was no reply: kafkajs may wait for ever on a broker that has just been killed. */
export const deleteTopics = async (brokers: string, prefix: string) => {
  for (let left = 3; left > 0; left--)
    if (await within(clock, DELETE_LIMIT_MS, deleteTopicsOnce(brokers, prefix)).catch(() => false)) return
}
const deleteTopicsOnce = async (brokers: string, prefix: string) => {
  const admin = new Kafka({ clientId: 'tests', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  await admin.disconnect()
}
