/** The embedded event log: SQLite in a worker, durable on resolve, one process at a time. */
import type { Clock, Timer } from '../../ports/clock.ts'
import type { EventLog } from '../../ports/event-log.ts'
import { createLogConsumers } from '../log-consumer.ts'
import { COMPACTED, placeRecord } from '../log-records.ts'
import { openSqlite } from '../sqlite-worker/sqlite-worker.ts'
import { createOperations, type LogOperations, type LogOptions } from './operations.ts'

export interface SqliteEventLogOptions {
  /** A path, or ':memory:'. */
  file: string
  /** Fixed once the file is made. */
  partitions: number
  clock: Clock
  /** How long records of topics that are not compacted stay. Default: 7 days. */
  retentionMs?: number
  /** The store has died: the process cannot go on. */
  onCrash?(error: Error): void
}

const DAY_MS = 86_400_000
const EXPIRE_EVERY_MS = 600_000

export const openSqliteEventLog = async (options: SqliteEventLogOptions): Promise<EventLog> => {
  const { file, partitions, clock, retentionMs = 7 * DAY_MS, onCrash } = options
  const sqlite = await openSqlite<LogOperations, LogOptions>({
    file,
    module: new URL('./operations.ts', import.meta.url),
    createOperations,
    options: { partitions, compacted: COMPACTED, retentionMs },
    ...(onCrash ? { onCrash } : {}),
  })
  const { call } = sqlite
  const consumers = createLogConsumers({ read: call.read, end: call.end }, clock)
  let keyless = 0
  let timer: Timer
  const expireLater = () => {
    timer = clock.after(EXPIRE_EVERY_MS, () => {
      call.expire(clock.now()).then(expireLater, expireLater)
    })
  }
  expireLater()
  return {
    partitions,
    async append(records) {
      const placed = records.map((record) => ({
        topic: record.topic,
        partition: placeRecord(record, partitions, keyless++),
        key: record.key,
        value: record.value,
      }))
      const positions = await call.append(placed, clock.now())
      for (const topic of new Set(records.map((record) => record.topic))) consumers.appended(topic)
      return positions
    },
    consume: (wanted) => consumers.consume(wanted),
    async close() {
      timer.cancel()
      await consumers.close()
      await sqlite.close()
    },
  }
}
