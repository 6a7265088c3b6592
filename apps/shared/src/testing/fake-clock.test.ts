import { expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'

it('[Q9] a fake clock runs due timers in order of time, then of making, each at its own time', async () => {
  const clock = createFakeClock(1_000)
  const seen: string[] = []
  clock.after(20, () => seen.push(`b@${clock.now()}`))
  clock.after(10, () => seen.push(`a@${clock.now()}`))
  clock.after(20, () => seen.push(`c@${clock.now()}`))
  clock.after(31, () => seen.push('late'))
  await clock.advance(30)
  expect(seen).toEqual(['a@1010', 'b@1020', 'c@1020'])
  expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([1_030, 30, 1])
})
it('[Q9] what a timer sets in motion settles before the next timer', async () => {
  const clock = createFakeClock(0)
  const seen: string[] = []
  const worker = async () => {
    for (let i = 0; i < 3; i++) {
      await clock.sleep(10)
      await Promise.resolve()
      seen.push(`tick ${clock.now()}`)
    }
  }
  const done = worker()
  await clock.advance(15)
  expect(seen).toEqual(['tick 10'])
  await clock.advance(15)
  await done
  expect(seen).toEqual(['tick 10', 'tick 20', 'tick 30'])
})
it('[Q9] a cancelled timer does not run, and setting the wall clock moves no timer', async () => {
  const clock = createFakeClock(500)
  const seen: string[] = []
  clock.after(5, () => seen.push('cancelled')).cancel()
  clock.after(5, () => seen.push('kept'))
  clock.setNow(100)
  expect(clock.now()).toBe(100)
  await clock.advance(5)
  expect([seen, clock.now(), clock.monotonic()]).toEqual([['kept'], 105, 5])
  expect(() => clock.after(-1, () => {})).toThrow(/-1 ms/)
})
