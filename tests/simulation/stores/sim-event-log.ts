/**
 * The event log of a simulated world: durable records, and for each process a handle on them. It keeps the port's promises and
 * no more: concurrent appends land in any order, a failed one may have landed in part, batches are cut anywhere and come
 * again, offsets have gaps, compaction takes what it may.
 */
import { logRules, type PlacedRecord, placeRecords } from '@quizboard/shared/adapters/event-log/rules.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type {
  AppendRecord,
  ConsumeOptions,
  Consumer,
  EventLog,
  Position,
  StoredRecord,
} from '@quizboard/shared/ports/event-log.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'

export interface SimEventLog {
  readonly partitions: number
  /** A process' handle. */
  open(process: Process): EventLog
  /** As of a producer outside of the simulated processes. */
  append(records: readonly AppendRecord[]): Position[]
  /** Everything that is there, or was before a compaction. */
  history(topic: string): readonly (StoredRecord & { partition: number })[]
  /** Drops superseded records of compacted topics. */
  compact(): void
}

/** While false, nothing goes wrong any more. */
export type Unrest = () => boolean

const BATCH_MAX = 20
const REWIND_MAX = 10
const PAUSE_MS = 100
/** What was superseded so long ago may go: brokers leave the newest part of a log alone. */
const COMPACT_MS = 10_000
const LAGS_MS = [500, 2_000, 6_000]

