import { expect, it } from 'vitest'
import { murmur2, partitionOf } from './partition.ts'

/** From the tests of Kafka's Java client. */
const VECTORS: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]

it.each(VECTORS)('[Q3] murmur2 of "%s" is that of Kafka', (key, hash) => {
  expect(murmur2(new TextEncoder().encode(key))).toBe(hash)
})
it.each(VECTORS)('[Q3] the partition of "%s" is the positive hash modulo the partitions', (key, hash) => {
  for (const partitions of [1, 3, 12, 1000])
    expect(partitionOf(key, partitions)).toBe(Number(BigInt.asUintN(31, BigInt(hash))) % partitions)
})
it('[Q3] a key is hashed as UTF-8, at any offset of its buffer', () => {
  const bytes = new TextEncoder().encode('  Füße 猫')
  expect(partitionOf('Füße 猫', 97)).toBe((murmur2(bytes.subarray(2)) & 0x7fffffff) % 97)
  expect(partitionOf('', 12)).toBeGreaterThanOrEqual(0)
})
