/**
 * One kafkajs consumer of a topic at a time, alone in a private group, so that it is given every partition and nobody else's rebalance
 * disturbs it. Partitions that nobody reads are paused; to begin one is a seek and a resume, without a rebalance: stock brokers
 * take three seconds for the first one of a group, which a take-over must not wait for.
 */
import type { Batch, Kafka, Consumer as KafkaConsumer } from 'kafkajs'
import { within } from '../../kit/within.ts'
import type { Clock, Timer } from '../../ports/clock.ts'
import type { ConsumeOptions, Consumer, StoredRecord } from '../../ports/event-log.ts'
import { createPartitionStream, type PartitionStream } from './partition-stream.ts'

export interface TopicReader {
  /** None of these partitions is being read by it. */
  isFree(partitions: Iterable<number>): boolean
  /** Takes the partitions at once; resolves when they are being read. */
  read(wanted: ConsumeOptions): Promise<Consumer>
  /** Resolves once it has its partitions; rejects if the brokers cannot be reached. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

export interface TopicReaderOptions {
  topic: string
  /** Each call gives another one. */
  newGroupId(): string
  partitions: number
  clock: Clock
  retryMs: number
  /** The first and the next offset of each partition, now. */
  ends(): Promise<ReadonlyMap<number, { low: number; high: number }>>
}

/** A resumed partition waits for the fetch under way, which waits so long for records of the others. */
const FETCH_WAIT_MS = 100
/** Nobody waits for its partitions, so a stalled process may stay a member for long: to join anew takes seconds. */
const SESSION_MS = 300_000
/**
 * A consumer that starts anew after an outage finds its former self in the group, which never answers again: so long the coordinator
 * waits for that one before it gives out the partitions. Nobody else is in the group.
 */
const REBALANCE_MS = 2_000
/**
 * kafkajs 2.2.4 may wait for ever once a connection is lost at the wrong moment, and stops by itself after some errors. One that has
 * fetched nothing, not even emptiness, at so many looks is replaced. Looks are counted, not time: a process that was stalled has
 * heard nothing either.
 */
const LOOK_MS = 2_000
const SILENT_LOOKS = 5
/** Brokers that are slow must not be asked again and again before they can answer. */
const SILENT_LOOKS_MAX = 40
const FAILURES_MAX = 3
const DISCONNECT_MS = 5_000

export const openTopicReader = (kafka: Kafka, options: TopicReaderOptions): TopicReader => {
  const { topic, newGroupId, partitions, clock, retryMs, ends } = options
  const streams = new Map<number, PartitionStream>()
  const progress = new Set<() => void>()
  const joined = Promise.withResolvers<void>()
  let closed = false
  let current: KafkaConsumer | undefined
  /** `current` has its partitions. */
  let isJoined = false
  let silentLooks = 0
  let patience = SILENT_LOOKS
  let failures = 0
  let timer: Timer | undefined

  const steer = (partition: number) => {
    const stream = streams.get(partition)
    if (!stream) return current?.pause([{ topic, partitions: [partition] }])
    current?.seek({ topic, partition, offset: String(stream.position) })
    current?.resume([{ topic, partitions: [partition] }])
  }
  const take = async (batch: Batch, isStale: boolean) => {
    const { partition } = batch
    const stream = streams.get(partition)
    // What was fetched before a seek is of another reading.
    if (!stream || isStale) return
    stream.push(batch.messages.map(toRecord), Number(batch.lastOffset()) + 1)
    if (stream.isFull) current?.pause([{ topic, partitions: [partition] }])
  }
  const listen = (consumer: KafkaConsumer) => {
    const { GROUP_JOIN, FETCH, END_BATCH_PROCESS } = consumer.events
    // Nothing is committed, so every join begins at the earliest records: seek each time.
    consumer.on(GROUP_JOIN, () => {
      if (consumer !== current) return
      for (let partition = 0; partition < partitions; partition++) steer(partition)
      isJoined = true
      silentLooks = 0
      failures = 0
      joined.resolve()
    })
    consumer.on(FETCH, () => {
      if (consumer !== current) return
      silentLooks = 0
      patience = SILENT_LOOKS
    })
    // Transaction markers take offsets and are never given to eachBatch.
    consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      if (consumer !== current || payload.batchSize !== 0) return
      streams.get(payload.partition)?.push([], Number(payload.lastOffset) + 1)
    })
  }
  const run = async (consumer: KafkaConsumer) => {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: partitions,
      eachBatch: async ({ batch, isStale }) => {
        if (consumer === current) await take(batch, isStale())
      },
    })
  }
  const start = () => {
    const consumer = kafka.consumer({
      groupId: newGroupId(),
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS,
      heartbeatInterval: 3_000,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        retries: 60,
        restartOnFailure: async () => consumer === current,
      },
    })
    current = consumer
    isJoined = false
    silentLooks = 0
    listen(consumer)
    run(consumer).catch((error: unknown) => {
      // What is wrong from the beginning, and again, is for whoever opens the log; later the watch goes on trying.
      if (consumer !== current) return
      silentLooks = patience
      if (++failures >= FAILURES_MAX) joined.reject(error)
    })
  }
  /** Nothing more is expected of one that is silent: it is left to end by itself. */
  const watch = () => {
    timer = clock.after(LOOK_MS, () => {
      if (closed) return
      if (++silentLooks >= patience) {
        const silent = current
        patience = Math.min(patience * 2, SILENT_LOOKS_MAX)
        start()
        silent?.disconnect().catch(() => {})
      }
      watch()
    })
  }
  const ready = joined.promise
  // Whoever reads learns of it.
  ready.catch(() => {})
  start()
  watch()
  const told = () => {
    for (const wake of [...progress]) wake()
  }

  const begin = (partition: number, from: number, { onBatch, onError }: ConsumeOptions): PartitionStream =>
    createPartitionStream({
      from,
      handle: (records) => onBatch(partition, records),
      onError(error) {
        try {
          onError?.(error)
        } catch {
          // A reporter that fails must not stop the partition.
        }
      },
      onProgress: told,
      onRoom: () => {
        if (streams.has(partition)) current?.resume([{ topic, partitions: [partition] }])
      },
      clock,
      retryMs,
    })

  return {
    ready,
    isFree: (wanted) => [...wanted].every((partition) => !streams.has(partition)),
    async read(wanted) {
      const mine = [...wanted.from].map(([partition, from]) => [partition, begin(partition, from, wanted)] as const)
      for (const [partition, stream] of mine) streams.set(partition, stream)
      let isOpen = true
      const close = async () => {
        if (!isOpen) return
        isOpen = false
        for (const [partition] of mine) {
          streams.delete(partition)
          if (isJoined && !closed) steer(partition)
        }
        told()
        await Promise.all(mine.map(([, stream]) => stream.close()))
      }
      try {
        if (isJoined) for (const [partition] of mine) steer(partition)
        await ready
      } catch (error) {
        await close()
        throw error
      }
      return {
        async caughtUp() {
          const now = await ends()
          const isBehind = ([partition, stream]: readonly [number, PartitionStream]) => {
            const end = now.get(partition)
            return end !== undefined && Math.max(stream.handled, end.low) < end.high
          }
          while (isOpen && mine.some(isBehind)) await nextProgress(progress)
        },
        close,
      }
    },
    async close() {
      closed = true
      await Promise.all([...streams.values()].map((stream) => stream.close()))
      streams.clear()
      told()
      timer?.cancel()
      const last = current
      current = undefined
      if (last) await within(clock, DISCONNECT_MS, last.disconnect())
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