export const createSimEventLog = (
  scheduler: Scheduler,
  partitions: number,
  unrest: Unrest,
  /** Of readers of a partition, those that lag. */
  lagShare: number,
  onRecord: (record: PlacedRecord) => void,
): SimEventLog => {
  const { random } = scheduler
  const rules = logRules(partitions)
  const kept = new Map<string, StoredRecord[][]>()
  const all = new Map<string, (StoredRecord & { partition: number })[]>()
  const ends = new Map<string, number>()
  const loops = new Set<Loop>()

  const listOf = (topic: string, partition: number): StoredRecord[] => {
    const lists = kept.get(topic) ?? Array.from({ length: partitions }, () => [])
    kept.set(topic, lists)
    return lists[partition] ?? []
  }
  const historyOf = (topic: string) => {
    const list = all.get(topic) ?? []
    all.set(topic, list)
    return list
  }
  const endOf = (topic: string, partition: number) => ends.get(`${partition}:${topic}`) ?? 0
  const store = (placed: PlacedRecord): Position => {
    const { topic, partition, key, value } = placed
    onRecord(placed)
    const gap = random.chance(0.05) ? 1 + random.int(3) : 0
    const offset = endOf(topic, partition) + gap
    const record: StoredRecord = { key, value, offset, timestamp: scheduler.now() }
    listOf(topic, partition).push(record)
    historyOf(topic).push({ ...record, partition })
    ends.set(`${partition}:${topic}`, offset + 1)
    for (const loop of loops) loop.wake(topic, partition)
    return { partition, offset }
  }
  const place = (records: readonly AppendRecord[]) => placeRecords(records, rules, () => random.int(partitions))

  const openFor = (process: Process): EventLog => {
    const own = new Set<Consumer>()
    return {
      partitions,
      async append(records) {
        const placed = place(records)
        let landed = false
        const land = (count: number) => placed.slice(0, count).map(store)
        // A broker that fails in the middle of a request.
        const failure = () => {
          if (!landed && unrest() && random.chance(0.3)) land(random.int(placed.length + 1))
          return new Error('the log could not be reached')
        }
        const topics = [...new Set(placed.map(({ topic }) => topic))].join('+')
        return process.call(
          `append ${placed.length} to ${topics}`,
          () => {
            landed = true
            // A producer's retry that arrives long after: other records are in between.
            const again = placed.filter(({ topic }) => topic !== TOPICS.lifecycle)
            if (again.length > 0 && unrest() && random.chance(0.08))
              scheduler.after(random.int(5_000), `${process.name}'s records land again`, () => again.map(store))
            return land(placed.length)
          },
          { failure, late: true },
        )
      },
      async consume(options) {
        await process.call(`consume ${options.topic}`, () => {})
        const mine = [...options.from].map(([partition, from]) => startLoop(process, options, partition, from))
        for (const loop of mine) loops.add(loop)
        const consumer: Consumer = {
          async caughtUp() {
            await Promise.all(mine.map((loop) => loop.caughtUp()))
          },
          async close() {
            await Promise.all(mine.map((loop) => loop.close()))
            for (const loop of mine) loops.delete(loop)
          },
        }
        own.add(consumer)
        return consumer
      },
      async close() {
        for (const consumer of own) await consumer.close()
      },
    }
  }

  const startLoop = (process: Process, options: ConsumeOptions, partition: number, from: number): Loop => {
    const { topic } = options
    let position = from
    /** Behind the last record that was delivered. */
    let reached = from
    const lagMs = random.chance(lagShare) ? random.pick(LAGS_MS) : 0
    let busy = false
    let closed = false
    let idle = Promise.resolve()
    let waiters: { until: number; resolve(): void }[] = []

    const settle = () => {
      for (const { resolve } of waiters.filter(({ until }) => closed || until <= position)) resolve()
      waiters = waiters.filter(({ until }) => !closed && until > position)
    }
    const deliver = async (records: readonly StoredRecord[]): Promise<void> => {
      if (closed) return
      try {
        await options.onBatch(partition, records)
      } catch (error) {
        options.onError?.(error)
        // The same batch, after a pause.
        await new Promise<void>((resolve) => void process.after(PAUSE_MS, '', resolve))
        return deliver(records)
      }
      if (unrest() && random.chance(0.05)) await options.onBatch(partition, records)
    }
    const turn = async (records: readonly StoredRecord[]) => {
      await deliver(records)
      position = (records.at(-1)?.offset ?? position) + 1
      reached = Math.max(reached, position)
      settle()
      // As after a rebalance: it goes on from an older offset.
      if (unrest() && random.chance(0.05)) position = Math.max(from, position - random.int(REWIND_MAX))
      busy = false
      pump()
    }
    const pump = () => {
      if (busy || closed || !process.alive) return
      const end = endOf(topic, partition)
      if (position >= end) return settle()
      // What comes again comes bit by bit: whoever takes the old for new does so for a while.
      const isAgain = topic === TOPICS.lifecycle && position < reached
      const limit = unrest() ? 1 + random.int(isAgain || random.chance(0.5) ? 2 : BATCH_MAX) : BATCH_MAX
      const records = listOf(topic, partition)
        .filter(({ offset }) => offset >= position)
        .slice(0, limit)
      const [first] = records
      if (!first) {
        position = end
        return settle()
      }
      busy = true
      const label = `gets ${topic}/${partition} from ${first.offset}, ${records.length} records`
      const wait = scheduler.latency() + (lagMs > 0 && unrest() ? random.int(lagMs) : 0)
      process.after(wait, label, () => {
        idle = turn(records)
      })
    }
    process.after(0, '', pump)
    return {
      wake(wokenTopic, wokenPartition) {
        if (wokenTopic === topic && wokenPartition === partition) pump()
      },
      caughtUp: () =>
        new Promise((resolve) => {
          const until = endOf(topic, partition)
          if (closed || position >= until) resolve()
          else waiters.push({ until, resolve })
        }),
      close() {
        closed = true
        settle()
        return idle
      },
    }
  }

  return {
    partitions,
    open: openFor,
    append: (records) => place(records).map(store),
    history: historyOf,
    compact() {
      for (const topic of rules.compacted)
        for (const list of kept.get(topic) ?? []) {
          const old = list.filter(({ timestamp }) => timestamp < scheduler.now() - COMPACT_MS)
          const newest = new Map(old.map((record) => [record.key, record.offset]))
          const left = list.filter((record) => !old.includes(record) || newest.get(record.key) === record.offset)
          list.splice(0, list.length, ...left)
        }
    },
  }
}

interface Loop {
  wake(topic: string, partition: number): void
  caughtUp(): Promise<void>
  close(): Promise<void>
}
