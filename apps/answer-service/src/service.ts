/** The answer-service as the composition root sees it. */
import { createRateLimiter, type RateLimit } from '@quizboard/shared/http/rate-limit.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Service } from '@quizboard/shared/kit/service.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createAnswerApp } from './app/answer-app.ts'
import { type AnswerSettings, DEFAULT_SETTINGS } from './app/settings.ts'
import { observeBy } from './metrics.ts'
import type { AnswerStore } from './ports/answer-store.ts'
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
  /** `answers`: default PLAYER_ANSWERS. The others: see AnswerSettings. */
  settings?: Partial<AnswerSettings> & { answers?: RateLimit }
}

export interface AnswerService extends Service {
  /** For the quiz-service: its port `Answers`. */
  answers: {
    stopAccepting(quizId: string, questionIds: readonly string[]): Promise<void>
    answered(quizId: string, userId: string): Promise<string[]>
  }
}

export const createAnswerService = (deps: AnswerServiceDeps): AnswerService => {
  const { store, eventLog, clock, logger, metrics } = deps
  const { answers: playerAnswers = PLAYER_ANSWERS, ...settings } = deps.settings ?? {}
  const { tokenAfterCloseMs } = { ...DEFAULT_SETTINGS, ...settings }
  const app = createAnswerApp({ store, eventLog, clock, logger, observer: observeBy(metrics), settings })
  const limiter = createRateLimiter({ ...playerAnswers, clock })
  return {
    name: 'answer-service',
    routes: answerRoutes({ app, limiter, clock, logger, tokenAfterCloseMs }),
    start: app.start,
    unready: app.unready,
    stop: app.stop,
    answers: { stopAccepting: app.stopAccepting, answered: app.answered },
  }
}
