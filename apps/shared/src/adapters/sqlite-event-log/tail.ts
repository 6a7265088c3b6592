/** The newest records of each partition in memory: who reads at the end needs no statement. */
import type { StoredRecord } from '../../ports/event-log.ts'

export interface Tail {
  /** Every append in offset order. `end`: the next offset. */
  add(topic: string, partition: number, record: StoredRecord): void
  end(topic: string, partition: number): number
  /** At start: offsets below `end` are in the file. */
  begin(topic: string, partition: number, end: number): void
  /** Leaves reading to the file: some records of the topic were removed from it. */
  drop(topic: string): void
  /** Every record from `offset` to the end; undefined: some of them may be in the file only. */
  from(topic: string, partition: number, offset: number): readonly StoredRecord[] | undefined
}

interface Partition {
  /** No record below `start` is in `records`, every one from `start` on is. */
  start: number
  end: number
  records: StoredRecord[]
  /** UTF-16 units of the values. */
  size: number
}

const emptyAt = (end: number): Partition => ({ start: end, end, records: [], size: 0 })

export const createTail = (limit: { records: number; size: number }): Tail => {
  const topics = new Map<string, Map<number, Partition>>()
  const partitionsOf = (topic: string) => {
    const partitions = topics.get(topic) ?? new Map<number, Partition>()
    topics.set(topic, partitions)
    return partitions
  }
  const place = (topic: string, partition: number): Partition => {
    const partitions = partitionsOf(topic)
    const known = partitions.get(partition) ?? emptyAt(0)
    partitions.set(partition, known)
    return known
  }
  return {
    begin(topic, partition, end) {
      partitionsOf(topic).set(partition, emptyAt(end))
    },
    add(topic, partition, record) {
      const tail = place(topic, partition)
      tail.records.push(record)
      tail.size += record.value.length
      tail.end = record.offset + 1
      if (tail.records.length <= limit.records && tail.size <= limit.size) return
      // Half of it goes at once: cutting the front off costs its length.
      const cut = tail.size > limit.size ? tail.records.length : tail.records.length >> 1
      for (const dropped of tail.records.splice(0, cut)) tail.size -= dropped.value.length
      tail.start = tail.records[0]?.offset ?? tail.end
    },
    drop(topic) {
      const partitions = partitionsOf(topic)
      for (const [partition, { end }] of partitions) partitions.set(partition, emptyAt(end))
    },
    end: (topic, partition) => topics.get(topic)?.get(partition)?.end ?? 0,
    from(topic, partition, offset) {
      const tail = topics.get(topic)?.get(partition)
      if (!tail || offset < tail.start) return undefined
      const first = tail.records.findIndex((record) => record.offset >= offset)
      return first < 0 ? [] : tail.records.slice(first)
    },
  }
}
