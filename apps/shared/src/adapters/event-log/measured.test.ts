import { expect, it } from 'vitest'
import { TOPICS } from '../../contracts/events.ts'
import { silentLogger } from '../../kit/logger.ts'
import { createTestMetrics } from '../../kit/metrics.ts'
import type { EventLog } from '../../ports/event-log.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { createMemoryEventLog } from '../memory-event-log.ts'
import { measureEventLog } from './measured.ts'

const topic = TOPICS.scores

const start = (wrap: (log: EventLog) => Partial<EventLog> = () => ({})) => {
  const clock = createFakeClock(Date.UTC(2026, 0, 1))
  const metrics = createTestMetrics()
  const memory = createMemoryEventLog({ partitions: 2, clock })
  const log = measureEventLog({ ...memory, ...wrap(memory) }, { metrics, clock, logger: silentLogger() })
  /** The samples of a metric, as they are exposed. */
  const samples = async (name: string) =>
    (await metrics.registry.getSingleMetricAsString(name)).split('\n').filter((line) => line.startsWith(name))
  const lag = () => samples('quizboard_consumer_lag_seconds')
  const append = () => log.append([{ topic, key: null, value: 'x', partition: 1 }])
  return { clock, log, samples, lag, append }
}

it('a consumer that has handled everything is not behind; one that is stuck is, by the seconds since it was asked', async () => {
  const { clock, log, lag, append, samples } = start()
  let works = true
  await log.consume({
    topic,
    from: new Map([[1, 0]]),
    async onBatch() {
      if (!works) throw new Error('the store is away')
    },
  })
  await append()
  await clock.advance(11_000)
  expect(await lag()).toEqual([`quizboard_consumer_lag_seconds{topic="${topic}",partition="1",service="test"} 0`])
  works = false
  await append()
  await clock.advance(60_000)
  const [behind] = await lag()
  expect(Number(behind?.split(' ').at(-1))).toBeGreaterThan(45)
  expect(Number((await samples('quizboard_consumer_failures_total'))[0]?.split(' ').at(-1))).toBeGreaterThan(3)
  works = true
  await clock.advance(20_000)
  expect((await lag())[0]).toMatch(/ 0$/)
})

it('a log whose end cannot be read leaves the consumer behind from the first question on', async () => {
  let isAway = false
  const { clock, log, lag } = start((memory) => ({
    async consume(options) {
      const consumer = await memory.consume(options)
      const caughtUp = async () => {
        if (isAway) throw new Error('the brokers are away')
        await consumer.caughtUp()
      }
      return { ...consumer, caughtUp }
    },
  }))
  const from = new Map([
    [0, 0],
    [1, 0],
  ])
  await log.consume({ topic, from, onBatch: async () => {} })
  isAway = true
  await clock.advance(40_000)
  expect(await lag()).toEqual([`quizboard_consumer_lag_seconds{topic="${topic}",partition="all",service="test"} 30`])
  isAway = false
  await clock.advance(10_000)
  expect((await lag())[0]).toMatch(/ 0$/)
})

it('a consumer that is closed is not measured any more, and leaves no timer behind', async () => {
  const { clock, log, lag } = start()
  const consumer = await log.consume({ topic, from: new Map([[0, 0]]), onBatch: async () => {} })
  expect(await lag()).toHaveLength(1)
  await consumer.close()
  expect(await lag()).toEqual([])
  expect(clock.pending).toBe(0)
})

it('appends are timed by how they end', async () => {
  let fails = false
  const { log, append, samples } = start((memory) => ({
    append: async (records) => {
      if (fails) throw new Error('the brokers are away')
      return memory.append(records)
    },
  }))
  await append()
  fails = true
  await expect(append()).rejects.toThrow('away')
  await log.close()
  const counts = (await samples('quizboard_log_append_duration_seconds')).filter((line) => line.includes('_count'))
  expect(counts.map((line) => line.replace(/.*outcome="(\w+)".* (\d)/, '$1 $2'))).toEqual(['ok 1', 'failed 1'])
})
