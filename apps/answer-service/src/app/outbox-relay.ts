/**
 * Brings score events from the store's outbox to the log: at once after their commit, and, by a sweep, what a crash or an outage
 * left. Rows go only after the log has their events; an event that is sent twice changes nothing.
 */
import { type ScoreEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { type EventLog, RecordRefused } from '@quizboard/shared/ports/event-log.ts'
import type { AnswerStore } from '../ports/answer-store.ts'

export interface OutboxRelay {
  /** Events whose rows are durable. Returns at once. */
  push(events: readonly ScoreEvent[]): void
  /**
   * Sends rows that were committed at least `minAgeMs` ago, without those of replicas that are alive and send them themselves.
   * Never rejects.
   */
  sweep(minAgeMs: number): Promise<void>
  /** Resolves once nothing is under way. */
  idle(): Promise<void>
}

/** More are left to the sweep: the store has them. */
const QUEUE_MAX = 20_000

export const createOutboxRelay = (deps: {
  store: AnswerStore
  eventLog: EventLog
  clock: Clock
  logger: Logger
  /** Events of one append. */
  batch: number
  /** Registrations of the other replicas that are alive. */
  others(): readonly string[]
  /** The log will never take an event. */
  onRefused(): void
}): OutboxRelay => {
  const { store, eventLog, clock, logger, batch, others, onRefused } = deps
  let queue: ScoreEvent[] = []
  /** The one that sends, a pushed batch or a sweep. */
  let work: Promise<void> | undefined

  const send = async (events: readonly ScoreEvent[]): Promise<boolean> => {
    if (events.length === 0) return true
    try {
      await eventLog.append(
        events.map((event) => ({ topic: TOPICS.scores, key: event.quiz_id, value: JSON.stringify(event) })),
      )
      await store.deleteOutbox(events)
      return true
    } catch (err) {
      if (err instanceof RecordRefused) return sendWithout(events, err)
      logger.warn({ err, events: events.length }, 'score events wait in the outbox')
      return false
    }
  }
  /** One event that the log will never take must not hold up the others. */
  const sendWithout = async (events: readonly ScoreEvent[], err: RecordRefused): Promise<boolean> => {
    const refused = events[err.index]
    logger.error({ err, event: refused }, 'the log refuses a score event: the board will not show it')
    if (!refused) return false
    onRefused()
    await store.deleteOutbox([refused])
    return send(events.filter((event) => event !== refused))
  }
  const sendQueue = async () => {
    while (queue.length > 0) {
      const events = queue.slice(0, batch)
      queue = queue.slice(batch)
      // The rows stay: the sweep takes them up.
      if (!(await send(events))) queue = []
    }
  }
  const sendRows = async (minAgeMs: number) => {
    for (;;) {
      const youngest = clock.now() - minAgeMs
      const rows = await store.outbox(batch, others())
      const events = rows.filter(({ at }) => at <= youngest).map(({ event }) => event)
      if (events.length === 0 || !(await send(events)) || rows.length < batch) return
    }
  }
  /** One at a time, so that a sweep does not send what a push is sending. */
  const start = (task: () => Promise<void>): Promise<void> => {
    work = task()
      .catch((err: unknown) => logger.warn({ err }, 'the outbox cannot be read'))
      .then(() => {
        work = undefined
        if (queue.length > 0) start(sendQueue)
      })
    return work
  }

  return {
    push(events) {
      if (events.length === 0 || queue.length + events.length > QUEUE_MAX) return
      queue = queue.concat(events)
      if (!work) start(sendQueue)
    },
    async sweep(minAgeMs) {
      if (!work) await start(() => sendRows(minAgeMs))
    },
    async idle() {
      while (work) await work
    },
  }
}
