/**
 * A service as a process of its own. What is particular to the service is its plan; the launcher puts the same services
 * together in one process instead.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createVerifier, type Verifier } from '../auth/tokens.ts'
import { createBackend } from '../http/backend.ts'
import { type FrontServer, openFrontServer } from '../http/front-server.ts'
import { createRateLimiter, type RateLimiter } from '../http/rate-limit.ts'
import { type Env, readAll } from '../kit/config.ts'
import type { Shutdown } from '../kit/lifecycle.ts'
import type { Logger } from '../kit/logger.ts'
import { collectProcessMetrics, createMetrics, type Metrics } from '../kit/metrics.ts'
import type { Service } from '../kit/service.ts'
import { systemClock as clock, systemRandom as random } from '../kit/system.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { openMetricsPort } from './metrics-port.ts'
import { createReadiness } from './readiness.ts'
import { type Frame, type ProcessPlan, runProcess } from './run-process.ts'
import {
  type AccessSettings,
  accessSchema,
  type InternalSettings,
  internalSchema,
  readAccessSettings,
  readInternalSettings,
} from './settings.ts'

/** What the process gives its service. */
export interface ServiceTools {
  clock: Clock
  random: Random
  logger: Logger
  metrics: Metrics
  hostToken: string
  internalSecret: string
  /** `http://host:port`: how other replicas reach this one. */
  internalAddress: string
  trustedProxies: number
  wrongTokens: RateLimiter
  /** Opens the way to a server, and tells as long as it is not to be reached. */
  reach<T>(server: string, open: () => Promise<T>): Promise<T>
  /** Registers what must be closed, after the service. */
  own: Shutdown['own']
  /** A part has died: the process cannot go on. */
  crash(error: unknown): void
}

export interface RunningService {
  service: Service
  verifier: Verifier
  /** What other services and replicas may ask of it, by the internal secret. */
  internal?: Pick<Service, 'routes' | 'upgrade'>
}

export interface ServicePlan<Settings> extends Pick<ProcessPlan<Settings>, 'name' | 'about' | 'shape' | 'read'> {
  /** Paths of the API that are its own. */
  prefixes: readonly string[]
  /** Opens its stores and puts it together; nothing is started yet. */
  build(settings: Settings, tools: ServiceTools): Promise<RunningService>
}

/** Between two lines of one who waits at the start. */
const TELL_MS = 5_000
/** Replies under way have this long when the service stops. */
const DRAIN_MS = 3_000

export const runService = <Settings>(plan: ServicePlan<Settings>): Promise<void> =>
  runProcess({
    name: plan.name,
    about: plan.about,
    shape: { ...internalSchema.shape, ...accessSchema.shape, ...plan.shape },
    read: (env: Env) =>
      readAll({
        internal: () => readInternalSettings(env),
        access: () => readAccessSettings(env),
        own: () => plan.read(env),
      }),
    start: (settings, frame) => start(plan, settings, frame),
  })

interface AllSettings<Own> {
  internal: InternalSettings
  access: AccessSettings
  own: Own
}

const start = async <Own>(plan: ServicePlan<Own>, settings: AllSettings<Own>, frame: Frame) => {
  const { logger, own, crash } = frame
  const { leaveDelayMs, trustedProxies } = frame.process
  const metrics = createMetrics(plan.name)
  collectProcessMetrics(metrics)
  const readiness = createReadiness()
  const { front, internal, metricsPort } = await openPorts(settings.internal, frame, metrics, () => readiness.unready())

  const wrongTokens = createRateLimiter({ ...settings.access.wrongTokens, clock })
  const { advertisedHost, secret } = settings.internal
  const host = advertisedHost.includes(':') ? `[${advertisedHost}]` : advertisedHost
  const built = await plan.build(settings.own, {
    ...{ clock, random, logger, metrics, wrongTokens, trustedProxies, own, crash },
    reach: (server, open) => reach(server, open, logger),
    hostToken: settings.access.hostToken,
    internalSecret: secret,
    internalAddress: `http://${host}:${internal.port}`,
  })
  const { service, verifier } = built
  const edge = { clock, logger, metrics, wrongTokens }
  const routesForPeers = built.internal ?? { routes: [] }
  // Whoever has the secret may call what is there: there is one kind of caller.
  const peerVerifier = createVerifier({ jwks: { keys: [] }, hostToken: secret, clock })
  internal.open([
    createBackend({
      ...edge,
      service: routesForPeers,
      prefixes: ['/internal/v1'],
      verifier: peerVerifier,
      trustProxy: 0,
    }),
  ])
  readiness.parts = [service]
  own(service.name, service.stop)
  await service.start()
  front.open([createBackend({ ...edge, service, verifier, prefixes: plan.prefixes, trustProxy: trustedProxies })])
  // First of all when it stops: others take over while it still serves, and replies under way are sent.
  own('requests', async () => {
    readiness.phase = 'stopping'
    front.leave()
    await sleep(leaveDelayMs)
    await service.leave?.()
    await front.drain(DRAIN_MS)
  })
  readiness.phase = undefined
  logger.info({ port: front.port, internal_port: internal.port, metrics_port: metricsPort }, 'ready')
}

const reach = async <T>(server: string, open: () => Promise<T>, logger: Logger): Promise<T> => {
  const timer = setInterval(() => logger.warn({ server }, 'waiting for a server that is not to be reached'), TELL_MS)
  try {
    return await open()
  } finally {
    clearInterval(timer)
  }
}

const openPorts = async (
  { port: internalPort }: InternalSettings,
  { process: { host, port, connectionsLimit, metrics: place }, logger, own }: Frame,
  { registry }: Metrics,
  unready: () => readonly string[],
): Promise<{ front: FrontServer; internal: FrontServer; metricsPort: number }> => {
  const front = await openFrontServer({ port, host, setting: 'QUIZBOARD_PORT', connectionsLimit, logger })
  own('connections', front.close)
  front.readiness(unready)
  const internal = await openFrontServer({
    ...{ host, connectionsLimit, logger },
    port: internalPort,
    setting: 'QUIZBOARD_INTERNAL_PORT',
  })
  own('internal connections', internal.close)
  const admin = await openMetricsPort({ ...place, registries: [registry], unready, anyPort: false, logger })
  own('metrics', admin.close)
  return { front, internal, metricsPort: admin.port }
}
