/** The quiz-service as a parts list: decks, quizzes, players, the lifecycle, and the outbox to everyone else. */
import { measureEventLog } from '@quizboard/shared/adapters/event-log/measured.ts'
import type { Signer } from '@quizboard/shared/auth/tokens.ts'
import { createRateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import type { Route } from '@quizboard/shared/http/route.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Service } from '@quizboard/shared/kit/service.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { checkSchema, migrate } from './adapters/postgres-migrations.ts'
import { createPool } from './adapters/postgres-pool.ts'
import { createPostgresQuizStore } from './adapters/postgres-quiz-store.ts'
import { createConductor } from './app/conductor.ts'
import { createDeadlines } from './app/deadlines.ts'
import { createDecks } from './app/decks.ts'
import { createJoins } from './app/joins.ts'
import { createLifecycleGuard } from './app/lifecycle-guard.ts'
import { createLoginCodes } from './app/login-codes.ts'
import { createOutboxRelay } from './app/outbox-relay.ts'
import { createQuizzes } from './app/quizzes.ts'
import { createRegrades } from './app/regrades.ts'
import { QUIZ_DEFAULTS, type QuizSettings } from './config.ts'
import { internalRoutes } from './internal-routes.ts'
import type { Answers } from './ports/answers.ts'
import type { QuizStore } from './ports/quiz-store.ts'
import { quizServiceRoutes } from './routes.ts'

export interface QuizServiceDeps {
  /** `postgres://…`; the service makes and ends its own connections. */
  databaseUrl: string
  /** Connections at most; default 10. */
  connections?: number
  /** Tables live in this schema; default: the database's. */
  schema?: string
  /** False: another step has brought the schema up to date, and an older one is an error. Default true. */
  migrate?: boolean
  eventLog: EventLog
  signer: Signer
  answers: Answers
  clock: Clock
  random: Random
  logger: Logger
  metrics: Metrics
  settings?: Partial<QuizSettings>
}

export interface QuizService extends Service {
  /** For the internal port. */
  internalRoutes: readonly Route[]
  /** A one-time code that `POST /api/v1/host/sessions` exchanges for a host token. */
  createLoginCode(): Promise<string>
}

export const createQuizService = (deps: QuizServiceDeps): QuizService => {
  const { databaseUrl, connections, schema, logger } = deps
  const pool = createPool({
    url: databaseUrl,
    logger,
    ...(connections !== undefined && { max: connections }),
    ...(schema !== undefined && { schema }),
  })
  return assembleQuizService({
    ...deps,
    eventLog: measureEventLog(deps.eventLog, deps),
    store: createPostgresQuizStore(pool),
    prepare: () => (deps.migrate === false ? checkSchema(pool) : migrate(pool, logger)),
    release: () => pool.end(),
  })
}

export interface AssembledDeps extends Omit<QuizServiceDeps, 'databaseUrl' | 'connections' | 'schema' | 'migrate'> {
  store: QuizStore
  /** Before the store is used. */
  prepare(): Promise<unknown>
  /** After its last use. */
  release(): Promise<void>
}

/** On any store. */
export const assembleQuizService = (deps: AssembledDeps): QuizService => {
  const { store, prepare, release, eventLog, signer, answers, clock, random, logger, metrics } = deps
  const settings = { ...QUIZ_DEFAULTS, ...deps.settings }
  const { logWaitMs, pollMs } = settings
  const relay = createOutboxRelay({ store, eventLog, clock, logger, metrics, sweepMs: pollMs })
  const conductor = createConductor({
    store,
    answers,
    relay,
    clock,
    metrics,
    onChange: (quiz) => deadlines.watch(quiz),
    stopAnswersMs: settings.stopAnswersMs,
    logWaitMs,
  })
  const deadlines = createDeadlines({
    store,
    expire: (quizId, position) => conductor.run(quizId, { kind: 'expire', position }),
    clock,
    logger,
    pollMs,
  })
  const regrades = createRegrades({
    store,
    answers,
    relay,
    clock,
    logger,
    metrics,
    waitMs: settings.regradeWaitMs,
    pollMs,
  })
  const guard = createLifecycleGuard({ store, eventLog, relay, clock, random, logger, metrics })
  const joins = createJoins({ store, relay, clock, random, metrics, playersMax: settings.playersMax, logWaitMs })
  const loginCodes = createLoginCodes({ store, clock, random, validMs: settings.loginCodeMs })
  let state: 'new' | 'starting' | 'started' | 'stopped' = 'new'
  let stopping: Promise<void> | undefined

  const stop = async () => {
    const wasStarted = state === 'started'
    state = 'stopped'
    await joins.settled()
    if (wasStarted) {
      await deadlines.stop()
      await regrades.stop()
      await guard.stop()
      await relay.stop()
    }
    await release()
  }
  return {
    name: 'quiz-service',
    routes: quizServiceRoutes({
      store,
      decks: createDecks({ store, clock, random }),
      quizzes: createQuizzes({ store, answers, relay, clock, random, logWaitMs }),
      conductor,
      regrades,
      joins,
      signer,
      clock,
      joinRate: createRateLimiter({ ...settings.joins, clock }),
      loginRate: createRateLimiter({ ...settings.logins, clock }),
      loginCodes,
      hostSessionMs: settings.hostSessionMs,
      playerTokenGraceMs: settings.playerTokenGraceMs,
    }),
    internalRoutes: internalRoutes(loginCodes),
    createLoginCode: () => loginCodes.create(),
    async start() {
      state = 'starting'
      await prepare()
      // What a crash left goes out first; if the log is slow or away the sweeper goes on.
      await relay.flush().catch((err: unknown) => logger.warn({ err }, 'the outbox could not be sent at the start'))
      relay.start()
      deadlines.start()
      regrades.start()
      state = 'started'
      // Not waited for: the log may be away for long.
      void guard.start()
    },
    unready() {
      if (state !== 'started')
        return [`quiz-service: ${state === 'stopped' ? 'stopped' : 'its store is being prepared'}`]
      return relay.caughtUp() ? [] : ['quiz-service: events wait in the outbox']
    },
    stop() {
      stopping ??= stop()
      return stopping
    },
  }
}
