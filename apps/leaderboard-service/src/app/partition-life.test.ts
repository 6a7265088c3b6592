/** The owner from its start to its end: who gets what when, and what leaves memory. */
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { type LifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryBoardStore } from '../adapters/memory-board-store.ts'
import type { DeadLetter } from '../domain/dead-letter.ts'
import { type FeedMessage, LogUnavailable } from '../ports/board-feed.ts'
import { type BoardStore, emptyState } from '../ports/board-store.ts'
import { lifecycleOf } from '../testing/fake-board-feed.ts'
import { createSoloShards } from '../testing/solo-shards.ts'
import type { PartitionSettings } from './partition-settings.ts'
import type { Shards } from './shards.ts'

const PARTITIONS = 2
const QUIZ = 'Quiz1'
const HOME = partitionOf(QUIZ, PARTITIONS)
const clock = createFakeClock(1_000_000)
const owners: Shards[] = []
afterEach(async () => {
  for (const owner of owners.splice(0)) {
    const stopped = owner.stop()
    await clock.advance(10_000)
    await stopped
  }
})

const fresh = () => ({ store: createMemoryBoardStore(), log: createMemoryEventLog({ partitions: PARTITIONS, clock }) })
interface World {
  store: BoardStore
  log: EventLog
  settings?: Partial<PartitionSettings>
}
const own = ({ store, log, settings = {} }: World) => {
  const letters: DeadLetter[] = []
  const errors: unknown[] = []
  const flushes: number[] = []
  const owner = createSoloShards({
    ...{ store, log, clock },
    settings: { flushMs: 100, idleMs: 1_000, ...settings },
    onError: (error) => errors.push(error),
    observer: {
      event: () => {},
      scored: () => {},
      shown: () => {},
      flushed: (rows) => flushes.push(rows),
      deadLetter: (letter) => letters.push(letter),
    },
  })
  owners.push(owner)
  return { owner, letters, errors, flushes }
}
const begin = async (world: World) => {
  const running = own(world)
  const started = running.owner.start()
  await clock.advance(0)
  await started
  return running
}
const follow = (owner: Shards, quizId = QUIZ) => {
  const messages: FeedMessage[] = []
  const following = owner.feed.follow(quizId, (message) => messages.push(message))
  return { messages, stop: () => following.stop() }
}
const foreign = (user_id: string, score: number, quiz_id = QUIZ) => ({
  topic: TOPICS.scores,
  key: quiz_id,
  value: JSON.stringify({ quiz_id, user_id, score }),
})
const lifecycle = (event: LifecycleEvent) => ({
  topic: TOPICS.lifecycle,
  key: event.quiz_id,
  value: JSON.stringify(event),
})
const stateOf = async (store: BoardStore, partition: number) =>
  (await store.leases()).find((lease) => lease.partition === partition)?.state ?? emptyState()
const versions = (messages: readonly FeedMessage[]) =>
  messages.map((message) => (message.kind === 'quiz' ? 'quiz' : `${message.kind} ${message.epoch}.${message.version}`))

describe('owner: start', () => {
  it('[Q5] gives no snapshot before it has read what lay in the log', async () => {
    const { store, log } = fresh()
    await log.append([foreign('a', 1), foreign('a', 2)])
    let release = () => {}
    const slow: BoardStore = {
      ...store,
      load: async (quizId) => {
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return store.load(quizId)
      },
    }
    const { owner } = own({ store: slow, log })
    const { messages } = follow(owner)
    const started = owner.start()
    await clock.advance(500)
    expect(messages).toEqual([])
    expect(owner.unready()).toEqual(['the partitions are being shared out'])
    release()
    await clock.advance(1)
    await started
    expect(messages).toMatchObject([{ kind: 'snapshot', rows: [{ user_id: 'a', score: 3 }] }])
    expect(owner.unready()).toEqual([])
  })

  it('[Q5.1] a restart serves the same board under a higher epoch', async () => {
    const world = fresh()
    const first = await begin(world)
    const before = follow(first.owner)
    await world.log.append([foreign('a', 5)])
    await clock.advance(10)
    await first.owner.stop()
    const second = await begin(world)
    const after = follow(second.owner)
    await clock.advance(1)
    expect(versions(before.messages)).toEqual(['snapshot 1.1', 'changes 1.2'])
    expect(versions(after.messages)).toEqual(['snapshot 2.1'])
    expect(after.messages).toMatchObject([{ rows: [{ user_id: 'a', score: 5 }] }])
  })

  it('[Q5] tries again when a board cannot be loaded', async () => {
    const { store, log } = fresh()
    let failures = 2
    const failing: BoardStore = {
      ...store,
      load: async (quizId) => {
        if (failures-- > 0) throw new Error('not now')
        return store.load(quizId)
      },
    }
    const { owner, errors } = await begin({ store: failing, log })
    const { messages } = follow(owner)
    await clock.advance(5_000)
    expect(errors).toHaveLength(2)
    expect(versions(messages)).toEqual(['snapshot 1.1'])
  })
})

