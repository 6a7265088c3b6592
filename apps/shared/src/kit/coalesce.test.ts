import { expect, it } from 'vitest'
import { coalesce, coalesceByKey } from './coalesce.ts'

const gate = () => {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

it('[Q1.4] who asks while a run is under way gets the next one, which all of them share', async () => {
  const gates = [gate(), gate(), gate()]
  let runs = 0
  const ask = coalesce(async () => {
    const run = runs++
    await gates[run]?.opened
    return run
  })
  const first = ask()
  const shared = [ask(), ask(), ask()]
  expect(runs).toBe(1)
  gates[0]?.open()
  expect(await first).toBe(0)
  await settle()
  expect(runs).toBe(2)
  const later = ask()
  gates[1]?.open()
  expect(await Promise.all(shared)).toEqual([1, 1, 1])
  gates[2]?.open()
  expect(await later).toBe(2)
  expect(runs).toBe(3)
})
it('[Q1.4] a run that fails is told to those who share it, and the next one runs', async () => {
  let runs = 0
  const ask = coalesce(async () => {
    await settle()
    if (runs++ === 1) throw new Error('no')
    return runs
  })
  const [first, ...shared] = [ask(), ask(), ask()]
  expect(await first).toBe(1)
  expect(await Promise.allSettled(shared)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  expect(await ask()).toBe(3)
})
it('[Q1.4] keys do not wait for one another', async () => {
  const slow = gate()
  let runs = 0
  const ask = coalesceByKey(async (key) => {
    runs++
    if (key === 'slow') await slow.opened
    return key
  })
  const waiting = [ask('slow'), ask('slow')]
  expect(await ask('fast')).toBe('fast')
  slow.open()
  expect(await Promise.all(waiting)).toEqual(['slow', 'slow'])
  expect(runs).toBe(3)
})
