/** The embedded event log: topics and partitions in one SQLite file, durable at every append. One process at a time. */
import type { Logger } from '../../kit/logger.ts'
import type { Clock } from '../../ports/clock.ts'
import type { EventLog } from '../../ports/event-log.ts'
import { createConsumers } from '../event-log/consumers.ts'
import { logRules, type PlacedRecord, placeRecords } from '../event-log/rules.ts'
import { openSqlite } from '../sqlite-worker/open-sqlite.ts'
import type { LogOperations, LogProgramOptions } from './program.ts'
import { createTail } from './tail.ts'
import { startUpkeep } from './upkeep.ts'

export interface SqliteEventLogOptions {
  /** A path, or ':memory:'. */
  file: string
  /** Fixed when the file is made: another number is refused. */
  partitions: number
  clock: Clock
  logger?: Logger
  /** How long topics that are not compacted keep a record, milliseconds. Default: 7 days. */
  retentionMs?: number
  /** How long a compacted topic keeps a superseded record, so that running consumers see it, milliseconds. Default: 1 minute. */
  compactionLagMs?: number
  /** Between two rounds of retention and compaction, milliseconds. Default: 30 s. */
  upkeepIntervalMs?: number
  /** Told once if the database's thread ends by itself: no append or read will work again. */
  onCrash?(error: Error): void
}

const DAY_MS = 24 * 60 * 60 * 1_000
const BATCH = { records: 500, bytes: 4 * 1024 * 1024 }
const TAIL = { records: 512, size: 512 * 1024 }

/** Rejects with SqliteUnavailable if the file is in use by another process, and if it was made with other partitions. */
export const openSqliteEventLog = async (options: SqliteEventLogOptions): Promise<EventLog> => {
  const { file, partitions, clock, logger } = options
  const rules = logRules(partitions)
  const programOptions: LogProgramOptions = { partitions, compacted: [...rules.compacted] }
  const db = await openSqlite<LogOperations>({
    file,
    module: new URL('./program.ts', import.meta.url),
    options: programOptions,
    onCrash(error) {
      logger?.fatal({ err: error }, 'the event log cannot be used any more')
      options.onCrash?.(error)
    },
  })
  const tail = createTail(TAIL)
  for (const { topic, partition, end } of await db.call.ends()) tail.begin(topic, partition, end)
  const consumers = createConsumers(
    {
      partitions,
      end: tail.end,
      read: (topic, partition, offset) =>
        tail.from(topic, partition, offset) ?? db.call.read(topic, partition, offset, BATCH),
    },
    clock,
  )
  const upkeep = startUpkeep({
    call: db.call,
    clock,
    logger,
    retentionMs: options.retentionMs ?? 7 * DAY_MS,
    compactionLagMs: options.compactionLagMs ?? 60_000,
    intervalMs: options.upkeepIntervalMs ?? 30_000,
    onCompacted: () => rules.compacted.forEach(tail.drop),
  })

  /** Replies come in the order of the commits, so offsets reach the tail in their order. */
  const publish = (records: readonly PlacedRecord[], offsets: readonly number[], timestamp: number) => {
    const touched = new Map<string, PlacedRecord>()
    for (const [i, record] of records.entries()) {
      const { topic, partition, key, value } = record
      tail.add(topic, partition, { key, value, offset: offsets[i] ?? -1, timestamp })
      touched.set(`${partition}:${topic}`, record)
    }
    for (const { topic, partition } of touched.values()) consumers.wake(topic, partition)
  }
  let closing: Promise<void> | undefined
  let turn = 0
  const close = async () => {
    upkeep.stop()
    await consumers.close()
    await db.close()
  }
  return {
    partitions,
    async append(records) {
      const placed = placeRecords(records, rules, () => turn++ % partitions)
      if (placed.length === 0) return []
      const timestamp = clock.now()
      const offsets = await db.call.append(placed, timestamp)
      publish(placed, offsets, timestamp)
      return placed.map(({ partition }, i) => ({ partition, offset: offsets[i] ?? -1 }))
    },
    async consume(given) {
      if (closing) throw new Error('the event log is closed')
      return consumers.consume(given)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}
