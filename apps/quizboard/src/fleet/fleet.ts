/**
 * The product as it runs in a cluster, on this machine: every service in as many processes as wanted, on real servers, behind
 * one gateway. For development and for tests that kill what they like.
 */
import { fileURLToPath } from 'node:url'
import { schema as answerSchema } from '@quizboard/answer-service/config.ts'
import { schema as leaderboardSchema } from '@quizboard/leaderboard-service/config.ts'
import { processSchema, schema as quizSchema } from '@quizboard/quiz-service/config.ts'
import { publicKeysShape, signingKeyShape } from '@quizboard/shared/auth/key-files.ts'
import { loginCodeReply } from '@quizboard/shared/contracts/internal.ts'
import { callInternal } from '@quizboard/shared/http/internal-client.ts'
import type { Env } from '@quizboard/shared/kit/config.ts'
import { mongodbSchema } from '@quizboard/shared/process/server-settings.ts'
import { createFleetProcess, type FleetProcess } from './fleet-process.ts'
import { reservePorts } from './ports.ts'

export const SERVICES = ['quiz-service', 'answer-service', 'leaderboard-service'] as const
export type ServiceName = (typeof SERVICES)[number]

export interface FleetOptions {
  /** Of all processes: where the servers are, and what else is set. */
  env: Env
  replicas: Readonly<Record<ServiceName, number>>
  /** Replicas that a service can be scaled to. Default: as many as it has. */
  replicasMax?: number
  /** Of the gateway; 0: any free one. */
  port: number
  publicUrl?: string
  secrets: { hostToken: string; internalSecret: string; signingKeyFile: string; publicKeysFile: string }
  /** The program of a service. Default: its sources. */
  scriptOf?(service: ServiceName | 'gateway'): string
  /** Start again what ends by itself. */
  supervise: boolean
  onLine(process: string, line: string): void
}

export interface Fleet {
  /** Where everything is reached. */
  readonly url: string
  readonly hostToken: string
  readonly gateway: FleetProcess
  /** Replicas that were started, those among them that have ended too; by number. */
  replicas(service: ServiceName): readonly FleetProcess[]
  /** Starts or stops replicas until there are so many; those with the highest numbers go. Resolves once that is done. */
  scale(service: ServiceName, count: number): Promise<void>
  /** For the link that makes a browser the host's; works once. */
  createLoginCode(): Promise<string>
  stop(): Promise<void>
}

interface Place {
  port: number
  internalPort: number
  metricsPort: number
}

const READY_LIMIT_MS = 60_000
const sourceOf = (name: string) => fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url))
const ofMongo = Object.keys({ ...mongodbSchema.shape, ...publicKeysShape })
/** Settings that not all services have. */
const NAMES: Record<ServiceName, readonly string[]> = {
  'quiz-service': Object.keys({ ...quizSchema.shape, ...processSchema.shape, ...signingKeyShape }),
  'answer-service': [...Object.keys(answerSchema.shape), ...ofMongo],
  'leaderboard-service': [...Object.keys(leaderboardSchema.shape), ...ofMongo],
}

/** Resolves once everything is ready. Rejects if a part cannot start; nothing is left running then. */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { replicas: wanted, supervise, secrets, onLine, scriptOf = sourceOf } = options
  const { places, release } = await choosePlaces(options)
  const running = new Map<ServiceName, FleetProcess[]>(SERVICES.map((service) => [service, []]))
  const of = (service: ServiceName) => running.get(service) ?? []
  const processAt = (service: ServiceName, index: number, place: Place) => {
    const name = `${service} ${index + 1}`
    return createFleetProcess({
      name,
      script: scriptOf(service),
      env: serviceEnv(service, options, place, places.services),
      url: urlOf(place),
      metricsPort: place.metricsPort,
      supervise,
      onLine: (line) => onLine(name, line),
    })
  }
  const scale = async (service: ServiceName, count: number) => {
    const list = of(service)
    await Promise.all(list.splice(count).map((one) => one.stop()))
    const more = places.services[service].slice(list.length, count).map((place, i) => {
      const started = processAt(service, list.length + i, place)
      started.start()
      return started
    })
    list.push(...more)
    await Promise.all(more.map((one) => one.ready(READY_LIMIT_MS)))
  }
  const gateway = createFleetProcess({
    name: 'gateway',
    script: scriptOf('gateway'),
    env: gatewayEnv(options, places),
    url: urlOf(places.gateway),
    metricsPort: places.gateway.metricsPort,
    supervise,
    onLine: (line) => onLine('gateway', line),
  })
  const stop = async () => {
    await gateway.stop()
    // News flows quiz → answer → leaderboard: in that order, the last of it still reaches the boards.
    for (const service of SERVICES) await Promise.all(of(service).map((one) => one.stop()))
    await release()
  }
  try {
    gateway.start()
    await Promise.all(SERVICES.map((service) => scale(service, wanted[service])))
    await gateway.ready(READY_LIMIT_MS)
    await untilReady(gateway.url)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: gateway.url,
    hostToken: secrets.hostToken,
    gateway,
    replicas: of,
    scale,
    async createLoginCode() {
      const base = `http://127.0.0.1:${places.services['quiz-service'][0]?.internalPort}`
      const request = { method: 'POST', path: '/internal/v1/login-codes', timeoutMs: 5_000 } as const
      return loginCodeReply.parse(await callInternal(base, secrets.internalSecret, request)).code
    },
    stop,
  }
}