describe('owner: feed', () => {
  it('[Q9] one version for a batch of events, and none for what nobody can see', async () => {
    const world = fresh()
    const { owner } = await begin(world)
    const { messages } = follow(owner)
    await clock.advance(1)
    await world.log.append(Array.from({ length: 100 }, (_, i) => foreign(`u${i}`, 1)))
    await clock.advance(1)
    await world.log.append([foreign('u1', 0)])
    await clock.advance(1)
    await world.log.append([foreign('u2', 1)])
    await clock.advance(1)
    expect(versions(messages)).toEqual(['snapshot 1.1', 'changes 1.2', 'changes 1.3'])
    expect(messages[1]?.kind === 'changes' && messages[1].rows).toHaveLength(100)
  })

  it('[Q9] a follower that throws harms neither the others nor the board', async () => {
    const world = fresh()
    const { owner, errors } = await begin(world)
    owner.feed.follow(QUIZ, () => {
      throw new Error('a bad follower')
    })
    const { messages } = follow(owner)
    await clock.advance(1)
    await world.log.append([foreign('a', 1)])
    await clock.advance(1)
    expect(versions(messages)).toEqual(['snapshot 1.1', 'changes 1.2'])
    expect(errors).toHaveLength(2)
  })

  it('[Q5.3] followers get newer lifecycle snapshots, never older ones', async () => {
    const world = fresh()
    const { owner } = await begin(world)
    const { messages } = follow(owner)
    await clock.advance(1)
    await world.log.append([
      lifecycle(lifecycleOf(QUIZ, { revision: 2, state: 'open' })),
      lifecycle(lifecycleOf(QUIZ, { revision: 1, state: 'draft' })),
      lifecycle(lifecycleOf(QUIZ, { revision: 3, state: 'running' })),
    ])
    await clock.advance(1)
    expect(messages.slice(1)).toMatchObject([
      { kind: 'quiz', quiz: { state: 'open' } },
      { kind: 'quiz', quiz: { state: 'running' } },
    ])
  })

  it('[Q2] a quiz is found whatever the case of its id, and waited for when it is asked for too early', async () => {
    const world = fresh()
    const { owner } = await begin(world)
    const early = owner.feed.quiz('QUIZ1', 1_000)
    const never = owner.feed.quiz('other', 1_000)
    await clock.advance(400)
    await world.log.append([lifecycle(lifecycleOf(QUIZ, { title: 'Mine' }))])
    await clock.advance(1)
    expect(await early).toMatchObject({ quiz_id: QUIZ, title: 'Mine' })
    expect(await owner.feed.quiz('quiz1', 0)).toMatchObject({ quiz_id: QUIZ })
    await clock.advance(1_000)
    expect(await never).toBeUndefined()
  })

  it('[Q9.6] a quiz that is not known is not said to be none while the log cannot be read to its end', async () => {
    const world = fresh()
    let isAway = false
    const log: EventLog = {
      ...world.log,
      async consume(options) {
        const consumer = await world.log.consume(options)
        const caughtUp = () => (isAway ? Promise.reject(new Error('no broker')) : consumer.caughtUp())
        return { ...consumer, caughtUp }
      },
    }
    await world.log.append([lifecycle(lifecycleOf(QUIZ))])
    const { owner } = await begin({ ...world, log })
    isAway = true
    expect(await owner.feed.quiz(QUIZ, 0)).toMatchObject({ quiz_id: QUIZ })
    await expect(owner.feed.quiz('other', 0)).rejects.toBeInstanceOf(LogUnavailable)
    isAway = false
    // What could not be written meanwhile may be on its way.
    await expect(owner.feed.quiz('other', 0)).rejects.toBeInstanceOf(LogUnavailable)
    await clock.advance(10_000)
    expect(await owner.feed.quiz('other', 0)).toBeUndefined()
  })

  it('[Q2] after a restart a known quiz is known at once', async () => {
    const world = fresh()
    await world.log.append([lifecycle(lifecycleOf(QUIZ))])
    const { owner } = own(world)
    const asked = owner.feed.quiz(QUIZ, 0)
    const started = owner.start()
    await clock.advance(1)
    await started
    expect(await asked).toMatchObject({ quiz_id: QUIZ })
  })
})

