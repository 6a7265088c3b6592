/** What every event log promises. Each test has topics of its own, so that a real server may be shared. */
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { TOPICS } from '../contracts/events.ts'
import { partitionOf } from '../domain/partition.ts'
import type { EventLog, StoredRecord } from './event-log.ts'

export interface EventLogUnderTest {
  open(partitions: number): Promise<EventLog>
  /** Opens again what `open` made, with all that was appended; undefined: nothing outlives a close. */
  reopen?(partitions: number): Promise<EventLog>
}

export const eventLogContract = (name: string, makeSubject: () => EventLogUnderTest): void => {
  describe(`event log: ${name}`, () => {
    const opened: EventLog[] = []
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((log) => log.close()))
    })
    const fresh = async (partitions = 4) => {
      const subject = makeSubject()
      const log = await subject.open(partitions)
      opened.push(log)
      return { subject, log, topic: TOPICS.scores, key: randomUUID() }
    }
    const everything = (log: EventLog) => new Map(Array.from({ length: log.partitions }, (_, p) => [p, 0]))
    const collect = async (log: EventLog, topic: string, from = everything(log)) => {
      const seen: (StoredRecord & { partition: number })[] = []
      const consumer = await log.consume({
        topic,
        from,
        onBatch: async (partition, records) => {
          for (const record of records) seen.push({ ...record, partition })
        },
      })
      await consumer.caughtUp()
      await consumer.close()
      return seen
    }

    it('[Q3] gives back each record in the order of its partition, with the key’s partition as Kafka has it', async () => {
      const { log, topic, key } = await fresh()
      const records = Array.from({ length: 50 }, (_, i) => ({ topic, key: `${key}${i % 7}`, value: `v${i}` }))
      const positions = await log.append(records)
      positions.forEach(({ partition }, i) => {
        expect(partition).toBe(partitionOf(records[i]?.key ?? '', 4))
      })
      const seen = await collect(log, topic)
      expect(seen).toHaveLength(50)
      for (let p = 0; p < 4; p++) {
        const values = seen.filter((r) => r.partition === p)
        expect(values.map((r) => r.value)).toEqual(
          records.filter((_, i) => positions[i]?.partition === p).map((r) => r.value),
        )
        expect(values.map((r) => r.offset)).toEqual([...values.map((r) => r.offset)].sort((a, b) => a - b))
      }
    })

    it('takes an explicit partition, and records without a key', async () => {
      const { log, topic } = await fresh()
      const [first] = await log.append([{ topic, key: null, value: 'x', partition: 3 }])
      expect(first?.partition).toBe(3)
      const [second] = await log.append([{ topic, key: null, value: 'y' }])
      expect(second?.partition).toBeLessThan(4)
      expect((await collect(log, topic)).map((r) => r.value).sort()).toEqual(['x', 'y'])
    })

    it('reads only the partitions that it is asked for, from the offset that it is given', async () => {
      const { log, topic } = await fresh()
      await log.append([0, 0, 0, 1].map((partition, i) => ({ topic, key: null, value: `${i}`, partition })))
      expect((await collect(log, topic, new Map([[0, 1]]))).map((r) => r.value)).toEqual(['1', '2'])
    })

    it('wakes a waiting consumer at an append', async () => {
      const { log, topic, key } = await fresh()
      let got: (value: string) => void = () => {}
      const arrived = new Promise<string>((resolve) => {
        got = resolve
      })
      const consumer = await log.consume({
        topic,
        from: everything(log),
        onBatch: async (_, [r]) => got(r?.value ?? ''),
      })
      await consumer.caughtUp()
      await log.append([{ topic, key, value: 'late' }])
      expect(await arrived).toBe('late')
      await consumer.close()
    })

    it('[Q3] gives a batch again that was rejected, before anything after it, and tells the error', async () => {
      const { log, topic } = await fresh()
      await log.append([1, 2, 3].map((i) => ({ topic, key: null, value: `${i}`, partition: 0 })))
      const errors: unknown[] = []
      const seen: string[] = []
      let failures = 2
      const consumer = await log.consume({
        topic,
        from: new Map([[0, 0]]),
        onBatch: async (_, records) => {
          if (failures-- > 0) throw new Error('not now')
          seen.push(...records.map((r) => r.value))
        },
        onError: (error) => errors.push(error),
      })
      await consumer.caughtUp()
      await consumer.close()
      expect(errors).toHaveLength(2)
      expect(seen).toEqual(['1', '2', '3'])
    })

    it('[Q3] keeps both of two concurrent appends, in either order', async () => {
      const { log, topic, key } = await fresh()
      await Promise.all(Array.from({ length: 40 }, (_, i) => log.append([{ topic, key, value: `${i}` }])))
      const seen = await collect(log, topic)
      expect(seen.map((r) => Number(r.value)).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i))
      expect(new Set(seen.map((r) => r.offset)).size).toBe(40)
    })

    it('keeps at least the newest record of each key of a compacted topic', async () => {
      const { log, key } = await fresh()
      const topic = TOPICS.lifecycle
      for (let i = 0; i < 5; i++)
        await log.append([
          { topic, key, value: `${i}` },
          { topic, key: `${key}b`, value: `b${i}` },
        ])
      const seen = await collect(log, topic)
      expect(seen.filter((r) => r.key === key).at(-1)?.value).toBe('4')
      expect(seen.filter((r) => r.key === `${key}b`).at(-1)?.value).toBe('b4')
    })

    it('[Q9] refuses a record that is too large or names no partition, with the figure', async () => {
      const { log, topic, key } = await fresh()
      await expect(log.append([{ topic, key, value: 'x'.repeat(1_100_000) }])).rejects.toThrow(/11000\d\d|1048576/)
      await expect(log.append([{ topic, key, value: 'x', partition: 4 }])).rejects.toThrow(/4/)
      await log.append([{ topic: TOPICS.definitions, key, value: 'x'.repeat(1_100_000) }])
      expect((await collect(log, TOPICS.definitions)).at(-1)?.value.length).toBe(1_100_000)
    })

    it('[Q1] has what it acknowledged after a close, at the same offsets', async () => {
      const { log, subject, topic, key } = await fresh()
      if (!subject.reopen) return
      await log.append([{ topic, key, value: 'kept' }])
      const before = await collect(log, topic)
      await log.close()
      const again = await subject.reopen(4)
      opened.push(again)
      expect(await collect(again, topic)).toEqual(before)
      const [position] = await again.append([{ topic, key, value: 'more' }])
      expect(position?.offset).toBe((before[0]?.offset ?? 0) + 1)
    })
  })
}
