/** The partition of a key, as Kafka's default partitioner has it (org.apache.kafka.common.utils.Utils, Apache-2.0). */

const SEED = 0x9747b28c
const M = 0x5bd1e995
const R = 24
const utf8 = new TextEncoder()

/** Kafka's 32-bit murmur2 of bytes; a signed integer, as Java prints it. */
export const murmur2 = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const words = bytes.length >> 2
  let h = SEED ^ bytes.length
  for (let i = 0; i < words; i++) {
    let k = Math.imul(view.getInt32(i * 4, true), M)
    k = Math.imul(k ^ (k >>> R), M)
    h = Math.imul(h, M) ^ k
  }
  const rest = bytes.subarray(words * 4)
  if (rest.length > 0) {
    for (const [i, byte] of rest.entries()) h ^= byte << (8 * i)
    h = Math.imul(h, M)
  }
  h = Math.imul(h ^ (h >>> 13), M)
  return h ^ (h >>> 15)
}

/** In [0, `partitions`): where Kafka's Java client puts a record with this key (as UTF-8). */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(utf8.encode(key)) & 0x7fffffff) % partitions
