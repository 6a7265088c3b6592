import { expect, it } from 'vitest'
import { createLiveness } from './liveness.ts'

const lookAt = (from: number, to: number, beat: (now: number) => number, stepMs = 20) => {
  const liveness = createLiveness({ expireMs: 300 })
  for (let now = from; now <= to; now += stepMs) liveness.see([{ id: 'a', beat: beat(now) }], now)
  return liveness
}

it('[Q6.4] counts from the last rise of the beat', () => {
  expect(lookAt(0, 280, () => 7).isAlive('a')).toBe(true)
  const dead = lookAt(0, 300, () => 7)
  expect([dead.isAlive('a'), dead.expired()]).toEqual([false, ['a']])
  const alive = lookAt(0, 1_000, (now) => Math.floor(now / 200))
  expect([alive.isAlive('a'), alive.expired()]).toEqual([true, []])
})

it('[Q6.4] who is not listed is neither alive nor expired, and begins anew when it comes back', () => {
  const liveness = lookAt(0, 280, () => 1)
  liveness.see([], 300)
  expect([liveness.isAlive('a'), liveness.expired()]).toEqual([false, []])
  liveness.see([{ id: 'a', beat: 1 }], 320)
  expect(liveness.isAlive('a')).toBe(true)
})

it('[Q6.4] whoever could not look for long blames nobody for it', () => {
  const liveness = lookAt(0, 100, () => 1)
  liveness.see([{ id: 'a', beat: 1 }], 50_000)
  expect(liveness.isAlive('a')).toBe(true)
  for (let now = 50_020; now <= 50_120; now += 20) liveness.see([{ id: 'a', beat: 1 }], now)
  expect(liveness.isAlive('a')).toBe(false)
})

it('[Q6.4] looks that come rarely find the dead all the same', () => {
  expect(lookAt(0, 3_000, () => 1, 1_000).isAlive('a')).toBe(false)
})
