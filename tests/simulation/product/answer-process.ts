/** An instance of the answer-service: its application on simulated stores. */
import { type AnswerApp, createAnswerApp } from '@quizboard/answer-service/app/answer-app.ts'
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Process } from '../engine/process.ts'

export interface AnswerInstance {
  kind: 'answers'
  process: Process
  app: AnswerApp
  /** Resolves once it takes requests. */
  started: Promise<void>
}

export const startAnswers = (
  process: Process,
  store: AnswerStore,
  eventLog: EventLog,
  logger: Logger,
): AnswerInstance => {
  const app = createAnswerApp({ store, eventLog, clock: process.clock, logger })
  return { kind: 'answers', process, app, started: app.start() }
}
