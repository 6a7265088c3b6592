import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { describe, expect, it } from 'vitest'
import { createWorkQueue } from './work-queue.ts'

const setUp = (limits = {}) => {
  const clock = createFakeClock(0)
  return { clock, queue: createWorkQueue({ clock, limits }) }
}

it('a key that waits is there once, and keys come in order', async () => {
  const { queue } = setUp()
  for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
  expect(queue.depth).toBe(3)
  expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', 'b', 'c'])
})

it('whoever waits for a key gets the next one', async () => {
  const { queue } = setUp()
  const first = queue.take()
  const second = queue.take()
  queue.add('a')
  queue.add('b')
  expect([await first, await second]).toEqual(['a', 'b'])
})

it('a key that is added while it is worked on comes again, after that is done', async () => {
  const { queue } = setUp()
  queue.add('a')
  await queue.take()
  queue.add('a')
  queue.add('a')
  expect(queue.depth).toBe(0)
  queue.done('a')
  expect(queue.depth).toBe(1)
  expect(await queue.take()).toBe('a')
  queue.done('a')
  expect(queue.depth).toBe(0)
})

it('of two times the earlier counts', async () => {
  const { clock, queue } = setUp()
  queue.addAfter('a', 1_000)
  queue.addAfter('a', 5_000)
  queue.addAfter('a', 300)
  await clock.advance(299)
  expect(queue.depth).toBe(0)
  await clock.advance(1)
  expect(await queue.take()).toBe('a')
  queue.done('a')
  await clock.advance(10_000)
  expect(queue.depth).toBe(0)
})

describe('what fails', () => {
  it('comes back twice as late each time, up to a limit, and at once again after a success', async () => {
    const { clock, queue } = setUp({ firstMs: 100, mostMs: 1_000 })
    const delays: number[] = []
    const failOnce = async () => {
      const before = clock.monotonic()
      queue.retry('a')
      while (queue.depth === 0) await clock.advance(50)
      delays.push(clock.monotonic() - before)
      queue.done((await queue.take()) ?? '')
    }
    for (let i = 0; i < 6; i++) await failOnce()
    queue.forget('a')
    await failOnce()
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000, 100])
  })
  it('comes back not faster than the bucket allows, all keys together', async () => {
    const { clock, queue } = setUp({ firstMs: 0, perSecond: 10, burst: 5 })
    for (let i = 0; i < 25; i++) queue.retry(`key-${i}`)
    expect(queue.depth).toBe(5)
    await clock.advance(1_000)
    expect(queue.depth).toBe(15)
    await clock.advance(1_000)
    expect(queue.depth).toBe(25)
  })
})

it('a closed queue gives nothing, takes nothing, and lets go who waits', async () => {
  const { clock, queue } = setUp()
  const waiting = queue.take()
  queue.addAfter('a', 10)
  queue.close()
  expect(await waiting).toBeUndefined()
  queue.add('b')
  await clock.advance(100)
  expect(await queue.take()).toBeUndefined()
  expect(clock.pending).toBe(0)
})

it('no addition is lost and no key is worked on twice at once, whatever the order', async () => {
  const random = createSeededRandom(Number(process.env.SEED ?? 7))
  const { clock, queue } = setUp({ firstMs: 5 })
  const working = new Set<string>()
  const added = new Map<string, number>()
  const seen = new Map<string, number>()
  let version = 0
  const worker = async () => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      expect(working.has(key)).toBe(false)
      working.add(key)
      const at = added.get(key) ?? 0
      await clock.sleep(random.int(20))
      seen.set(key, Math.max(seen.get(key) ?? 0, at))
      working.delete(key)
      queue.done(key)
      if (random.chance(0.2)) queue.retry(key)
    }
  }
  const workers = [worker(), worker(), worker()]
  for (let i = 0; i < 500; i++) {
    const key = `key-${random.int(8)}`
    added.set(key, ++version)
    if (random.chance(0.5)) queue.add(key)
    else queue.addAfter(key, random.int(30))
    await clock.advance(random.int(10))
  }
  await clock.advance(10_000)
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(added))
  queue.close()
  await Promise.all(workers)
})
