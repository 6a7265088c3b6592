/** The event log in memory: for fast tests. Nothing survives the process. */
import type { Clock } from '../ports/clock.ts'
import type { EventLog, StoredRecord } from '../ports/event-log.ts'
import { createLogConsumers } from './log-consumer.ts'
import { placeRecord } from './log-records.ts'

export const createMemoryEventLog = ({ partitions, clock }: { partitions: number; clock: Clock }): EventLog => {
  const logs = new Map<string, StoredRecord[]>()
  const logOf = (topic: string, partition: number): StoredRecord[] => {
    const name = `${topic}/${partition}`
    const log = logs.get(name) ?? []
    logs.set(name, log)
    return log
  }
  const consumers = createLogConsumers(
    {
      read: async (topic, partition, offset, limit) => logOf(topic, partition).slice(offset, offset + limit),
      end: async (topic, partition) => logOf(topic, partition).length,
    },
    clock,
  )
  let keyless = 0
  let closed = false
  return {
    partitions,
    async append(records) {
      if (closed) throw new Error('the event log is closed')
      const places = records.map((record) => placeRecord(record, partitions, keyless++))
      const positions = records.map(({ topic, key, value }, i) => {
        const partition = places[i] ?? 0
        const log = logOf(topic, partition)
        log.push({ offset: log.length, timestamp: clock.now(), key, value })
        return { partition, offset: log.length - 1 }
      })
      for (const topic of new Set(records.map((record) => record.topic))) consumers.appended(topic)
      return positions
    },
    consume: (options) => consumers.consume(options),
    async close() {
      closed = true
      await consumers.close()
    },
  }
}
