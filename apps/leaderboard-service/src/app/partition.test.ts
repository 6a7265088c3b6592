import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { type ScoreEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import { systemClock } from '@quizboard/shared/kit/system.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryBoardStore } from '../adapters/memory-board-store.ts'
import type { DeadLetter } from '../domain/dead-letter.ts'
import type { FeedMessage, FeedRow } from '../ports/board-feed.ts'
import type { BoardStore } from '../ports/board-store.ts'
import { createSoloShards } from '../testing/solo-shards.ts'
import type { EventOutcome } from './partition-observer.ts'
import type { Shards } from './shards.ts'

const PARTITIONS = 3
const QUIZ = 'QUIZ42'
const HOME = partitionOf(QUIZ, PARTITIONS)
const at = (ms: number) => new Date(ms).toISOString()
const own = (user: string, revision: number, total: number, score = 0): ScoreEvent => ({
  quiz_id: QUIZ,
  user_id: user,
  score,
  total,
  seq: revision,
  revision,
  answered_at: at(revision),
  reached_at: at(revision),
})

interface Running {
  owner: Shards
  outcomes: Record<string, number>
  counted: { scored: number; shown: number }
  letters: DeadLetter[]
  rows: Map<string, FeedRow>
  versions: [number, number][]
}
const owners: Shards[] = []
const run = async (store: BoardStore, log: EventLog): Promise<Running> => {
  const outcomes: Record<string, number> = {}
  const counted = { scored: 0, shown: 0 }
  const letters: DeadLetter[] = []
  const owner = createSoloShards({
    store,
    log,
    clock: systemClock,
    settings: { flushMs: 5 },
    onError: (error) => {
      throw error
    },
    observer: {
      event: (outcome: EventOutcome) => {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      },
      scored: (n) => {
        counted.scored += n
      },
      shown: (n) => {
        counted.shown += n
      },
      flushed: () => {},
      deadLetter: (letter) => letters.push(letter),
    },
  })
  owners.push(owner)
  await owner.start()
  const rows = new Map<string, FeedRow>()
  const versions: [number, number][] = []
  await new Promise<void>((resolve) => {
    owner.feed.follow(QUIZ, (message: FeedMessage) => {
      if (message.kind === 'quiz') return
      if (message.kind === 'snapshot') rows.clear()
      for (const row of message.rows) rows.set(row.user_id, row)
      versions.push([message.epoch, message.version])
      resolve()
    })
  })
  return { owner, outcomes, counted, letters, rows, versions }
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 40))
const scoreRecord = (value: unknown, partition?: number) => ({
  topic: TOPICS.scores,
  key: QUIZ,
  value: typeof value === 'string' ? value : JSON.stringify(value),
  ...(partition === undefined ? {} : { partition }),
})
const fresh = () => ({
  store: createMemoryBoardStore(),
  log: createMemoryEventLog({ partitions: PARTITIONS, clock: systemClock }),
})

afterEach(async () => {
  await Promise.all(owners.splice(0).map((owner) => owner.stop()))
})

describe('the owner', () => {
  it('[Q3.1] ends at the same board for every order and repetition of own events', async () => {
    const seed = Date.now() % 100_000
    const random = createSeededRandom(seed)
    const { store, log } = fresh()
    const events = Array.from({ length: 20 }, (_, i) => own(`u${i % 4}`, Math.floor(i / 4) + 1, i * 10))
    const chaos = Array.from({ length: 200 }, () => random.pick(events)).concat(events)
    for (const event of chaos) await log.append([scoreRecord(event)])
    const { rows, counted } = await run(store, log)
    await settled()
    for (let u = 0; u < 4; u++)
      expect(rows.get(`u${u}`), `seed ${seed}`).toMatchObject({ score: (16 + u) * 10, seq: 5, reached_at: 5 })
    expect(counted).toEqual({ scored: 20, shown: 20 })
  })

  it('[Q3.2] adds a foreign delta once per offset, also over restarts', async () => {
    const { store, log } = fresh()
    const first = await run(store, log)
    await log.append([scoreRecord({ quiz_id: QUIZ, user_id: 'f', score: 7 }), scoreRecord(own('f', 1, 100))])
    await settled()
    expect(first.rows.get('f')).toMatchObject({ score: 107, name: null, joined: false })
    await first.owner.stop()
    const second = await run(store, log)
    await log.append([scoreRecord({ quiz_id: QUIZ, user_id: 'f', score: -2 })])
    await settled()
    expect(second.rows.get('f')?.score).toBe(105)
    expect(second.outcomes).toEqual({ foreign: 1 })
    expect(second.versions[0]?.[0]).toBeGreaterThan(first.versions[0]?.[0] ?? 0)
  })

  it('[Q3.3] counts what lies in a wrong partition once, even if it is moved twice', async () => {
    const { store, log } = fresh()
    const wrong = (HOME + 1) % PARTITIONS
    await log.append([
      scoreRecord({ quiz_id: QUIZ, user_id: 'f', score: 3 }, wrong),
      scoreRecord({ quiz_id: QUIZ, user_id: 'f', score: 4 }, wrong),
    ])
    // As if the mover had crashed between sending the first and keeping its own offset.
    await log.append([
      scoreRecord({ quiz_id: QUIZ, user_id: 'f', score: 3, origin: { partition: wrong, offset: 0, timestamp: 1 } }),
    ])
    const { rows, outcomes } = await run(store, log)
    await settled()
    expect(rows.get('f')?.score).toBe(7)
    expect(outcomes).toMatchObject({ moved: 2, foreign: 2, duplicate: 1 })
  })

  it('[Q3.5] puts what it cannot understand aside with its reason, and goes on', async () => {
    const { store, log } = fresh()
    const bad = [
      '{',
      '[]',
      'null',
      '{"quiz_id":"x"}',
      JSON.stringify({ quiz_id: QUIZ, user_id: 'u', score: 0.5 }),
      JSON.stringify({ quiz_id: QUIZ, user_id: 'u', score: 2_000_000_000 }),
      JSON.stringify({ quiz_id: QUIZ, user_id: 'u', score: 1, extra: 1 }),
      JSON.stringify({ ...own('u', 1, 5), revision: 'one' }),
      '1e999',
    ]
    await log.append([...bad.map((value) => scoreRecord(value, HOME)), scoreRecord(own('u', 1, 5))])
    const { rows, letters } = await run(store, log)
    await settled()
    expect(rows.get('u')?.score).toBe(5)
    expect(letters).toHaveLength(bad.length)
    expect(letters[0]).toMatchObject({ reason: 'not_json', partition: HOME, offset: 0, value: '{' })
    expect(letters.every((letter) => letter.detail.length > 0)).toBe(true)
  })

  it('[Q5] numbers the versions of an epoch one by one', async () => {
    const { store, log } = fresh()
    const { versions } = await run(store, log)
    for (let i = 1; i <= 10; i++) {
      await log.append([scoreRecord(own('u', i, i))])
      await settled()
    }
    expect(versions.map(([, version]) => version)).toEqual(
      Array.from({ length: 11 }, (_, i) => (versions[0]?.[1] ?? 0) + i),
    )
  })
})
