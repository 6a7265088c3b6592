import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import { createRegistration } from './registration.ts'

const world = () => {
  const clock = createFakeClock(0)
  const store = createMemoryAnswerStore()
  let ids = 0
  const replica = (name: string, catchUp = async () => {}) =>
    createRegistration({
      ...{ store, clock, logger: silentLogger(), address: `http://${name}`, beatMs: 1_000, expireMs: 5_000 },
      newId: () => `${name} ${++ids}`,
      catchUp,
    })
  const listed = async () => (await store.replicas()).map(({ id }) => id)
  return { clock, store, replica, listed }
}

it('[Q7.6] may accept once it is listed and has read the log after that, not before', async () => {
  const { replica, listed } = world()
  let go = () => {}
  const isRead = new Promise<void>((resolve) => {
    go = resolve
  })
  let listedAtRead: string[] = []
  const registration = replica('a', async () => {
    listedAtRead = await listed()
    await isRead
  })
  const starting = registration.start()
  await expect.poll(() => listedAtRead).toEqual(['a 1'])
  expect(registration.id).toBeUndefined()
  // Whoever closes a question meanwhile may ask for it: it is no stranger that has to be fenced.
  expect([registration.owns('a 1'), registration.owns('a 2')]).toEqual([true, false])
  go()
  await starting
  expect(registration.id).toBe('a 1')
  await registration.stop()
  expect(await listed()).toEqual([])
})

it('[Q7.6] one that was fenced accepts nothing until it has another registration and has read the log again', async () => {
  const { clock, store, replica, listed } = world()
  let reads = 0
  const registration = replica('a', async () => void reads++)
  await registration.start()
  await store.fence('a 1')
  // Its own beat tells, or a commit that the store refuses.
  await clock.advance(1_000)
  expect([registration.id, reads, await listed()]).toEqual(['a 2', 2, ['a 2']])
  registration.lost('a 1')
  expect(registration.id).toBe('a 2')
  const waiting = registration.registered(500)
  registration.lost('a 2')
  expect(registration.id).toBeUndefined()
  expect(await waiting).toBe(true)
  await clock.advance(0)
  expect(registration.id).toBe('a 3')
  await registration.stop()
})

it('[Q9] waits for a registration for a bounded time, and for the store for as long as it is away', async () => {
  const { clock, store, replica } = world()
  const registration = replica('a')
  await registration.start()
  const { register } = store
  store.register = () => Promise.reject(new Error('away'))
  registration.lost('a 1')
  const waiting = registration.registered(500)
  await clock.advance(500)
  expect(await waiting).toBe(false)
  store.register = register
  await clock.advance(200)
  expect(registration.id).toMatch(/^a /)
  await registration.stop()
})

it('[Q6.4] one whose beat stands still is no neighbour, and is fenced once it has expired; the living are not', async () => {
  const { clock, replica, listed, store } = world()
  const [a, b] = [replica('a'), replica('b')]
  await a.start()
  await b.start()
  await store.register('dead', 'http://dead')
  await clock.advance(2_000)
  expect([...a.others()].sort()).toEqual(['b 2', 'dead'])
  await clock.advance(6_000)
  expect(a.others()).toEqual(['b 2'])
  expect(b.others()).toEqual(['a 1'])
  expect(await listed()).toEqual(['a 1', 'b 2'])
  await clock.advance(60_000)
  expect(await listed()).toEqual(['a 1', 'b 2'])
  await a.stop()
  await b.stop()
})

it('[Q7.6] one that gives its registration up is fenced before it has another', async () => {
  const { clock, replica, listed, store } = world()
  const registration = replica('a')
  await registration.start()
  const { fence } = store
  store.fence = () => Promise.reject(new Error('away'))
  registration.leave('a 1')
  await clock.advance(1_000)
  expect([registration.id, await listed()]).toEqual([undefined, ['a 1']])
  store.fence = fence
  await clock.advance(200)
  expect([registration.id, await listed()]).toEqual(['a 2', ['a 2']])
  registration.leave('a 1')
  expect(registration.id).toBe('a 2')
  await registration.stop()
  expect(await listed()).toEqual([])
})
