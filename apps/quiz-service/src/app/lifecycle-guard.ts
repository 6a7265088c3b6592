/**
 * Keeps the newest snapshot of each quiz the last one in the compacted topic `quiz.lifecycle`. A relay that is stalled in the
 * middle of an append may finish it long after another replica has sent newer ones; once the topic is compacted, whoever reads it from
 * the start would know the older snapshot alone. Whoever sees an older one come after a newer one publishes the state anew.
 */
import { lifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Consumer, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { lifecycleRecord } from '../domain/events.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import type { OutboxRelay } from './outbox-relay.ts'

export interface LifecycleGuard {
  /** Resolves once what the topic lacks at the start is on its way to it. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface LifecycleGuardOptions {
  store: QuizStore
  eventLog: EventLog
  relay: OutboxRelay
  clock: Clock
  random: Random
  logger: Logger
  metrics: Metrics
}

/** Replicas that see the same do not all publish: the first one's record is seen by the others. */
const SPREAD_MS = 500
const RETRY_MS = 1_000

export const createLifecycleGuard = (options: LifecycleGuardOptions): LifecycleGuard => {
  const { store, eventLog, relay, clock, random, logger, metrics } = options
  const repaired = metrics.counter(
    'quizboard_lifecycle_repairs_total',
    'Snapshots published again because an older one came after them',
  )
  /** Revisions by quiz_id. */
  const newest = new Map<string, number>()
  const last = new Map<string, number>()
  const underWay = new Set<Promise<void>>()
  let consumer: Consumer | undefined
  let isFollowing = false
  let stopped = false

  const publish = async (quizId: string) => {
    await store.withQuiz(quizId, (work) => work.publish([lifecycleRecord(work.quiz)]))
    repaired.inc()
    await relay.flush()
  }
  const isBehind = (quizId: string) => (last.get(quizId) ?? 0) < (newest.get(quizId) ?? 0)
  const repair = async (quizId: string) => {
    await clock.sleep(Math.floor(random.next() * SPREAD_MS))
    if (stopped || !isBehind(quizId)) return
    logger.warn({ quiz_id: quizId }, 'an older snapshot of a quiz came late; its newest one is published again')
    // The relay's sweeper sends it if the log is away.
    await publish(quizId).catch((err: unknown) => logger.warn({ err, quiz_id: quizId }, 'it will be sent later'))
  }
  const begin = (quizId: string) => {
    const work: Promise<void> = repair(quizId).finally(() => underWay.delete(work))
    underWay.add(work)
  }
  const take = ({ value }: StoredRecord) => {
    const event = parse(value)
    if (!event) return
    const { quiz_id, revision } = event
    last.set(quiz_id, revision)
    if (revision >= (newest.get(quiz_id) ?? 0)) newest.set(quiz_id, revision)
    else if (isFollowing) begin(quiz_id)
  }

  const follow = async () => {
    const from = new Map(Array.from({ length: eventLog.partitions }, (_, partition) => [partition, 0]))
    consumer ??= await eventLog.consume({
      topic: TOPICS.lifecycle,
      from,
      onBatch: async (_, records) => {
        for (const record of records) take(record)
      },
      onError: (err) => logger.warn({ err }, 'the lifecycle cannot be read'),
    })
    await consumer.caughtUp()
    const stored = await store.revisions()
    for (const { quizId, revision } of stored) newest.set(quizId, Math.max(revision, newest.get(quizId) ?? 0))
    isFollowing = !stopped
    for (const quizId of newest.keys()) if (isBehind(quizId)) begin(quizId)
  }

  return {
    async start() {
      while (!stopped && !isFollowing) {
        try {
          await follow()
        } catch (err) {
          logger.warn({ err }, 'the lifecycle is not guarded yet; trying again')
          await clock.sleep(RETRY_MS)
        }
      }
    },
    async stop() {
      stopped = true
      await Promise.all(underWay)
      await consumer?.close()
    },
  }
}

const parse = (value: string) => {
  try {
    const parsed = lifecycleEvent.safeParse(JSON.parse(value))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
