/** Consumers of an embedded log: a loop for each partition, woken by appends. */
import type { Clock, Timer } from '../../ports/clock.ts'
import type { ConsumeOptions, Consumer, StoredRecord } from '../../ports/event-log.ts'

export interface LogReader {
  readonly partitions: number
  /** The next offset that an append will get; every record below it can be read. */
  end(topic: string, partition: number): number
  /** Some records from `offset` on, in offset order; none: there is none below the end of the moment of the call. */
  read(topic: string, partition: number, offset: number): Promise<readonly StoredRecord[]> | readonly StoredRecord[]
}

export interface Consumers {
  consume(options: ConsumeOptions): Consumer
  /** There is more to read. */
  wake(topic: string, partition: number): void
  close(): Promise<void>
}

/** After a rejected batch, milliseconds: doubled with each rejection in a row. */
const PAUSE_MS = 100
const MAX_PAUSE_MS = 5_000

export const createConsumers = (reader: LogReader, clock: Clock): Consumers => {
  const open = new Set<OpenConsumer>()
  return {
    consume(options) {
      for (const partition of options.from.keys())
        if (!Number.isInteger(partition) || partition < 0 || partition >= reader.partitions)
          throw new RangeError(`there is no partition ${partition}, only 0–${reader.partitions - 1}`)
      const loops = new Map([...options.from].map(([p, from]) => [p, startLoop(reader, clock, options, p, from)]))
      const consumer: OpenConsumer = {
        wake: (topic, partition) => {
          if (topic === options.topic) loops.get(partition)?.wake()
        },
        async caughtUp() {
          await Promise.all([...loops.values()].map((loop) => loop.caughtUp()))
        },
        async close() {
          await Promise.all([...loops.values()].map((loop) => loop.close()))
          open.delete(consumer)
        },
      }
      open.add(consumer)
      return consumer
    },
    wake: (topic, partition) => {
      for (const consumer of open) consumer.wake(topic, partition)
    },
    async close() {
      await Promise.all([...open].map((consumer) => consumer.close()))
    },
  }
}

interface OpenConsumer extends Consumer {
  wake(topic: string, partition: number): void
}
interface Loop {
  wake(): void
  caughtUp(): Promise<void>
  close(): Promise<void>
}
interface Waiter {
  until: number
  resolve(): void
}

const startLoop = (
  reader: LogReader,
  clock: Clock,
  { topic, onBatch, onError }: ConsumeOptions,
  partition: number,
  from: number,
): Loop => {
  let position = Math.max(0, from)
  let closed = false
  let waiters: Waiter[] = []
  /** Ends the wait for records, or the pause after a rejection if the loop is to end. */
  let resume: (() => void) | undefined
  let pausing = false

  const end = () => reader.end(topic, partition)
  const settle = (done: (waiter: Waiter) => boolean) => {
    for (const waiter of waiters.filter(done)) waiter.resolve()
    waiters = waiters.filter((waiter) => !done(waiter))
  }
  const waitForMore = () =>
    new Promise<void>((resolve) => {
      resume = resolve
    })
  const pause = async (ms: number) => {
    let timer: Timer | undefined
    pausing = true
    await new Promise<void>((resolve) => {
      resume = resolve
      timer = clock.after(ms, resolve)
    })
    pausing = false
    timer?.cancel()
  }
  const report = (error: unknown) => {
    try {
      onError?.(error)
    } catch {
      // A reporter that fails must not end the partition.
    }
  }
  /** Repeats `work` until it succeeds; undefined: the consumer was closed meanwhile. */
  const insist = async <T>(work: () => Promise<T> | T): Promise<T | undefined> => {
    for (let ms = PAUSE_MS; !closed; ms = Math.min(ms * 2, MAX_PAUSE_MS)) {
      try {
        return await work()
      } catch (error) {
        report(error)
        if (!closed) await pause(ms)
      }
    }
    return undefined
  }
  const run = async () => {
    while (!closed) {
      const target = end()
      if (position >= target) {
        settle(({ until }) => until <= position)
        await waitForMore()
        continue
      }
      const records = await insist(() => reader.read(topic, partition, position))
      if (!records) return
      const last = records.at(-1)
      if (last) {
        const handled = await insist(async () => {
          await onBatch(partition, records)
          return true
        })
        if (!handled) return
      }
      // No record below the target: what was there is expired or compacted.
      position = last ? last.offset + 1 : target
      settle(({ until }) => until <= position)
    }
  }
  // Not within `consume`: its caller is to have the consumer first.
  const running = Promise.resolve()
    .then(run)
    .finally(() => settle(() => true))
  const wake = () => {
    const go = resume
    resume = undefined
    go?.()
  }
  return {
    wake: () => {
      if (!pausing) wake()
    },
    caughtUp: () =>
      new Promise((resolve) => {
        const until = end()
        if (closed || position >= until) resolve()
        else waiters.push({ until, resolve })
      }),
    close() {
      closed = true
      wake()
      return running
    },
  }
}
