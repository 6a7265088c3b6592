/** An instance of the quiz-service: lifecycle, deadlines, joins and the outbox, on simulated stores. */
import { type Conductor, createConductor } from '@quizboard/quiz-service/app/conductor.ts'
import { createDeadlines } from '@quizboard/quiz-service/app/deadlines.ts'
import { createJoins, type Joins } from '@quizboard/quiz-service/app/joins.ts'
import { createLifecycleGuard } from '@quizboard/quiz-service/app/lifecycle-guard.ts'
import { createOutboxRelay } from '@quizboard/quiz-service/app/outbox-relay.ts'
import { createRegrades, type Regrades } from '@quizboard/quiz-service/app/regrades.ts'
import { QUIZ_DEFAULTS } from '@quizboard/quiz-service/config.ts'
import type { Answers } from '@quizboard/quiz-service/ports/answers.ts'
import type { QuizStore } from '@quizboard/quiz-service/ports/quiz-store.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import type { Process } from '../engine/process.ts'
import type { LifecycleStore } from '../stores/sim-quiz-store.ts'

export interface QuizInstance {
  kind: 'quizzes'
  process: Process
  conductor: Conductor
  joins: Joins
  regrades: Regrades
  /** Resolves once it takes requests. */
  started: Promise<void>
  /** As on SIGTERM. */
  stop(): Promise<void>
}

export const startQuizzes = (parts: {
  process: Process
  store: LifecycleStore
  eventLog: EventLog
  answers: Answers
  random: SeededRandom
  logger: Logger
}): QuizInstance => {
  const { process, eventLog, answers, random, logger } = parts
  const { clock } = process
  // Decks and lists are not simulated.
  const store = parts.store as QuizStore
  const metrics = createTestMetrics()
  const { pollMs, logWaitMs, stopAnswersMs, playersMax } = QUIZ_DEFAULTS
  const relay = createOutboxRelay({ store, eventLog, clock, logger, metrics, sweepMs: pollMs })
  const conductor = createConductor({
    store,
    answers,
    relay,
    clock,
    metrics,
    onChange: (quiz) => deadlines.watch(quiz),
    stopAnswersMs,
    logWaitMs,
  })
  const deadlines = createDeadlines({
    store,
    expire: (quizId, position) => conductor.run(quizId, { kind: 'expire', position }),
    clock,
    logger,
    pollMs,
  })
  const joins = createJoins({ store, relay, clock, random, metrics, playersMax, logWaitMs })
  const waitMs = QUIZ_DEFAULTS.regradeWaitMs
  const regrades = createRegrades({ store, answers, relay, clock, logger, metrics, waitMs, pollMs })
  const guard = createLifecycleGuard({ store, eventLog, relay, clock, random, logger, metrics })
  const start = async () => {
    // As its composition root: what a crash left goes out first; if the log is away the sweeper goes on.
    await relay.flush().catch(() => {})
    relay.start()
    deadlines.start()
    regrades.start()
    void guard.start()
  }
  const stop = async () => {
    await joins.settled()
    for (const part of [deadlines, regrades, guard, relay]) await part.stop()
  }
  return { kind: 'quizzes', process, conductor, joins, regrades, started: start(), stop }
}
