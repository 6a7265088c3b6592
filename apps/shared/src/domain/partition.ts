/** Which partition a key is in, as Kafka's default partitioner of the Java client has it. */

/** 32-bit MurmurHash2 with Kafka's seed (Austin Appleby's murmur2; org.apache.kafka.common.utils.Utils). A signed integer. */
export const murmur2 = (bytes: Uint8Array): number => {
  const m = 0x5bd1e995
  const length = bytes.length
  let h = (0x9747b28c ^ length) | 0
  const words = length & ~3
  for (let i = 0; i < words; i += 4) {
    let k = at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    k = Math.imul(k, m)
    h = Math.imul(h, m) ^ k
  }
  if (length - words >= 3) h ^= at(bytes, words + 2) << 16
  if (length - words >= 2) h ^= at(bytes, words + 1) << 8
  if (length - words >= 1) h = Math.imul(h ^ at(bytes, words), m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0
const utf8 = new TextEncoder()

/** The partition of `key` (hashed as UTF-8) among `partitions`. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(utf8.encode(key)) & 0x7fffffff) % partitions
