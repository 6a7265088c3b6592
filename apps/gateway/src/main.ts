/**
 * The gateway: one port for everything, as `npm start` has it. It serves the web pages and hands the API on to the services by
 * path prefix; where an Ingress does that, it serves the pages alone.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openFrontServer } from '@quizboard/shared/http/front-server.ts'
import { collectProcessMetrics, createMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { openMetricsPort } from '@quizboard/shared/process/metrics-port.ts'
import { createReadiness } from '@quizboard/shared/process/readiness.ts'
import { type Frame, runProcess } from '@quizboard/shared/process/run-process.ts'
import { type GatewaySettings, readGatewaySettings, schema } from './config.ts'
import { createGatewayMetrics } from './metrics.ts'
import { createPages } from './pages.ts'
import { createProxyBackend } from './proxy.ts'
import { createUpstream } from './upstream.ts'
import { loadWebFiles } from './web-files.ts'

const LOOK_MS = 500
const DRAIN_MS = 3_000

const start = async (settings: GatewaySettings, frame: Frame) => {
  const { logger, own } = frame
  const { host, port, connectionsLimit, trustedProxies, leaveDelayMs } = frame.process
  const { publicUrl } = settings
  const metrics = createMetrics('gateway')
  collectProcessMetrics(metrics)
  const web = await loadWebFiles(settings.webDir)
  if (publicUrl !== undefined) await web.announceOrigin(publicUrl, { always: true })
  const https = publicUrl?.startsWith('https:') ?? false
  const fallback = createPages({ web, https })
  const front = await openFrontServer({ port, host, setting: 'QUIZBOARD_PORT', connectionsLimit, fallback, logger })
  own('connections', front.close)
  const readiness = createReadiness()
  const admin = await openMetricsPort({
    ...frame.process.metrics,
    registries: [metrics.registry],
    unready: () => readiness.unready(),
    anyPort: false,
    logger,
  })
  own('metrics', admin.close)

  const services = [
    { service: 'leaderboard-service', urls: settings.leaderboardUrls, prefixes: ['/live', '/api/v1/leaderboards'] },
    { service: 'answer-service', urls: settings.answerUrls, prefixes: ['/api/v1/answers'] },
    { service: 'quiz-service', urls: settings.quizUrls, prefixes: ['/api/v1'] },
  ].map(({ urls, ...rest }) => ({ ...rest, upstream: createUpstream({ urls, clock, lookMs: LOOK_MS }) }))
  own('upstreams', async () => {
    for (const { upstream } of services) upstream.stop()
  })
  const counts = createGatewayMetrics(metrics)
  for (const { service, upstream } of services) counts.watch(service, upstream)
  front.open(
    services.map((service) =>
      createProxyBackend({
        ...service,
        ...{ trustedProxies, logger },
        onUnavailable: () => counts.unavailable(service.service),
      }),
    ),
  )
  // For clients: every call works. For who restarts this process (the metrics port): this process works.
  front.readiness(() => [
    ...readiness.unready(),
    ...services.filter(({ upstream }) => !upstream.isReady).map(({ service }) => `the ${service} is not ready`),
  ])
  own('requests', async () => {
    readiness.phase = 'stopping'
    front.leave()
    await sleep(leaveDelayMs)
    await front.drain(DRAIN_MS)
  })
  readiness.phase = undefined
  logger.info({ port: front.port, metrics_port: admin.port }, 'ready')
}

await runProcess({
  name: 'gateway',
  about: 'The gateway: the web pages, and one port for the API of all services.',
  shape: schema.shape,
  read: readGatewaySettings,
  start,
})
