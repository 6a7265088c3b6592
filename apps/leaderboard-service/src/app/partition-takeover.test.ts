/** A standby that lags behind its owner and takes over. */
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { createMemoryBoardStore } from '../adapters/memory-board-store.ts'
import { emptyState } from '../ports/board-store.ts'
import { silentObserver } from '../testing/shard-cluster.ts'
import { createPartition } from './partition.ts'
import { PARTITION_DEFAULTS } from './partition-settings.ts'

/** The log, whose batches wait for `gate`. */
const gated = (log: EventLog, gate: () => Promise<void>): EventLog => ({
  ...log,
  consume: (options) =>
    log.consume({
      ...options,
      onBatch: async (partition, records) => {
        await gate()
        await options.onBatch(partition, records)
      },
    }),
})

it.each([
  { what: 'moved here', mark: { origin: { partition: 3, offset: 5, timestamp: 1_000_000 } } },
  { what: 'sent again', mark: { replay_of: { partition: 0, offset: 5, timestamp: 1_000_000 } } },
])('[Q3.3] [Q3.6] what was $what counts at a standby that had not read it when it took over', async ({ mark }) => {
  const clock = createFakeClock(1_000_000)
  const store = createMemoryBoardStore()
  const log = createMemoryEventLog({ partitions: 1, clock })
  const begin = async (member: string, ownLog: EventLog) => {
    const onError = (error: unknown) => {
      throw error
    }
    const settings = PARTITION_DEFAULTS
    const parts = { partition: 0, store, clock, observer: silentObserver, onError, settings, onLost: () => {} }
    const partition = createPartition({ ...parts, member, log: ownLog })
    await partition.start(emptyState())
    return partition
  }
  const send = async (score: number, more = {}) => {
    const value = JSON.stringify({ quiz_id: 'QUIZ', user_id: 'a', score, ...more })
    await log.append([{ topic: TOPICS.scores, key: 'QUIZ', value }])
    await clock.advance(10)
  }
  let lag: Promise<void> | undefined
  let catchUp = () => {}
  const owner = await begin('owner', log)
  const standby = await begin(
    'standby',
    gated(log, async () => lag),
  )
  expect(await owner.take(0)).toBe(true)
  await send(1)
  lag = new Promise((resolve) => {
    catchUp = resolve
  })
  await send(10, mark)
  await clock.advance(PARTITION_DEFAULTS.flushMs)
  expect((await store.load('QUIZ'))[0]?.score).toBe(11)
  owner.lost(undefined)
  const taking = standby.take(1)
  await clock.advance(10)
  catchUp()
  expect(await taking).toBe(true)
  await send(100)
  await standby.release(undefined)
  expect((await store.load('QUIZ'))[0]?.score).toBe(111)
})
