/**
 * The quizzes as the topics `quiz.lifecycle` and `quiz.definitions` tell them: rebuilt from their beginning at start, then followed.
 * Ids are found whatever their case.
 */
import { lifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { createLogEnd } from '@quizboard/shared/kit/log-end.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Consumer, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import type { Correction } from '../domain/correction.ts'
import type { Definition } from '../domain/definition.ts'
import { type QuizView, quizView } from '../domain/quiz.ts'
import { createDefinitions } from './definitions.ts'
import type { Observer } from './observer.ts'
import type { AnswerSettings } from './settings.ts'
import { createWaiters } from './waiters.ts'

export interface QuizCache {
  /** Resolves once all that the topics had is known. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Resolves once everything that the topics hold now is known; corrections are read anew. */
  catchUp(): Promise<void>
  /** Whether all that is to be in the topics is known, after a moment at most; false: nobody can tell what is not known here. */
  isUpToDate(): Promise<boolean>
  /** Resolves once every definition that is found from now on has the corrections that are stored now. */
  revokeDefinition(quizId: string): Promise<void>
  find(id: string): QuizView | undefined
  /** In memory; undefined also if it has to be loaded. */
  definition(quizId: string): Definition | undefined
  /** From memory, or read again; waits for one that is on its way. undefined: there is none, or it cannot be read. */
  loadDefinition(quizId: string): Promise<Definition | undefined>
  /** Waits for news of a quiz until `check` has a value; undefined: it had none in time. */
  until<T>(id: string, check: () => T | undefined): Promise<T | undefined>
  /** Called at each change of a quiz, with its newest view, before those who wait are woken. Must not throw. */
  onChange(listener: (quiz: QuizView) => void): void
}

/** No id of ours is longer. */
const ID_MAX = 200
const keyOf = (id: string): string => id.toLowerCase()

export const createQuizCache = (deps: {
  eventLog: EventLog
  clock: Clock
  logger: Logger
  observer: Observer
  settings: AnswerSettings
  corrections(quizId: string): Promise<Correction[]>
}): QuizCache => {
  const { eventLog, clock, logger, observer, settings, corrections } = deps
  const quizzes = new Map<string, QuizView>()
  const definitions = createDefinitions({ eventLog, budget: settings.definitionBudget, corrections })
  const waiters = createWaiters({ clock, limit: settings.waitersMax })
  const listeners: ((quiz: QuizView) => void)[] = []
  const consumers: Consumer[] = []

  const skip = (topic: string, partition: number, { offset, key }: StoredRecord) => {
    observer.skipped(topic)
    logger.warn({ topic, partition, offset, key }, 'a record makes no sense and is skipped')
  }
  let started = false
  const takeDefinition = (partition: number, record: StoredRecord) => {
    if (!started) definitions.note(partition, record)
    else if (!definitions.apply(partition, record)) skip(TOPICS.definitions, partition, record)
    else if (record.key !== null) waiters.wake(keyOf(record.key))
  }
  const takeLifecycle = (partition: number, record: StoredRecord) => {
    const quiz = parseLifecycle(record.value)
    if (!quiz) {
      skip(TOPICS.lifecycle, partition, record)
      return
    }
    const key = keyOf(quiz.quiz_id)
    const known = quizzes.get(key)
    // Records may come again, and in another order after a resend.
    if (known && known.revision >= quiz.revision) return
    quizzes.set(key, quiz)
    for (const listener of listeners) listener(quiz)
    waiters.wake(key)
  }
  const follow = async (topic: string, take: (partition: number, record: StoredRecord) => void) => {
    const from = new Map(Array.from({ length: eventLog.partitions }, (_, partition) => [partition, 0]))
    const consumer = await eventLog.consume({
      topic,
      from,
      onBatch: async (partition, records) => {
        for (const record of records) take(partition, record)
      },
      onError: (err) => logger.error({ err, topic }, 'a topic cannot be read'),
    })
    consumers.push(consumer)
    await consumer.caughtUp()
    return consumer
  }
  let lifecycle: Consumer | undefined
  let defined: Consumer | undefined

  const readToEnd = () => Promise.all([lifecycle?.caughtUp(), defined?.caughtUp()])
  const end = createLogEnd({ clock, readToEnd })

  const cache: QuizCache = {
    async start() {
      const following = [follow(TOPICS.lifecycle, takeLifecycle), follow(TOPICS.definitions, takeDefinition)] as const
      ;[lifecycle, defined] = await Promise.all(following)
      started = true
      logger.info({ quizzes: quizzes.size }, 'the quizzes are known')
    },
    async stop() {
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()))
    },
    async catchUp() {
      await Promise.all([lifecycle?.caughtUp(), defined?.caughtUp()])
      definitions.revoke()
    },
    isUpToDate: () => end.isWhole(settings.waitMs),
    async revokeDefinition(quizId) {
      // One that is on its way here would be taken as it was made.
      await defined?.caughtUp()
      definitions.revoke(quizId)
    },
    find: (id) => quizzes.get(keyOf(id)),
    definition: (quizId) => definitions.get(quizId),
    async loadDefinition(quizId) {
      try {
        const found = await definitions.load(quizId)
        if (found) return found
        const seen = definitions.offset(quizId)
        await cache.until(quizId, () => (definitions.offset(quizId) === seen ? undefined : true))
        return await definitions.load(quizId)
      } catch (err) {
        logger.error({ err, quiz_id: quizId }, 'a definition cannot be read')
        return undefined
      }
    },
    async until(id, check) {
      return id.length > ID_MAX ? undefined : waiters.until(keyOf(id), check, settings.waitMs)
    },
    onChange(listener) {
      listeners.push(listener)
    },
  }
  return cache
}

const parseLifecycle = (value: string): QuizView | undefined => {
  try {
    const parsed = lifecycleEvent.safeParse(JSON.parse(value))
    return parsed.success ? quizView(parsed.data) : undefined
  } catch {
    return undefined
  }
}
