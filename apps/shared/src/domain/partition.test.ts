import { expect, it } from 'vitest'
import { murmur2, partitionOf } from './partition.ts'

// The vectors of Kafka's own UtilsTest.
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as Kafka does', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash)
})

it('gives every key a partition that is there', () => {
  for (let i = 0; i < 1_000; i++) {
    const partition = partitionOf(`quiz ${i} 🦉`, 12)
    expect(partition).toBeGreaterThanOrEqual(0)
    expect(partition).toBeLessThan(12)
  }
})
