/** The promises of the event log; every adapter passes them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TOPICS } from '../contracts/events.ts'
import { partitionOf } from '../domain/partition.ts'
import { eventually } from '../testing/eventually.ts'
import { type ConsumeOptions, type EventLog, RecordRefused, type StoredRecord } from './event-log.ts'

export interface EventLogHarness {
  /** Opens the log; again after it was closed, with what it had, if it `persists`. */
  open(): Promise<EventLog>
  persists: boolean
  /** Lets so many milliseconds pass for the log. */
  pass(ms: number): Promise<void>
  /** The log compacts while time passes. */
  compacts: boolean
  /** The log may give a batch twice though it was not rejected. */
  repeats?: boolean
  cleanUp?(): Promise<void>
}

const TOPIC = TOPICS.scores
const KIB = 1024

export const eventLogContract = (name: string, harnessOf: () => Promise<EventLogHarness>): void => {
  describe(`event log: ${name}`, () => {
    let harness: EventLogHarness
    let log: EventLog
    beforeEach(async () => {
      harness = await harnessOf()
      log = await harness.open()
    })
    afterEach(async () => {
      await log.close()
      await harness.cleanUp?.()
    })

    const everyPartition = (from = 0) => new Map(Array.from({ length: log.partitions }, (_, p) => [p, from]))
    /** Consumes and keeps what it is given, repeats of the log left out. */
    const collect = async (options: Partial<ConsumeOptions> = {}) => {
      const seen: (StoredRecord & { partition: number })[] = []
      const last = new Map<number, number>()
      const consumer = await log.consume({
        topic: TOPIC,
        from: everyPartition(),
        ...options,
        async onBatch(partition, records) {
          expect(records.length).toBeGreaterThan(0)
          await options.onBatch?.(partition, records)
          for (const record of records) {
            if (record.offset <= (last.get(partition) ?? -1)) {
              expect(harness.repeats).toBe(true)
              continue
            }
            last.set(partition, record.offset)
            seen.push({ ...record, partition })
          }
        },
      })
      return { consumer, seen }
    }
    const until = (what: string, holds: () => boolean) => eventually(what, holds, { pass: () => harness.pass(20) })
    const values = (records: readonly { value: string }[]) => records.map(({ value }) => value)
    const numbered = (count: number, partition = 0) =>
      Array.from({ length: count }, (_, i) => ({ topic: TOPIC, key: null, value: String(i), partition }))

    it('[Q3] gives back keys, values, offsets and times as they were appended', async () => {
      const texts = ['{"a":1}', '', 'Füße 猫 👩‍👩‍👧', 'a\u0000b', '\u2028 " \\ \n', 'x'.repeat(200 * KIB)]
      const keys = [null, '', 'QUIZ', 'Füße', null, 'k']
      const positions = await log.append(
        texts.map((value, i) => ({ topic: TOPIC, key: keys[i] ?? null, value, partition: 1 })),
      )
      const { consumer, seen } = await collect()
      await consumer.caughtUp()
      expect(seen.map(({ key, value, partition, offset }) => ({ key, value, partition, offset }))).toEqual(
        texts.map((value, i) => ({ key: keys[i], value, ...positions[i] })),
      )
      for (const { timestamp } of seen) expect(Number.isSafeInteger(timestamp)).toBe(true)
    })
    it('[Q3] a key goes where Kafka puts it, an explicit partition wins, no key goes anywhere', async () => {
      const keys = Array.from({ length: 40 }, (_, i) => `QUIZ${i}`)
      const positions = await log.append([
        ...keys.map((key) => ({ topic: TOPIC, key, value: key })),
        { topic: TOPIC, key: 'QUIZ0', value: 'placed', partition: log.partitions - 1 },
        { topic: TOPIC, key: null, value: 'anywhere' },
      ])
      expect(positions.slice(0, 40).map(({ partition }) => partition)).toEqual(
        keys.map((key) => partitionOf(key, log.partitions)),
      )
      expect(positions[40]?.partition).toBe(log.partitions - 1)
      const { consumer, seen } = await collect()
      await consumer.caughtUp()
      expect(seen).toHaveLength(42)
    })
    it('[Q3] offsets of a partition rise, and the records of one call keep their order', async () => {
      const one = await log.append([...numbered(50, 0), ...numbered(50, 1), { topic: 'other', key: null, value: 'x' }])
      const two = await log.append(numbered(1, 0))
      const offsets = [...one.slice(0, 50), ...two].map(({ offset }) => offset)
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b))
      const { consumer, seen } = await collect()
      await consumer.caughtUp()
      const expected = Array.from({ length: 50 }, (_, i) => String(i))
      expect(values(seen.filter(({ partition }) => partition === 1))).toEqual(expected)
      expect(values(seen.filter(({ partition }) => partition === 0))).toEqual([...expected, '0'])
    })
    it('[Q3] appends at the same time are all there, each in its order, in either order among them', async () => {
      const calls = Array.from({ length: 30 }, (_, c) =>
        log.append([0, 1, 2].map((i) => ({ topic: TOPIC, key: null, value: `${c}.${i}`, partition: 2 }))),
      )
      const positions = (await Promise.all(calls)).flat()
      const { consumer, seen } = await collect()
      await consumer.caughtUp()
      expect(seen).toHaveLength(90)
      const byValue = new Map(seen.map(({ value, offset }) => [value, offset]))
      for (let c = 0; c < 30; c++) {
        const own = [0, 1, 2].map((i) => byValue.get(`${c}.${i}`))
        expect(own).toEqual(positions.slice(c * 3, c * 3 + 3).map(({ offset }) => offset))
        expect(own).toEqual([...own].sort((a, b) => Number(a) - Number(b)))
      }
    })
    it('[Q3] a consumer reads from its offsets on, its partitions and its topic alone', async () => {
      const positions = await log.append([...numbered(10, 0), ...numbered(10, 1), ...numbered(10, 2)])
      await log.append([{ topic: 'other', key: null, value: 'other', partition: 1 }])
      const from = new Map([
        [0, positions[7]?.offset ?? 0],
        [1, 0],
      ])
      const { consumer, seen } = await collect({ from })
      await consumer.caughtUp()
      expect(values(seen.filter(({ partition }) => partition === 0))).toEqual(['7', '8', '9'])
      expect(seen.filter(({ partition }) => partition === 1)).toHaveLength(10)
      expect(seen.filter(({ partition }) => partition === 2)).toHaveLength(0)
    })
    it('[Q3] consumers that come and go in the middle of things each read from where they begin', async () => {
      const positions = await log.append(numbered(200))
      const keepAppending = (async () => {
        for (let i = 200; i < 260; i++) {
          await log.append([{ topic: TOPIC, key: null, value: String(i), partition: 0 }])
          await harness.pass(1)
        }
      })()
      for (const start of [150, 0, 199, 60, 20]) {
        const { consumer, seen } = await collect({ from: new Map([[0, positions[start]?.offset ?? 0]]) })
        await until('some are seen', () => seen.length >= 10)
        await consumer.close()
        const expected = seen.map((_, i) => String(start + i))
        expect(values(seen)).toEqual(expected)
      }
      await keepAppending
    })
    it('[Q3] every consumer sees every record, however many', async () => {
      for (let i = 0; i < 5; i++) await log.append(numbered(1_000, i % log.partitions))
      const both = await Promise.all([collect(), collect()])
      for (const { consumer, seen } of both) {
        await consumer.caughtUp()
        expect(seen).toHaveLength(5_000)
      }
    })
    it('[Q3] an append wakes consumers without any time passing', async () => {
      const { consumer, seen } = await collect()
      await consumer.caughtUp()
      for (let i = 0; i < 5; i++) {
        await log.append([{ topic: TOPIC, key: 'QUIZ', value: String(i) }])
        await eventually('the record is seen', () => seen.length === i + 1, { limitMs: 1_000 })
      }
    })
    it('[Q3] one batch at a time for each partition', async () => {
      let running = 0
      let most = 0
      const { consumer, seen } = await collect({
        from: new Map([[0, 0]]),
        async onBatch() {
          running++
          most = Math.max(most, running)
          await new Promise((resolve) => setImmediate(resolve))
          running--
        },
      })
      await Promise.all(Array.from({ length: 50 }, () => log.append(numbered(1))))
      await until('all are seen', () => seen.length === 50)
      expect(most).toBe(1)
      await consumer.close()
    })
    it('[Q3] a rejected batch is reported and given again, the same; other partitions go on', async () => {
      const given: string[][] = []
      const errors: unknown[] = []
      const { consumer, seen } = await collect({
        async onBatch(partition, records) {
          if (partition !== 0) return
          given.push(values(records))
          if (given.length <= 3) throw new Error(`rejection ${given.length}`)
        },
        onError(error) {
          errors.push(error)
          throw new Error('a reporter that fails')
        },
      })
      await log.append([...numbered(3, 0), ...numbered(3, 1)])
      await until('partition 1 is seen', () => seen.length === 3)
      await log.append(numbered(1, 0))
      await until('partition 0 is seen', () => seen.length === 7)
      expect(given[1]).toEqual(given[0])
      expect(given[2]).toEqual(given[0])
      expect(errors.map(String).slice(0, 3)).toEqual([1, 2, 3].map((n) => `Error: rejection ${n}`))
      await consumer.close()
    })
    it('[Q3] caughtUp waits until what was there has been handled', async () => {
      await log.append(numbered(20))
      const gate = Promise.withResolvers<void>()
      const { consumer, seen } = await collect({ onBatch: () => gate.promise })
      let caughtUp = false
      const done = consumer.caughtUp().then(() => {
        caughtUp = true
      })
      await harness.pass(100)
      expect(caughtUp).toBe(false)
      gate.resolve()
      await done
      expect(seen).toHaveLength(20)
      await consumer.caughtUp()
    })
    it('[Q3] close waits for the batch under way, and none is given after it', async () => {
      const gate = Promise.withResolvers<void>()
      let given = 0
      const { consumer } = await collect({
        from: new Map([[0, 0]]),
        onBatch() {
          given++
          return gate.promise
        },
      })
      await log.append(numbered(1))
      await until('a batch is under way', () => given === 1)
      let closed = false
      const closing = consumer.close().then(() => {
        closed = true
      })
      await harness.pass(50)
      expect(closed).toBe(false)
      gate.resolve()
      await closing
      const before = given
      await log.append(numbered(3))
      await harness.pass(200)
      expect(given).toBe(before)
    })
    it('[Q3] close ends the pause after a rejected batch', async () => {
      const errors: unknown[] = []
      const { consumer } = await collect({
        onBatch: () => Promise.reject(new Error('always')),
        onError: (error) => errors.push(error),
      })
      await log.append(numbered(1))
      await until('it is rejected', () => errors.length > 0)
      await consumer.close()
    })

    it('[Q9] a record over the limit is refused with its place; nothing of the call is stored', async () => {
      const large = { topic: TOPIC, key: 'QUIZ', value: 'é'.repeat(600 * KIB) }
      const refused = log.append([{ topic: TOPIC, key: 'QUIZ', value: 'small' }, large])
      await expect(refused).rejects.toThrow(RecordRefused)
      await expect(refused).rejects.toMatchObject({ topic: TOPIC, index: 1 })
      await log.append([{ topic: TOPICS.definitions, key: 'QUIZ', value: 'é'.repeat(3_000 * KIB) }])
      const { consumer, seen } = await collect()
      await consumer.caughtUp()
      expect(seen).toEqual([])
    })
    it('[Q9] a partition that is not there and a compacted record without key are refused', async () => {
      const unkeyed = { topic: TOPICS.lifecycle, key: null, value: '{}' }
      await expect(log.append([unkeyed])).rejects.toThrow(RecordRefused)
      for (const partition of [-1, log.partitions, 0.5, Number.NaN])
        await expect(log.append([{ topic: TOPIC, key: 'k', value: '', partition }])).rejects.toThrow(RecordRefused)
      await expect(log.consume({ topic: TOPIC, from: new Map([[99, 0]]), onBatch: async () => {} })).rejects.toThrow(
        RangeError,
      )
    })
    it('[Q9] nothing to append is nothing; a closed log takes nothing', async () => {
      expect(await log.append([])).toEqual([])
      await log.close()
      await expect(log.append(numbered(1))).rejects.toThrow(/closed/)
      await expect(collect()).rejects.toThrow(/closed/)
    })
    it('[Q3] a compacted topic keeps the newest record of each key, at the offset it had', async (context) => {
      if (!harness.compacts) return context.skip()
      const topic = TOPICS.lifecycle
      const record = (key: string, revision: number) => ({ topic, key, value: `${key} ${revision}`, partition: 3 })
      for (let i = 1; i <= 5; i++) await log.append([record('A', i), record('B', i), record('B', i + 0.5)])
      const newest = await log.append([record('A', 6), record('C', 1)])
      const { consumer, seen } = await collect({ topic })
      const keptValues = async () => {
        const again = await collect({ topic })
        await again.consumer.caughtUp()
        await again.consumer.close()
        return values(again.seen)
      }
      const gone = async () => (await keptValues()).length === 3
      await eventually('the old records are gone', gone, { pass: () => harness.pass(20_000) })
      await consumer.caughtUp()
      expect(values(seen).slice(-3)).toEqual(['B 5.5', 'A 6', 'C 1'])
      expect(seen.slice(-2).map(({ offset }) => offset)).toEqual(newest.map(({ offset }) => offset))
      // Over the gap that compaction left.
      await log.append([record('D', 1)])
      await until('the next one is seen', () => seen.at(-1)?.value === 'D 1')
    })
    it('[Q1] a restart forgets nothing: same records, same offsets, new ones behind them', async (context) => {
      if (!harness.persists) return context.skip()
      const before = await log.append(numbered(1_200))
      await log.append([{ topic: TOPICS.lifecycle, key: 'QUIZ', value: 'open' }])
      await log.close()
      log = await harness.open()
      const middle = before[600]?.offset ?? 0
      const { consumer, seen } = await collect({ from: new Map([[0, middle]]) })
      await consumer.caughtUp()
      expect(seen.map(({ offset }) => offset)).toEqual(before.slice(600).map(({ offset }) => offset))
      const after = await log.append(numbered(1))
      expect(after[0]?.offset).toBeGreaterThan(before.at(-1)?.offset ?? 0)
      await until('the new one is seen', () => seen.length === 601)
      const lifecycle = await collect({ topic: TOPICS.lifecycle })
      await lifecycle.consumer.caughtUp()
      expect(values(lifecycle.seen)).toEqual(['open'])
    })
  })
}
