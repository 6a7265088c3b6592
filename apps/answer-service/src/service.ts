/** The answer-service as the composition root sees it. */

import { measureEventLog } from '@quizboard/shared/adapters/event-log/measured.ts'
import type { RegradeReply, RegradeRequest } from '@quizboard/shared/contracts/internal.ts'
import { createRateLimiter, type RateLimit } from '@quizboard/shared/http/rate-limit.ts'
import type { Route } from '@quizboard/shared/http/route.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Service } from '@quizboard/shared/kit/service.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { createAnswerApp } from './app/answer-app.ts'
import { type AnswerSettings, DEFAULT_SETTINGS } from './app/settings.ts'
import { internalRoutes } from './internal-routes.ts'
import { observeBy } from './metrics.ts'
import type { AnswerStore } from './ports/answer-store.ts'
import type { Peers } from './ports/peers.ts'
import { answerRoutes } from './routes.ts'

/** Submissions of one player: the contract's limits. */
export const PLAYER_ANSWERS: RateLimit = { ratePerS: 50, burst: 200 }

export interface AnswerServiceDeps {
  /** Owned by the caller, who closes it after `stop`. */
  store: AnswerStore
  /** Owned by the caller. */
  eventLog: EventLog
  clock: Clock
  logger: Logger
  metrics: Metrics
  random: Random
  /** How the other replicas reach this one, and it them. Default: it is the only one. */
  replicas?: { address: string; peers: Peers }
  /** `answers`: default PLAYER_ANSWERS. The others: see AnswerSettings. */
  settings?: Partial<AnswerSettings> & { answers?: RateLimit }
}

export interface AnswerService extends Service {
  /** For the internal port. */
  internalRoutes: readonly Route[]
  /** For the quiz-service: its port `Answers`. */
  answers: {
    stopAccepting(quizId: string, questionIds: readonly string[]): Promise<void>
    answered(quizId: string, userId: string): Promise<string[]>
    regrade(quizId: string, request: RegradeRequest): Promise<RegradeReply>
  }
}

export const createAnswerService = (deps: AnswerServiceDeps): AnswerService => {
  const { store, clock, logger, metrics, random, replicas } = deps
  const { answers: playerAnswers = PLAYER_ANSWERS, ...settings } = deps.settings ?? {}
  const { tokenAfterCloseMs } = { ...DEFAULT_SETTINGS, ...settings }
  const app = createAnswerApp({
    ...{ store, clock, logger, settings },
    eventLog: measureEventLog(deps.eventLog, { metrics, clock, logger }),
    observer: observeBy(metrics),
    newId: () => Buffer.from(random.bytes(12)).toString('base64url'),
    ...(replicas ? { replicas } : {}),
  })
  const limiter = createRateLimiter({ ...playerAnswers, clock })
  return {
    name: 'answer-service',
    routes: answerRoutes({ app, limiter, clock, logger, tokenAfterCloseMs }),
    internalRoutes: internalRoutes(app),
    start: app.start,
    unready: app.unready,
    stop: app.stop,
    answers: {
      stopAccepting: app.stopAccepting,
      answered: app.answered,
      regrade: (quiz_id, { after, ...correction }) => app.regrade({ quiz_id, ...correction }, after),
    },
  }
}
