/** The reading half of an embedded event log: one loop a partition, woken by appends, at least once. */
import type { Clock } from '../ports/clock.ts'
import type { ConsumeOptions, Consumer, StoredRecord } from '../ports/event-log.ts'

export interface LogReader {
  /** Up to `limit` records from `offset` on, in order; empty at the end. */
  read(topic: string, partition: number, offset: number, limit: number): Promise<StoredRecord[]>
  /** The offset that the next record of the partition will have at least. */
  end(topic: string, partition: number): Promise<number>
}

export interface LogConsumers {
  consume(options: ConsumeOptions): Promise<Consumer>
  /** To be called after each append: wakes who reads these partitions. */
  appended(topic: string): void
  close(): Promise<void>
}

const BATCH = 500
const RETRY_MS = 100

export const createLogConsumers = (reader: LogReader, clock: Clock): LogConsumers => {
  const open = new Set<ReturnType<typeof startConsumer>>()
  let closed = false
  return {
    async consume(options) {
      if (closed) throw new Error('the event log is closed')
      const consumer = startConsumer(reader, clock, options, () => open.delete(consumer))
      open.add(consumer)
      return consumer
    },
    appended(topic) {
      for (const consumer of open) if (consumer.topic === topic) consumer.wake()
    },
    async close() {
      closed = true
      await Promise.all([...open].map((consumer) => consumer.close()))
    },
  }
}

const startConsumer = (reader: LogReader, clock: Clock, options: ConsumeOptions, onClose: () => void) => {
  const { topic } = options
  const next = new Map(options.from)
  let closed = false
  const sleepers = new Set<() => void>()
  const wake = () => {
    for (const sleeper of sleepers) sleeper()
  }
  const progress = new Set<() => void>()
  let wakes = 0

  const readLoop = async (partition: number): Promise<void> => {
    while (!closed) {
      const seen = wakes
      const offset = next.get(partition) ?? 0
      const records = await attempt(() => reader.read(topic, partition, offset, BATCH))
      const last = records?.at(-1)
      if (!records || !last) {
        if (records && seen === wakes && !closed) await new Promise<void>((resolve) => park(sleepers, resolve))
        continue
      }
      if (closed) return
      const handled = await attempt(async () => {
        await options.onBatch(partition, records)
        return true
      })
      if (!handled) continue
      next.set(partition, last.offset + 1)
      for (const told of progress) told()
    }
  }
  /** A failure is told, waited out and gives undefined. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (closed) return undefined
      options.onError?.(error)
      await Promise.race([clock.sleep(RETRY_MS), stopped])
      return undefined
    }
  }
  let stop: () => void = () => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const loops = Promise.all([...next.keys()].map(readLoop))

  return {
    topic,
    wake: () => {
      wakes++
      wake()
    },
    async caughtUp() {
      const ends = await Promise.all(
        [...next.keys()].map(async (partition) => [partition, await reader.end(topic, partition)] as const),
      )
      const behind = () => ends.some(([partition, end]) => (next.get(partition) ?? 0) < end)
      while (!closed && behind()) await new Promise<void>((resolve) => park(progress, resolve))
    },
    async close() {
      closed = true
      stop()
      wake()
      for (const told of progress) told()
      onClose()
      await loops
    },
  }
}

const park = (sleepers: Set<() => void>, resolve: () => void): void => {
  const sleeper = () => {
    sleepers.delete(sleeper)
    resolve()
  }
  sleepers.add(sleeper)
}
