import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { addressKey, createRateLimiter } from './rate-limit.ts'

it('[Q9.3] a burst passes at once, then one each interval, and the wait is told in whole seconds', async () => {
  const clock = createFakeClock(0)
  const limiter = createRateLimiter({ ratePerS: 2, burst: 3, clock })
  const taken = () => limiter.take('a').ok
  expect([taken(), taken(), taken(), taken()]).toEqual([true, true, true, false])
  expect(limiter.take('a')).toEqual({ ok: false, retryAfterS: 1 })
  expect(limiter.take('b')).toEqual({ ok: true })
  await clock.advance(499)
  expect(taken()).toBe(false)
  await clock.advance(1)
  expect([taken(), taken()]).toEqual([true, false])
  await clock.advance(60_000)
  expect([taken(), taken(), taken(), taken()]).toEqual([true, true, true, false])
})
it('[Q9.3] slow rates tell long waits', () => {
  const limiter = createRateLimiter({ ratePerS: 0.1, burst: 1, clock: createFakeClock(0) })
  limiter.take('a')
  expect(limiter.take('a')).toEqual({ ok: false, retryAfterS: 10 })
})
it('[Q9.3] a step of the wall clock changes nothing', () => {
  const clock = createFakeClock(1_000_000)
  const limiter = createRateLimiter({ ratePerS: 1, burst: 1, clock })
  limiter.take('a')
  clock.setNow(0)
  expect(limiter.take('a').ok).toBe(false)
  clock.setNow(9_000_000)
  expect(limiter.take('a').ok).toBe(false)
})
it('[Q9] the number of keys is bounded: the one used longest ago is forgotten', () => {
  const limiter = createRateLimiter({ ratePerS: 1, burst: 1, maxKeys: 2, clock: createFakeClock(0) })
  for (const key of ['a', 'b', 'c']) limiter.take(key)
  expect(limiter.take('b').ok).toBe(false)
  expect(limiter.take('c').ok).toBe(false)
  expect(limiter.take('a').ok).toBe(true)
})
it('[Q9] limits that mean nothing are refused', () => {
  const clock = createFakeClock(0)
  for (const [ratePerS, burst] of [
    [0, 1],
    [1, 0],
    [Number.NaN, 1],
  ] as const)
    expect(() => createRateLimiter({ ratePerS, burst, clock })).toThrow(RangeError)
})
it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('[Q9.3] the address %s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key)
})
