/** An event log in memory: for fast tests. It can do to its users what real servers do, within the port's promises. */
import type { Clock } from '../ports/clock.ts'
import type { EventLog, StoredRecord } from '../ports/event-log.ts'
import type { SeededRandom } from '../testing/seeded-random.ts'
import { createConsumers } from './event-log/consumers.ts'
import { logRules, type PlacedRecord, placeRecords } from './event-log/rules.ts'

export interface MemoryEventLogOptions {
  partitions: number
  clock: Clock
  /**
   * Faults that real servers have: offsets with gaps, batches given twice and cut anywhere, concurrent appends in another
   * order. Default: none.
   */
  faults?: SeededRandom
}

const BATCH_LIMIT = 500

export const createMemoryEventLog = ({ partitions, clock, faults }: MemoryEventLogOptions): EventLog => {
  const rules = logRules(partitions)
  const topics = new Map<string, StoredRecord[][]>()
  let turn = 0
  let closed = false
  const recordsOf = (topic: string, partition: number): StoredRecord[] => {
    let lists = topics.get(topic)
    if (!lists) {
      lists = Array.from({ length: partitions }, () => [])
      topics.set(topic, lists)
    }
    return lists[partition] ?? []
  }
  const end = (topic: string, partition: number) => (recordsOf(topic, partition).at(-1)?.offset ?? -1) + 1

  const consumers = createConsumers(
    {
      partitions,
      end,
      read(topic, partition, offset) {
        const list = recordsOf(topic, partition)
        const limit = faults?.chance(0.3) ? 1 + faults.int(5) : BATCH_LIMIT
        const start = firstAtOrAfter(list, offset)
        return list.slice(start, start + limit)
      },
    },
    clock,
  )

  const store = ({ topic, partition, key, value }: PlacedRecord) => {
    const gap = faults?.chance(0.2) ? 1 + faults.int(3) : 0
    const offset = end(topic, partition) + gap
    recordsOf(topic, partition).push({ key, value, offset, timestamp: clock.now() })
    return { partition, offset }
  }
  /** With faults: appends of one turn come in any order. */
  let reordered: (() => void)[] = []
  const inAnyOrder = (random: SeededRandom) =>
    new Promise<void>((resolve) => {
      if (reordered.push(resolve) > 1) return
      queueMicrotask(() => {
        const turns = random.shuffle(reordered)
        reordered = []
        for (const go of turns) go()
      })
    })

  return {
    partitions,
    async append(records) {
      if (closed) throw new Error('the event log is closed')
      const placed = placeRecords(records, rules, () => turn++ % partitions)
      if (faults) await inAnyOrder(faults)
      const positions = placed.map(store)
      for (const { topic, partition } of placed) consumers.wake(topic, partition)
      return positions
    },
    async consume(options) {
      if (closed) throw new Error('the event log is closed')
      if (!faults) return consumers.consume(options)
      return consumers.consume({
        ...options,
        async onBatch(partition, records) {
          await options.onBatch(partition, records)
          if (faults.chance(0.1)) await options.onBatch(partition, records)
        },
      })
    },
    async close() {
      closed = true
      await consumers.close()
    },
  }
}

/** Index of the first record at `offset` or behind it. */
const firstAtOrAfter = (list: readonly StoredRecord[], offset: number): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle]?.offset ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}
