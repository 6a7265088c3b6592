/** The owner among faults: a log that repeats, cuts and reorders, a store that fails before or after it wrote, crashes at any moment. */
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { AppendRecord } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock, type FakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createSeededRandom, type SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { expect, it } from 'vitest'
import { createMemoryBoardStore } from '../adapters/memory-board-store.ts'
import type { FeedMessage, FeedRow } from '../ports/board-feed.ts'
import type { BoardStore } from '../ports/board-store.ts'
import { createSoloShards } from '../testing/solo-shards.ts'
import type { Shards } from './shards.ts'

const PARTITIONS = 3
const QUIZZES = ['Alpha', 'beta', 'GAMMA', 'δ']
const USERS = ['a', 'b', 'c', '__proto__', '🦉']
const time = (ms: number) => new Date(ms).toISOString()

/** Fails now and then: half of the time before it wrote, half of the time after. */
const withFaults = (store: BoardStore, random: SeededRandom): BoardStore => {
  const risky = async <T>(work: () => Promise<T>): Promise<T> => {
    if (random.chance(0.15)) throw new Error('the store failed before it did anything')
    const result = await work()
    if (random.chance(0.15)) throw new Error('the store did it, and the answer was lost')
    return result
  }
  return {
    leases: () => store.leases(),
    acquire: (...args) => store.acquire(...args),
    release: (...args) => store.release(...args),
    flush: (fence, rows, state) => risky(() => store.flush(fence, rows, state)),
    load: (quizId) => risky(() => store.load(quizId)),
    close: () => store.close(),
  }
}

interface Truth {
  records: AppendRecord[]
  score: Map<string, number>
  joined: Set<string>
}

/** Own events in any order and more than once, deltas in right and wrong partitions, joins, nonsense. */
const makeEvents = (random: SeededRandom): Truth => {
  const records: AppendRecord[] = []
  const score = new Map<string, number>()
  const joined = new Set<string>()
  const add = (key: string, points: number) => score.set(key, (score.get(key) ?? 0) + points)
  for (const quiz_id of QUIZZES) {
    const home = partitionOf(quiz_id, PARTITIONS)
    for (const user_id of USERS) {
      const key = `${quiz_id}/${user_id}`
      let total = 0
      for (let revision = 1; revision <= random.int(5); revision++) {
        total = random.int(4000) - 500
        const event = {
          quiz_id,
          user_id,
          score: 0,
          total,
          seq: revision,
          revision,
          answered_at: time(revision),
          reached_at: time(revision),
        }
        const record = {
          topic: TOPICS.scores,
          key: quiz_id,
          value: JSON.stringify(event),
          partition: random.chance(0.9) ? home : random.int(PARTITIONS),
        }
        records.push(record)
        if (random.chance(0.3)) records.push(record)
      }
      if (total !== 0) add(key, total)
      for (let i = random.int(4); i > 0; i--) {
        const points = random.int(200) - 100
        add(key, points)
        const value = JSON.stringify({ quiz_id, user_id, score: points })
        records.push({
          topic: TOPICS.scores,
          key: null,
          value,
          partition: random.chance(0.5) ? home : random.int(PARTITIONS),
        })
      }
      if (!random.chance(0.7)) continue
      const join = { quiz_id, user_id, name: `Name of ${user_id}`, joined_at: time(1) }
      joined.add(key)
      add(key, 0)
      records.push({ topic: TOPICS.players, key, value: JSON.stringify(join), partition: home })
    }
    records.push({ topic: TOPICS.scores, key: null, value: '{"nonsense":true}', partition: home })
  }
  return { records: random.shuffle(records), score, joined }
}

const startOwner = (
  store: BoardStore,
  log: ReturnType<typeof createMemoryEventLog>,
  clock: FakeClock,
  random: SeededRandom,
): Shards =>
  createSoloShards({
    ...{ store, log, clock },
    settings: { flushMs: 20, dirtyRows: 1 + random.int(8), idleMs: 50 },
    observer: { event: () => {}, scored: () => {}, shown: () => {}, flushed: () => {}, deadLetter: () => {} },
    onError: () => {},
  })

/** What a follower knows; versions must follow each other. */
const followAll = (owner: Shards) => {
  const boards = new Map<string, Map<string, FeedRow>>()
  const faults: string[] = []
  for (const quizId of QUIZZES) {
    let epoch = 0
    let version = 0
    owner.feed.follow(quizId, (message: FeedMessage) => {
      if (message.kind === 'quiz') return
      const rows = message.kind === 'snapshot' ? new Map<string, FeedRow>() : (boards.get(quizId) ?? new Map())
      if (message.kind === 'changes' && (message.epoch !== epoch || message.version !== version + 1)) {
        faults.push(`${quizId}: ${message.epoch}.${message.version} after ${epoch}.${version}`)
      }
      ;({ epoch, version } = message)
      for (const row of message.rows) rows.set(row.user_id, row)
      boards.set(quizId, rows)
    })
  }
  return { boards, faults }
}

const runScenario = async (seed: number): Promise<void> => {
  const random = createSeededRandom(seed)
  const clock = createFakeClock(1_000_000)
  const log = createMemoryEventLog({ partitions: PARTITIONS, clock, faults: random })
  const durable = createMemoryBoardStore()
  const { records, score, joined } = makeEvents(random)
  let owner = startOwner(withFaults(durable, random), log, clock, random)
  void owner.start()
  for (const record of records) {
    await log.append([record])
    if (random.chance(0.2)) await clock.advance(random.int(60))
    if (random.chance(0.03)) {
      // A crash: nobody stops the old one, it goes on for a while beside the new one.
      owner = startOwner(withFaults(durable, random), log, clock, random)
      void owner.start()
    }
  }
  const { boards, faults } = followAll(owner)
  await clock.advance(60_000)
  expect(owner.unready(), `seed ${seed}`).toEqual([])
  const shown = Object.fromEntries(
    [...boards].flatMap(([quiz, rows]) => [...rows.values()].map((row) => [`${quiz}/${row.user_id}`, row.score])),
  )
  expect(shown, `seed ${seed}`).toEqual(Object.fromEntries(score))
  expect(faults, `seed ${seed}`).toEqual([])
  const stored = durable.rows()
  expect(Object.fromEntries(stored.map((row) => [`${row.quiz_id}/${row.user_id}`, row.score])), `seed ${seed}`).toEqual(
    Object.fromEntries(score),
  )
  expect(
    new Set(stored.filter((row) => row.joined_at !== null).map((row) => `${row.quiz_id}/${row.user_id}`)),
    `seed ${seed}`,
  ).toEqual(joined)
}

it('[Q2.1] [Q3] [Q6] every board is right, in memory and in the store, whatever fails, repeats or crashes', async () => {
  if (process.env.SEED !== undefined) return runScenario(Number(process.env.SEED))
  const first = Math.floor(Math.random() * 2 ** 31)
  for (let i = 0; i < 25; i++) await runScenario(first + i)
})

it.each([683_595_496, 1_766_193_119])('[Q3.3] a standby that takes over counts what was moved (seed %i)', runScenario)
