/** Keeps the catalogue as new as the topic `quiz.lifecycle`, of all partitions: any replica shows any quiz. */
import { lifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { createLogEnd, type LogEnd } from '@quizboard/shared/kit/log-end.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Consumer, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { parseJson, problemsOf } from '../domain/records.ts'
import type { Catalogue } from './catalogue.ts'

export interface LifecycleReader {
  /** Resolves once everything that lay in the topic then is known. */
  start(): Promise<void>
  /** The same again, for whoever asks. */
  readonly end: LogEnd
  stop(): Promise<void>
}

export const createLifecycleReader = (deps: {
  log: EventLog
  catalogue: Catalogue
  clock: Clock
  onError(error: unknown): void
}): LifecycleReader => {
  const { log, catalogue, clock, onError } = deps
  let consumer: Consumer | undefined
  const take = (partition: number, { offset, value }: StoredRecord) => {
    const parsed = lifecycleEvent.safeParse(parseJson(value))
    if (parsed.success) catalogue.learn(parsed.data)
    else onError(new Error(`${TOPICS.lifecycle}/${partition}@${offset} makes no sense: ${problemsOf(parsed.error)}`))
  }
  const end = createLogEnd({ clock, onError, readToEnd: async () => consumer?.caughtUp() })

  return {
    end,
    async start() {
      consumer = await log.consume({
        topic: TOPICS.lifecycle,
        from: new Map(Array.from({ length: log.partitions }, (_, partition) => [partition, 0])),
        onBatch: async (partition, records) => {
          for (const record of records) take(partition, record)
        },
        onError,
      })
      await consumer.caughtUp()
      catalogue.complete()
    },
    async stop() {
      await consumer?.close()
    },
  }
}