const choosePlaces = async ({ replicas, replicasMax = 0, port }: FleetOptions) => {
  const counts = SERVICES.map((service) => Math.max(replicas[service], replicasMax))
  const { ports, release } = await reservePorts(2 + 3 * counts.reduce((a, b) => a + b, 0))
  const left = [...ports]
  const next = () => left.pop() ?? 0
  const gateway = { port: port === 0 ? next() : port, metricsPort: next() }
  const place = (): Place => ({ port: next(), internalPort: next(), metricsPort: next() })
  const services = Object.fromEntries(
    SERVICES.map((service, i) => [service, Array.from({ length: counts[i] ?? 0 }, place)]),
  ) as Record<ServiceName, Place[]>
  return { places: { gateway, services }, release }
}
type Places = Awaited<ReturnType<typeof choosePlaces>>['places']
const urlOf = ({ port }: { port: number }) => `http://127.0.0.1:${port}`

/** What the caller's environment has for this service, and what the fleet decides. */
const serviceEnv = (
  service: ServiceName,
  { env, secrets }: FleetOptions,
  place: Place,
  places: Places['services'],
): Record<string, string> => {
  const others = new Set(SERVICES.filter((other) => other !== service).flatMap((other) => NAMES[other]))
  for (const name of NAMES[service]) others.delete(name)
  const given = Object.entries(env).filter(([name, value]) => value !== undefined && !others.has(name))
  const answers = places['answer-service'].map(({ internalPort }) => `http://127.0.0.1:${internalPort}`)
  const own: Record<ServiceName, Record<string, string>> = {
    'quiz-service': {
      QUIZBOARD_SIGNING_KEY_FILE: secrets.signingKeyFile,
      QUIZBOARD_ANSWER_SERVICE_INTERNAL_URL: answers.join(),
    },
    'answer-service': { QUIZBOARD_PUBLIC_KEYS_FILE: secrets.publicKeysFile },
    'leaderboard-service': { QUIZBOARD_PUBLIC_KEYS_FILE: secrets.publicKeysFile },
  }
  return {
    ...(Object.fromEntries(given) as Record<string, string>),
    QUIZBOARD_HOST: '127.0.0.1',
    QUIZBOARD_METRICS_HOST: '127.0.0.1',
    QUIZBOARD_ADVERTISED_HOST: '127.0.0.1',
    QUIZBOARD_PORT: String(place.port),
    QUIZBOARD_INTERNAL_PORT: String(place.internalPort),
    QUIZBOARD_METRICS_PORT: String(place.metricsPort),
    QUIZBOARD_HOST_TOKEN: secrets.hostToken,
    QUIZBOARD_INTERNAL_SECRET: secrets.internalSecret,
    // The gateway says where requests come from.
    QUIZBOARD_TRUSTED_PROXIES: '1',
    ...own[service],
  }
}

const gatewayEnv = ({ env, publicUrl }: FleetOptions, { gateway, services }: Places): Record<string, string> => {
  const urls = (service: ServiceName) => services[service].map(urlOf).join()
  const { PATH, QUIZBOARD_HOST, QUIZBOARD_LOG_LEVEL, QUIZBOARD_LOG_FORMAT } = env
  const given = Object.entries({ PATH, QUIZBOARD_HOST, QUIZBOARD_LOG_LEVEL, QUIZBOARD_LOG_FORMAT })
  return {
    ...(Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Record<string, string>),
    QUIZBOARD_METRICS_HOST: '127.0.0.1',
    QUIZBOARD_PORT: String(gateway.port),
    QUIZBOARD_METRICS_PORT: String(gateway.metricsPort),
    QUIZBOARD_QUIZ_SERVICE_URL: urls('quiz-service'),
    QUIZBOARD_ANSWER_SERVICE_URL: urls('answer-service'),
    QUIZBOARD_LEADERBOARD_SERVICE_URL: urls('leaderboard-service'),
    ...(publicUrl === undefined ? {} : { QUIZBOARD_PUBLIC_URL: publicUrl }),
  }
}

/** The gateway looks at the services now and then. */
const untilReady = async (url: string): Promise<void> => {
  for (let left = 100; ; left--) {
    const { status } = await fetch(`${url}/readyz`).catch(() => ({ status: 0 }))
    if (status === 200) return
    if (left === 0) throw new Error(`${url}/readyz does not become 200`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
