import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import { systemClock } from '@quizboard/shared/kit/system.ts'
import { afterEach, expect, it } from 'vitest'
import { createMemoryBoardStore } from '../adapters/memory-board-store.ts'
import { planReplay } from '../domain/mended-letters.ts'
import { emptyState } from '../ports/board-store.ts'
import { createSoloShards } from '../testing/solo-shards.ts'
import { readDeadLetters, replay } from './dead-letter-desk.ts'
import { createReplays, REPLAYED_MAX } from './replays.ts'
import type { Shards } from './shards.ts'

const PARTITIONS = 3
const QUIZ = 'QUIZ42'
const HOME = partitionOf(QUIZ, PARTITIONS)
const ELSEWHERE = (HOME + 1) % PARTITIONS

const owners: Shards[] = []
afterEach(async () => {
  await Promise.all(owners.splice(0).map((owner) => owner.stop()))
})

const world = async () => {
  const store = createMemoryBoardStore()
  const eventLog = createMemoryEventLog({ partitions: PARTITIONS, clock: systemClock })
  const start = async (usersPerBoard = 100) => {
    const owner = createSoloShards({
      ...{ store, log: eventLog, clock: systemClock, settings: { flushMs: 5, usersPerBoard } },
      observer: { event: () => {}, scored: () => {}, shown: () => {}, flushed: () => {}, deadLetter: () => {} },
      onError: (error) => {
        throw error
      },
    })
    owners.push(owner)
    await owner.start()
    return owner
  }
  const desk = { eventLog, store, clock: systemClock }
  return {
    ...{ store, start },
    send: (partition: number, value: unknown) =>
      eventLog.append([{ topic: TOPICS.scores, partition, key: QUIZ, value: JSON.stringify(value) }]),
    letters: () => readDeadLetters(eventLog),
    async replay(offset: number, score: number, partition: number) {
      const line = { topic: TOPICS.scores, partition, offset, mended: { quiz_id: QUIZ, user_id: 'anna', score } }
      const plan = planReplay(JSON.stringify(line), await readDeadLetters(eventLog), PARTITIONS)
      expect(plan.problems).toEqual([])
      return replay(desk, plan, 5_000)
    },
    score: async () => (await store.load(QUIZ)).find(({ user_id }) => user_id === 'anna')?.score,
  }
}
const BROKEN = { quiz_id: QUIZ, user_id: 'anna', score: 'five' }

it.each([
  ['its quiz’s partition', HOME],
  ['another one', ELSEWHERE],
])(
  '[Q3.6] a letter of %s counts once when it is mended, however often and as whatever it is sent',
  async (_, partition) => {
    const { start, send, letters, replay, score } = await world()
    const owner = await start()
    await send(partition, BROKEN)
    await expect.poll(async () => (await letters()).size).toBe(1)
    expect(await replay(0, 5, partition)).toEqual({ before: 0, pending: 0 })
    await expect.poll(score).toBe(5)
    expect(await replay(0, 5, partition)).toEqual({ before: 1, pending: 0 })
    await owner.stop()
    await start()
    expect(await replay(0, 700, partition)).toEqual({ before: 1, pending: 0 })
    await send(HOME, { quiz_id: QUIZ, user_id: 'anna', score: 1 })
    await expect.poll(score).toBe(6)
  },
)

it('[Q3.6] what a board refuses is a letter again, and counts when there is room', async () => {
  const { start, send, letters, replay, score } = await world()
  const owner = await start(1)
  await send(HOME, { quiz_id: QUIZ, user_id: 'ben', score: 1 })
  await send(HOME, BROKEN)
  await expect.poll(async () => (await letters()).size).toBe(1)
  void replay(1, 5, HOME)
  await expect.poll(async () => (await letters()).size).toBe(2)
  await owner.stop()
  await start(2)
  expect(await replay(1, 5, HOME)).toEqual({ before: 0, pending: 0 })
  await expect.poll(score).toBe(5)
})

it('[Q3.5] a replay in another partition than its record’s is a dead letter', async () => {
  const { start, send, letters, score } = await world()
  await start()
  const replay_of = { partition: ELSEWHERE, offset: 0, timestamp: 0 }
  await send(HOME, { quiz_id: QUIZ, user_id: 'anna', score: 5, replay_of })
  await expect
    .poll(async () => [...(await letters()).values()].map(({ detail }) => detail))
    .toEqual([`replay_of.partition is ${ELSEWHERE}: it is to be sent to that partition, not ${HOME}`])
  expect(await score()).toBeUndefined()
})

it('[Q9] the oldest are forgotten, and refused from then on', () => {
  const state = emptyState()
  state.replayed[0] = Array.from({ length: REPLAYED_MAX }, (_, i) => i + 10)
  const event = (offset: number) => ({
    ...{ quiz_id: QUIZ, user_id: 'anna', score: 1 },
    replay_of: { partition: 0, offset, timestamp: 0 },
  })
  const replays = createReplays(0, state)
  expect(replays.problemOf(event(9))?.detail).toMatch(/whether it was counted is not known/)
  expect(replays.problemOf(event(10))).toBeUndefined()
  expect([10, 20_000, 20_000].map((offset) => replays.isNew(event(offset)))).toEqual([false, true, false])
  replays.counted(event(20_000))
  replays.commit()
  expect([state.replayed[0]?.length, state.replayed[0]?.at(0), state.replayed[0]?.at(-1)]).toEqual([
    REPLAYED_MAX,
    11,
    20_000,
  ])
})
