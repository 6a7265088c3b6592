/** What every event log checks of a record before it takes it, and where it puts it. */
import { TOPICS } from '../contracts/events.ts'
import { partitionOf } from '../domain/partition.ts'
import type { AppendRecord } from '../ports/event-log.ts'

const MIB = 1024 * 1024
/** A legal deck is over 1 MiB: 500 questions with 8 options of 200 characters of up to 4 bytes, and escapes. */
const LIMIT_BYTES: Readonly<Record<string, number>> = { [TOPICS.definitions]: 8 * MIB }

/** Topics of which only the newest record of each key is kept; the others are kept by time. */
export const COMPACTED: readonly string[] = [TOPICS.definitions, TOPICS.lifecycle, TOPICS.players]

/** The partition of a record; throws if it is too large or names a partition that is not there. */
export const placeRecord = (record: AppendRecord, partitions: number, keyless: number): number => {
  const { topic, key, value, partition } = record
  const limit = LIMIT_BYTES[topic] ?? MIB
  const bytes = Buffer.byteLength(value) + (key === null ? 0 : Buffer.byteLength(key))
  if (bytes > limit) throw new RangeError(`a record of ${topic} may have ${limit} bytes, this one has ${bytes}`)
  if (key === null && COMPACTED.includes(topic)) throw new RangeError(`a record of ${topic} needs a key`)
  if (partition === undefined) return key === null ? keyless % partitions : partitionOf(key, partitions)
  if (!Number.isInteger(partition) || partition < 0 || partition >= partitions)
    throw new RangeError(`${topic} has partitions 0 to ${partitions - 1}, not ${partition}`)
  return partition
}