describe('owner: memory', () => {
  it('[Q9] a board that nobody follows and nothing changes leaves memory, and comes back with a version no lower', async () => {
    const world = fresh()
    const { owner } = await begin(world)
    const first = follow(owner)
    await world.log.append([foreign('a', 1)])
    await clock.advance(1)
    await world.log.append([foreign('a', 1)])
    await clock.advance(5_000)
    const partition = owner.partitions().find(({ partition }) => partition === HOME)
    expect(partition?.boards.size).toBe(1)
    first.stop()
    await clock.advance(3_000)
    expect(partition?.boards.size).toBe(0)
    const second = follow(owner)
    await clock.advance(1)
    const last = first.messages.at(-1)
    const again = second.messages[0]
    if (last?.kind !== 'changes' || again?.kind !== 'snapshot') throw new Error('a change and a snapshot were expected')
    expect(again.version).toBeGreaterThanOrEqual(last.version)
    expect(again.rows).toMatchObject([{ user_id: 'a', score: 2 }])
  })

  it('[Q9] with too many unflushed rows it flushes before it takes more', async () => {
    const { store, log } = fresh()
    let isDown = true
    const down: BoardStore = {
      ...store,
      flush: async (...args) => {
        if (isDown) throw new Error('the disk is full')
        return store.flush(...args)
      },
    }
    const { owner } = await begin({ store: down, log, settings: { dirtyRows: 50 } })
    for (let i = 0; i < 10; i++) {
      await log.append(Array.from({ length: 30 }, (_, user) => foreign(`${i}-${user}`, 1)))
      await clock.advance(1_000)
    }
    const partition = owner.partitions().find(({ partition }) => partition === HOME)
    expect(partition?.dirtyRows).toBeLessThan(50 + 30)
    expect(owner.unready()).toEqual([`partition ${HOME}: boards cannot be written: the disk is full`])
    isDown = false
    await clock.advance(60_000)
    expect(owner.unready()).toEqual([])
    expect(await store.load(QUIZ)).toHaveLength(300)
  })

  it('[Q9] the events of users who no longer fit become dead letters, and the others count', async () => {
    const world = { ...fresh(), settings: { usersPerBoard: 2 } }
    const { letters } = await begin(world)
    await world.log.append([foreign('a', 1), foreign('b', 1), foreign('c', 1), foreign('a', 4)])
    await clock.advance(1_000)
    expect(letters).toMatchObject([{ reason: 'board_full', offset: 2, topic: TOPICS.scores, partition: HOME }])
    expect((await world.store.load(QUIZ)).map((row) => row.score).sort()).toEqual([1, 5])
  })
})

describe('owner: end', () => {
  it('[Q6] everything applied is flushed when it has stopped', async () => {
    const world = fresh()
    const { owner } = await begin({ ...world, settings: { flushMs: 1_000_000 } })
    await world.log.append([foreign('a', 1)])
    await clock.advance(1)
    expect(await world.store.load(QUIZ)).toEqual([])
    await owner.stop()
    expect(await world.store.load(QUIZ)).toMatchObject([{ user_id: 'a', score: 1, foreign_offset: 0 }])
    expect((await stateOf(world.store, HOME)).offsets[TOPICS.scores]).toBe(1)
  })

  it('[Q3.5] dead letters are durable before the offset goes on', async () => {
    const world = fresh()
    let isDown = true
    const log: EventLog = {
      ...world.log,
      append: async (records) => {
        if (isDown) throw new Error('no leader')
        return world.log.append(records)
      },
    }
    const { letters } = await begin({ ...world, log })
    await world.log.append([{ topic: TOPICS.scores, key: QUIZ, value: 'nonsense' }])
    await clock.advance(1_000)
    expect((await stateOf(world.store, HOME)).offsets[TOPICS.scores]).toBeUndefined()
    expect(letters).toEqual([])
    isDown = false
    await clock.advance(10_000)
    expect(letters).toMatchObject([{ reason: 'not_json', value: 'nonsense', key: QUIZ }])
    expect((await stateOf(world.store, HOME)).offsets[TOPICS.scores]).toBe(1)
  })
})
