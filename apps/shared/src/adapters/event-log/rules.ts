/** What the embedded logs take, and where they put it. */
import { TOPICS } from '../../contracts/events.ts'
import { partitionOf } from '../../domain/partition.ts'
import { type AppendRecord, RecordRefused } from '../../ports/event-log.ts'

export interface LogRules {
  partitions: number
  /** Topics that keep the newest record of each key; the others are kept by time. */
  compacted: ReadonlySet<string>
  /** Key and value as UTF-8, bytes; by topic. */
  recordLimitBytes(topic: string): number
}

const MIB = 1024 * 1024
export const MAX_PARTITIONS = 1_000
const COMPACTED: ReadonlySet<string> = new Set([TOPICS.definitions, TOPICS.lifecycle, TOPICS.players])

/** 1 MiB a record, as Kafka's default; definitions 8 MiB: a legal deck is over 1 MB. */
export const logRules = (partitions: number): LogRules => {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS)
    throw new RangeError(`an event log has 1–${MAX_PARTITIONS} partitions, not ${partitions}`)
  return {
    partitions,
    compacted: COMPACTED,
    recordLimitBytes: (topic) => (topic === TOPICS.definitions ? 8 * MIB : MIB),
  }
}

export type PlacedRecord = AppendRecord & { partition: number }

/** `any`: the partition of a record without a key. Throws RecordRefused. */
export const placeRecords = (records: readonly AppendRecord[], rules: LogRules, any: () => number): PlacedRecord[] =>
  records.map((record, index) => {
    const { topic, key, value } = record
    const refuse = (reason: string) => new RecordRefused(topic, index, reason)
    if (key === null && rules.compacted.has(topic)) throw refuse('it has no key, and the topic is compacted by key')
    const size = (key === null ? 0 : Buffer.byteLength(key)) + Buffer.byteLength(value)
    const limit = rules.recordLimitBytes(topic)
    if (size > limit) throw refuse(`it has ${size} bytes, the limit is ${limit}`)
    const partition = record.partition ?? (key === null ? any() : partitionOf(key, rules.partitions))
    if (!Number.isInteger(partition) || partition < 0 || partition >= rules.partitions)
      throw refuse(`there is no partition ${partition}, only 0–${rules.partitions - 1}`)
    return { topic, key, value, partition }
  })
