/** One consumer of given partitions from given offsets, on a private kafkajs group with seek and pause. */
import type { Batch, Kafka } from 'kafkajs'
import type { Clock } from '../../ports/clock.ts'
import type { ConsumeOptions, Consumer, StoredRecord } from '../../ports/event-log.ts'

export interface Reading {
  groupId: string
  clock: Clock
  retryMs: number
  /** The first and the next offset of each partition, now. */
  ends(): Promise<ReadonlyMap<number, { low: number; high: number }>>
}

export const startConsumer = async (kafka: Kafka, wanted: ConsumeOptions, reading: Reading): Promise<Consumer> => {
  const { topic, onBatch } = wanted
  const { clock, retryMs } = reading
  /** What is handed over next, by partition; also what is read after a rejoin. */
  const next = new Map(wanted.from)
  const progress = new Set<() => void>()
  const told = () => {
    for (const wake of [...progress]) wake()
  }
  const closing = Promise.withResolvers<void>()
  let closed = false
  const consumer = kafka.consumer({
    groupId: reading.groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 1_000,
    sessionTimeout: 30_000,
    heartbeatInterval: 3_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 60, restartOnFailure: async () => !closed },
  })
  // Nothing is committed, so every join begins at the earliest records: seek each time.
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const others = (payload.memberAssignment[topic] ?? []).filter((partition) => !next.has(partition))
    if (others.length > 0) consumer.pause([{ topic, partitions: others }])
    for (const [partition, offset] of next) consumer.seek({ topic, partition, offset: String(offset) })
  })
  const report = (error: unknown) => {
    try {
      wanted.onError?.(error)
    } catch {
      // A reporter that fails must not stop the partition.
    }
  }
  const handle = async (batch: Batch, heartbeat: () => Promise<void>): Promise<void> => {
    const { partition } = batch
    const from = next.get(partition)
    if (from === undefined) return
    const records = batch.messages.filter((message) => Number(message.offset) >= from).map(toRecord)
    const last = records.at(-1)
    while (last && !closed) {
      try {
        await onBatch(partition, records)
        next.set(partition, last.offset + 1)
        return told()
      } catch (error) {
        report(error)
        await Promise.race([clock.sleep(retryMs), closing.promise])
        await heartbeat().catch(() => {})
      }
    }
  }
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: Math.max(1, next.size),
    eachBatch: ({ batch, heartbeat }) => handle(batch, heartbeat),
  })
  return {
    async caughtUp() {
      const ends = await reading.ends()
      const behind = () =>
        [...next].some(([partition, offset]) => {
          const end = ends.get(partition)
          return end !== undefined && Math.max(offset, end.low) < end.high
        })
      while (!closed && behind()) await nextProgress(progress)
    },
    async close() {
      if (closed) return
      closed = true
      closing.resolve()
      told()
      await consumer.disconnect()
    },
  }
}

const nextProgress = (progress: Set<() => void>): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      progress.delete(wake)
      resolve()
    }
    progress.add(wake)
  })

const toRecord = ({ offset, timestamp, key, value }: Batch['messages'][number]): StoredRecord => ({
  offset: Number(offset),
  timestamp: Number(timestamp),
  key: key === null ? null : key.toString('utf8'),
  value: value === null ? '' : value.toString('utf8'),
})
