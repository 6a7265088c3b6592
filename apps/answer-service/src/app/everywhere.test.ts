import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import { StoreUnavailable } from '../ports/answer-store.ts'
import { createEverywhere } from './everywhere.ts'

const begin = async (replicas: readonly string[]) => {
  const store = createMemoryAnswerStore()
  for (const id of replicas) await store.register(id, `http://${id}`)
  const clock = createFakeClock(0)
  let fenced = 0
  let own = 'own'
  const everywhere = createEverywhere({
    ...{ store, clock, logger: silentLogger(), peerMs: 500, drainMs: 2_000 },
    isOwn: ({ id }) => id === own,
    onFenced: () => {
      fenced++
    },
  })
  const renounce = () => {
    own = 'another'
  }
  return { store, clock, everywhere, renounce, fences: () => fenced }
}
const ids = async ({ store }: Awaited<ReturnType<typeof begin>>) => (await store.replicas()).map(({ id }) => id)
const never = new Promise<never>(() => {})

it('[Q7.6] is done once every replica has answered, this one included', async () => {
  const world = await begin(['own', 'one', 'two'])
  const told: string[] = []
  let here = () => {}
  let isDone = false
  const work = world.everywhere(
    () =>
      new Promise((resolve) => {
        here = resolve
      }),
    async ({ id }) => {
      told.push(id)
      return 'ended'
    },
  )
  void work.then(() => {
    isDone = true
  })
  await world.clock.advance(10)
  expect(told).toEqual(['one', 'two'])
  expect(isDone).toBe(false)
  here()
  await work
  expect(await ids(world)).toEqual(['own', 'one', 'two'])
})

it.each<[string, () => Promise<never>, number]>([
  ['does not answer in time', () => never, 500],
  ['refuses', () => Promise.reject(new Error('it is another one by now')), 0],
])('[Q7.6] a replica that %s is fenced before it is done', async (_, answer, ms) => {
  const world = await begin(['own', 'one', 'two'])
  let isDone = false
  const work = world.everywhere(
    async () => {},
    async ({ id }) => (id === 'two' ? answer() : 'ended'),
  )
  void work.then(() => {
    isDone = true
  })
  await world.clock.advance(Math.max(0, ms - 1))
  expect(isDone).toBe(ms === 0)
  await world.clock.advance(1)
  await work
  expect(await ids(world)).toEqual(['own', 'one'])
  expect(world.fences()).toBe(1)
})

it('[Q7.6] nothing is promised while the store cannot tell who the others are, nor if a fence fails', async () => {
  const away = () => Promise.reject(new StoreUnavailable('away'))
  const first = await begin(['own'])
  first.store.replicas = away
  await expect(
    first.everywhere(
      async () => {},
      async () => 'ended',
    ),
  ).rejects.toThrow('away')
  const second = await begin(['own', 'one'])
  second.store.fence = away
  const work = second.everywhere(
    async () => {},
    () => never,
  )
  const failure = expect(work).rejects.toThrow('away')
  await second.clock.advance(500)
  await failure
})

it('[Q7.6] a replica that is slow, and says so, is waited for; one that never ends is fenced', async () => {
  const world = await begin(['own', 'slow', 'endless'])
  const asked = { slow: 0, endless: 0 }
  const work = world.everywhere(
    async () => {},
    async ({ id }) => {
      await world.clock.sleep(400)
      if (id === 'slow') return ++asked.slow === 3 ? 'ended' : 'under way'
      asked.endless++
      return 'under way'
    },
  )
  await world.clock.advance(1_600)
  expect(await ids(world)).toEqual(['own', 'slow', 'endless'])
  await world.clock.advance(400)
  await work
  expect(asked).toEqual({ slow: 3, endless: 5 })
  expect(await ids(world)).toEqual(['own', 'slow'])
})

it('[Q7.6] a replica that has ended in order has nothing that must be fenced', async () => {
  const world = await begin(['own', 'one'])
  await world.everywhere(
    async () => {},
    async ({ id }) => {
      await world.store.fence(id)
      throw new Error('connection refused')
    },
  )
  expect(world.fences()).toBe(0)
})

it('[Q7.6] this replica is fenced like a stranger if it gave its registration up meanwhile', async () => {
  const world = await begin(['own', 'one'])
  const work = world.everywhere(
    async () => {
      await world.clock.sleep(10)
      world.renounce()
    },
    async () => 'ended',
  )
  await world.clock.advance(10)
  await work
  expect(await ids(world)).toEqual(['one'])
})
