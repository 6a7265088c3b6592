/**
 * The event log: topics of numbered partitions of records, in the terms of Kafka.
 * Promises that every adapter keeps (event-log.contract.ts):
 * - `append` resolves only once its records are durable; the records of one call that fall into one partition keep their order.
 *   If a server's reply is lost, records may be stored twice.
 * - offsets of a partition rise; they need not be dense.
 * - a consumer sees each record of its partitions from its start offset on, in offset order, at least once.
 * - a keyed, compacted topic keeps at least the newest record of each key; others are kept by time.
 * - `append` rejects with RecordRefused for a record that it will never take; nothing of the call is stored then. After any
 *   other rejection some of its records may be stored, or all: to append them again is right, consumers bear repeats.
 * - of two appends under way at the same time either may come first.
 */
export interface LogRecord {
  key: string | null
  value: string
}
export interface AppendRecord extends LogRecord {
  topic: string
  /** Default: the key's partition as Kafka's default partitioner has it (murmur2); no key: any. */
  partition?: number
}
export interface StoredRecord extends LogRecord {
  offset: number
  /** The broker's time, milliseconds since the Unix epoch. */
  timestamp: number
}
export interface Position {
  partition: number
  offset: number
}
export interface ConsumeOptions {
  topic: string
  /** First offset to read, by partition; only these partitions are read. `0`: from the earliest kept. */
  from: ReadonlyMap<number, number>
  /**
   * Called with at least one record, one batch at a time for each partition; the next batch waits for the promise.
   * A rejection is reported by `onError`, and the same batch is given again after a pause.
   */
  onBatch(partition: number, records: readonly StoredRecord[]): Promise<void>
  onError?(error: unknown): void
}
export interface Consumer {
  /** Resolves once every record that was there when it was called has been handled. */
  caughtUp(): Promise<void>
  /** No batch is given after it resolves; one under way is waited for. */
  close(): Promise<void>
}
export interface EventLog {
  /** The number of partitions of every topic. */
  readonly partitions: number
  append(records: readonly AppendRecord[]): Promise<Position[]>
  consume(options: ConsumeOptions): Promise<Consumer>
  close(): Promise<void>
}

/** A record that this log will never take: too large, a partition that is not there, no key in a compacted topic. */
export class RecordRefused extends Error {
  readonly topic: string
  /** In the records of the call. */
  readonly index: number
  constructor(topic: string, index: number, reason: string) {
    super(`topic ${topic} refuses the record at index ${index}: ${reason}`)
    this.name = 'RecordRefused'
    this.topic = topic
    this.index = index
  }
}
