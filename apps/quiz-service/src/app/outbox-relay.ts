/** Takes what transactions left in the outbox to the event log: promptly, in order, at least once. */

import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import { coalesce } from '@quizboard/shared/kit/coalesce.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import { createTurns } from '@quizboard/shared/kit/turns.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { OutboxRecord } from '../domain/events.ts'
import type { QuizStore } from '../ports/quiz-store.ts'

export interface OutboxRelay {
  /** Resolves once every record that was stored before the call is in the log; rejects if a send failed. */
  flush(): Promise<void>
  /** Sends what a crash left, and from then on looks every `sweepMs` for what others left. */
  start(): void
  /** Whether all that was there at the start has been sent, and the last send succeeded. */
  caughtUp(): boolean
  /** After the pass that is under way. */
  stop(): Promise<void>
}

export interface OutboxRelayOptions {
  store: QuizStore
  eventLog: EventLog
  clock: Clock
  logger: Logger
  metrics: Metrics
  sweepMs: number
}

export const createOutboxRelay = (options: OutboxRelayOptions): OutboxRelay => {
  const { store, eventLog, clock, logger, metrics, sweepMs } = options
  const sent = metrics.counter('quizboard_outbox_sent_total', 'Records taken from the outbox to the event log')
  const failed = metrics.counter('quizboard_outbox_failures_total', 'Passes over the outbox that failed')
  const waiting = metrics.gauge('quizboard_outbox_records', 'Records that wait in the outbox')
  const age = metrics.gauge('quizboard_outbox_oldest_seconds', 'Age of the oldest record in the outbox')

  /** A send whose transaction was given up may still be tried by the log's client: nothing newer overtakes it. */
  const inTurn = createTurns()
  const send = (records: readonly OutboxRecord[]) => inTurn(() => append(records))
  const append = async (records: readonly OutboxRecord[]) => {
    await eventLog.append(
      records.map(({ topic, key, quizId, value }) => ({
        topic,
        key,
        value,
        partition: partitionOf(quizId, eventLog.partitions),
      })),
    )
  }
  let healthy = false
  let stopped = false
  const pass = async () => {
    try {
      for (let more = true; more; ) {
        const pass = await store.sendOutbox(send)
        sent.inc(pass.sent)
        more = pass.more
      }
      healthy = true
    } catch (error) {
      healthy = false
      failed.inc()
      throw error
    }
  }
  const flush = coalesce(pass)

  let timer: Timer | undefined
  let sweeping: Promise<void> = Promise.resolve()
  let complained = false
  const sweep = async () => {
    try {
      await flush()
      const size = await store.outboxSize()
      waiting.set(size.records)
      age.set(size.oldestMs / 1000)
      if (complained) logger.info('the outbox is being sent again')
      complained = false
    } catch (err) {
      // Once, not every second: it lasts as a rule.
      if (!complained) logger.error({ err }, 'the outbox could not be sent; trying again')
      complained = true
    }
    if (!stopped) timer = clock.after(sweepMs, run)
  }
  const run = () => {
    sweeping = sweep()
  }
  return {
    flush,
    start: run,
    caughtUp: () => healthy,
    async stop() {
      stopped = true
      timer?.cancel()
      await sweeping
    },
  }
}
