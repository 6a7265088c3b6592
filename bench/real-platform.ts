/**
 * Topics, a database and keys of a benchmark's own, on the servers that KAFKA_BROKERS and MONGODB_URL name, and services and
 * peers as processes on them. Quizzes are published as the quiz-service would: it takes no part in what is measured here.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFleetProcess, type FleetProcess } from '@quizboard/quizboard/fleet/fleet-process.ts'
import { reservePorts } from '@quizboard/quizboard/fleet/ports.ts'
import { openKafkaEventLog } from '@quizboard/shared/adapters/kafka-event-log/kafka-event-log.ts'
import { createTopics } from '@quizboard/shared/adapters/kafka-event-log/topics.ts'
import { createSigner, generateKey, type Signer } from '@quizboard/shared/auth/tokens.ts'
import { systemClock as clock, systemRandom as random } from '@quizboard/shared/kit/system.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { Kafka, logLevel } from 'kafkajs'
import { type Db, MongoClient } from 'mongodb'

export interface Running {
  process: FleetProcess
  port: number
  internalPort: number
  /** Seconds of processor time that it has used so far, the kernel's for it included. */
  cpuSeconds(): number
}

export interface Platform {
  /** Of the database, and with a dot behind it the beginning of every topic's name. */
  name: string
  partitions: number
  log: EventLog
  db: Db
  signer: Signer
  secret: string
  hostToken: string
  /** A service of ours, or a script of this folder; resolves once it is ready. */
  start(script: string, env?: Readonly<Record<string, string>>): Promise<Running>
  /** Records that were ever appended to a topic of this platform, or to another of its database's name. */
  records(topic: string): Promise<number>
  /** Stops what was started and removes topics and database. */
  remove(): Promise<void>
}

const OUTPUT_IGNORED = () => {}
const READY_LIMIT_MS = 60_000
/** Linux counts processor time in hundredths of a second, whatever the machine. */
const TICKS_PER_S = 100

const setting = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} must name a server: this benchmark runs on real ones`)
  return value
}

const cpuSeconds = (pid: number | undefined): number => {
  if (pid === undefined) throw new Error('a process of the benchmark has ended')
  // The name of the program, in brackets, may hold spaces.
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number)
  return (user + system) / TICKS_PER_S
}

/** Processor time that mongod has used since it was started, as it tells itself: of everyone's work. */
export const mongodMicros = async (db: Db): Promise<number> => {
  const { extra_info } = await db.admin().serverStatus()
  return Number(extra_info.user_time_us) + Number(extra_info.system_time_us)
}

export const openPlatform = async (options: { partitions?: number } = {}): Promise<Platform> => {
  const { partitions = 12 } = options
  const brokers = setting('KAFKA_BROKERS').split(',')
  const name = `bench_${randomUUID().replaceAll('-', '')}`
  const folder = mkdtempSync(join(tmpdir(), 'quizboard-bench-'))
  const kafka = { brokers, clientId: 'bench', topicPrefix: `${name}.`, partitions }
  await createTopics(kafka)
  const log = await openKafkaEventLog({ ...kafka, clock, random })
  const mongo = await new MongoClient(setting('MONGODB_URL')).connect()
  const admin = new Kafka({ brokers, clientId: 'bench', logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const key = await generateKey()
  const signer = createSigner({ privateJwk: key, clock })
  const publicKeys = join(folder, 'public-keys.json')
  writeFileSync(publicKeys, JSON.stringify(signer.publicJwks))
  const secret = `internal-${randomUUID()}`
  const hostToken = `host-${randomUUID()}`
  const running: FleetProcess[] = []
  const releases: (() => Promise<void>)[] = []

  return {
    ...{ name, partitions, log, signer, secret, hostToken },
    db: mongo.db(name),
    async start(script, env = {}) {
      const { ports, release } = await reservePorts(3)
      releases.push(release)
      const [port = 0, internalPort = 0, ownMetricsPort = 0] = ports
      const isOurs = !script.endsWith('.ts')
      const metricsPort = isOurs ? ownMetricsPort : port
      const started = createFleetProcess({
        name: script,
        script: fileURLToPath(new URL(isOurs ? `../apps/${script}/src/main.ts` : script, import.meta.url)),
        env: {
          PATH: process.env.PATH ?? '',
          NODE_ENV: 'production',
          KAFKA_BROKERS: brokers.join(),
          MONGODB_URL: setting('MONGODB_URL'),
          QUIZBOARD_MONGODB_DATABASE: name,
          QUIZBOARD_TOPIC_PREFIX: `${name}.`,
          QUIZBOARD_PARTITIONS: String(partitions),
          QUIZBOARD_PUBLIC_KEYS_FILE: publicKeys,
          QUIZBOARD_HOST: '127.0.0.1',
          QUIZBOARD_PORT: String(port),
          QUIZBOARD_INTERNAL_PORT: String(internalPort),
          QUIZBOARD_METRICS_PORT: String(metricsPort),
          QUIZBOARD_METRICS_HOST: '127.0.0.1',
          QUIZBOARD_INTERNAL_SECRET: secret,
          QUIZBOARD_HOST_TOKEN: hostToken,
          QUIZBOARD_LOG_LEVEL: 'warn',
          ...env,
        },
        url: `http://127.0.0.1:${port}`,
        metricsPort,
        supervise: false,
        onLine: OUTPUT_IGNORED,
      })
      running.push(started)
      started.start()
      await started.ready(READY_LIMIT_MS)
      return { process: started, port, internalPort, cpuSeconds: () => cpuSeconds(started.pid) }
    },
    async records(topic) {
      const offsets = await admin.fetchTopicOffsets(`${name}.${topic}`)
      return offsets.reduce((sum, { high }) => sum + Number(high), 0)
    },
    async remove() {
      await Promise.all(running.map((one) => one.stop()))
      await Promise.all(releases.map((release) => release()))
      await log.close()
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${name}.`))
      await admin.deleteTopics({ topics })
      await admin.disconnect()
      await mongo.db(name).dropDatabase()
      await mongo.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
