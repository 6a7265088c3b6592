import { expect, it } from 'vitest'
import { createBatches } from './batches.ts'

it('[Q9.3] items of a key that come together share a batch, in order, and no more wait than may', async () => {
  const seen: [string, readonly number[]][] = []
  const batches = createBatches<number, number>({
    batchMax: 3,
    waitingMax: 5,
    async run(key, items) {
      seen.push([key, items])
      await new Promise((resolve) => setImmediate(resolve))
      return items.map((item) => item * 10)
    },
  })
  const results = [1, 2, 3, 4, 5, 6].map((item) => batches.submit('a', item))
  expect(results[5]).toBeUndefined()
  expect(await batches.submit('b', 7)).toBe(70)
  expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50, undefined])
  await batches.settled()
  expect(seen).toEqual([
    ['a', [1, 2, 3]],
    ['b', [7]],
    ['a', [4, 5]],
  ])
})
it('[Q9.3] a batch that fails fails for its items alone', async () => {
  const batches = createBatches<number, number>({
    batchMax: 2,
    waitingMax: 10,
    async run(_, items) {
      if (items.includes(1)) throw new Error('no')
      return [...items]
    },
  })
  const all = [1, 2, 3].map((item) => batches.submit('a', item))
  expect(await Promise.allSettled(all)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }, { value: 3 }])
})
