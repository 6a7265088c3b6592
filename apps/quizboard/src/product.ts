/** The whole product in one process: the composition root, as a parts list. What is opened last closes first. */
import { fileURLToPath } from 'node:url'
import { createAnswerService } from '@quizboard/answer-service/service.ts'
import { createPages } from '@quizboard/gateway/pages.ts'
import { loadWebFiles } from '@quizboard/gateway/web-files.ts'
import { createLeaderboardService } from '@quizboard/leaderboard-service/service.ts'
import { createBoardShards } from '@quizboard/leaderboard-service/shards.ts'
import { createQuizService } from '@quizboard/quiz-service/service.ts'
import { createBackend } from '@quizboard/shared/http/backend.ts'
import { openFrontServer } from '@quizboard/shared/http/front-server.ts'
import { createRateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import type { Shutdown } from '@quizboard/shared/kit/lifecycle.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { collectProcessMetrics, createMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock, systemRandom as random } from '@quizboard/shared/kit/system.ts'
import { openMetricsPort } from '@quizboard/shared/process/metrics-port.ts'
import { createReadiness } from '@quizboard/shared/process/readiness.ts'
import type { QuizboardSettings } from './config.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { openIdentity } from './identity.ts'
import { type Links, linksOf } from './links.ts'
import { loadSampleDeck } from './sample/load.ts'
import { openStores } from './stores.ts'

const WEB_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url))
/** Replies under way have this long when the product stops. */
const DRAIN_MS = 3_000

export interface ProductOptions {
  settings: QuizboardSettings
  /** A logger of this name. */
  log(name: string): Logger
  /** Registers what must be closed. */
  own: Shutdown['own']
  /** A part has died: the process cannot go on. */
  onCrash(error: unknown): void
}

export interface Product {
  /** Where programs on this machine reach it. */
  url: string
  links: Links
  hostToken: string
  folder: DataFolder
  /** For the link that makes a browser the host's; works once. */
  createLoginCode(): Promise<string>
}

/** Resolves once every call works. Rejects with Trouble when the user can mend it. */
export const startProduct = async ({ settings, log, own, onCrash }: ProductOptions): Promise<Product> => {
  const phase = phasesOf(log('quizboard'))
  const folder = await openDataFolder(settings.dataDir)
  // What is kept has names, answers and keys in it: files made from here on are for our own user alone.
  process.umask(0o077)
  const ports = await openPorts({ settings, folder, log, own })
  const { gateway, links, readiness } = ports
  phase('the ports are open')

  const { signer, verifier, hostToken } = await openIdentity(folder, { ...settings, clock })
  const { postgres, eventLog, answers, boards } = await openStores({ folder, clock, log, own, onCrash })
  phase('the stores are open')

  const wrongTokens = createRateLimiter({ ...settings.wrongTokens, clock })
  const trustProxy = settings.trustedProxies
  const ofLeaderboard = { clock, random, eventLog, ...ports.tools('leaderboard-service') }
  const leaderboard = createLeaderboardService({
    ...ofLeaderboard,
    shards: createBoardShards({ ...ofLeaderboard, store: boards, settings: settings.leaderboard.partitions }),
    verifier,
    wrongTokens,
    trustProxy,
    settings: settings.leaderboard,
  })
  const ofAnswer = { clock, random, eventLog, ...ports.tools('answer-service') }
  const answer = createAnswerService({ ...ofAnswer, store: answers, settings: settings.answers })
  const ofQuiz = { clock, random, eventLog, ...ports.tools('quiz-service') }
  const quiz = createQuizService({
    ...ofQuiz,
    databaseUrl: postgres.url,
    connections: settings.quiz.database.connections,
    signer,
    answers: answer.answers,
    settings: settings.quiz.settings,
  })
  readiness.parts = [quiz, answer, leaderboard]
  // News flows quiz → answer → leaderboard: closed in that order, the last of it still reaches the boards.
  for (const service of readiness.parts.toReversed()) own(service.name, service.stop)
  // What a crash left in the outbox is sent first: the others are ready once they have read it.
  await quiz.start()
  await Promise.all([answer.start(), leaderboard.start()])
  phase('the services have started')

  const edge = { verifier, clock, trustProxy, wrongTokens }
  gateway.open([
    createBackend({ ...edge, ...ofLeaderboard, service: leaderboard, prefixes: ['/live', '/api/v1/leaderboards'] }),
    createBackend({ ...edge, ...ofAnswer, service: answer, prefixes: ['/api/v1/answers'] }),
    createBackend({ ...edge, ...ofQuiz, service: quiz, prefixes: ['/api/v1'] }),
  ])
  own('requests', () => {
    readiness.phase = 'stopping'
    return gateway.drain(DRAIN_MS)
  })
  await loadSampleDeck({ marker: folder.file('sample-loaded'), url: gateway.url, hostToken })
  readiness.phase = undefined
  phase('ready')
  return { url: gateway.url, links, hostToken, folder, createLoginCode: quiz.createLoginCode }
}

type PortsOptions = Pick<ProductOptions, 'settings' | 'log' | 'own'> & { folder: DataFolder }

/** First of all: when a port is taken, nothing else has been touched, and the folder goes if it was made for this start. */
const openPorts = async ({ settings, folder, log, own }: PortsOptions) => {
  let opened = false
  own('data folder', async () => folder.release({ remove: !opened }))
  const readiness = createReadiness()
  const web = await loadWebFiles(WEB_FOLDER)
  const { host, port, connectionsLimit, publicUrl } = settings
  const https = publicUrl?.startsWith('https:') ?? false
  const gateway = await openFrontServer({
    host,
    port,
    setting: 'QUIZBOARD_PORT',
    connectionsLimit,
    fallback: createPages({ web, https }),
    logger: log('gateway'),
  })
  own('connections', gateway.close)
  const links = linksOf({ host, port: gateway.port, publicUrl })
  await web.announceOrigin(links.shared, { always: publicUrl !== undefined })
  const unready = () => readiness.unready()
  gateway.readiness(unready)

  const metrics = {
    'quiz-service': createMetrics('quiz-service'),
    'answer-service': createMetrics('answer-service'),
    'leaderboard-service': createMetrics('leaderboard-service'),
    quizboard: createMetrics('quizboard'),
  }
  collectProcessMetrics(metrics.quizboard)
  const registries = Object.values(metrics).map(({ registry }) => registry)
  const admin = await openMetricsPort({ ...settings.metrics, registries, unready, logger: log('quizboard') })
  own('metrics', admin.close)
  opened = true
  /** Logger and metrics of one service. */
  const tools = (name: keyof typeof metrics) => ({ logger: log(name), metrics: metrics[name] })
  return { gateway, links, readiness, tools }
}

/** Logs how long each phase of the start took. */
const phasesOf = (logger: Logger) => {
  let last = clock.monotonic()
  return (done: string) => {
    const now = clock.monotonic()
    logger.info({ ms: Math.round(now - last) }, done)
    last = now
  }
}
