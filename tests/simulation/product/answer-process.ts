/** An instance of the answer-service: its application on simulated stores. */
import { type AnswerApp, createAnswerApp } from '@quizboard/answer-service/app/answer-app.ts'
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { Peers } from '@quizboard/answer-service/ports/peers.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Process } from '../engine/process.ts'

export interface AnswerInstance {
  kind: 'answers'
  process: Process
  app: AnswerApp
  /** Resolves once it takes requests. */
  started: Promise<void>
  /** As on SIGTERM. */
  stop(): Promise<void>
}

/** One definition is kept at most. */
const TIGHT = { batchMax: 3, relayBatch: 2, releaseBatch: 2, regradeBatch: 2, definitionBudget: 1 }

export const startAnswers = (parts: {
  process: Process
  store: AnswerStore
  eventLog: EventLog
  peers: Peers
  logger: Logger
  tight: boolean
}): AnswerInstance => {
  const { process, store, eventLog, peers, logger, tight } = parts
  let registrations = 0
  const app = createAnswerApp({
    ...{ store, eventLog, logger },
    clock: process.clock,
    newId: () => `${process.name}#${++registrations}`,
    replicas: { address: process.name, peers },
    settings: tight ? TIGHT : {},
  })
  return { kind: 'answers', process, app, started: app.start(), stop: app.stop }
}
