/** The embedded event log as synchronous statements; runs in the SQLite worker. */
import type { DatabaseSync } from 'node:sqlite'
import type { StoredRecord } from '../../ports/event-log.ts'
import type { PlacedRecord } from '../event-log/rules.ts'
import { migrate } from '../sqlite-worker/migrate.ts'
import type { SqliteProgram } from '../sqlite-worker/program.ts'
import { idOf, MAX_SLOTS, MIGRATIONS, offsetOf } from './schema.ts'

export interface LogProgramOptions {
  partitions: number
  compacted: readonly string[]
}
export interface PartitionEnd {
  topic: string
  partition: number
  end: number
}
export interface LogOperations {
  /** `timestamp`: of all records, ms. Gives their offsets, in order. */
  append(records: readonly PlacedRecord[], timestamp: number): number[]
  /** From `offset` on: at least one record if there is any, then up to both limits (bytes: of values, in UTF-16 units). */
  read(topic: string, partition: number, offset: number, limit: { records: number; bytes: number }): StoredRecord[]
  ends(): PartitionEnd[]
  /** Deletes up to `limit` records of compacted topics that were superseded before `before` (ms); gives how many. */
  compact(before: number, limit: number): number
  /** Deletes up to `limit` records of the other topics that are older than `before` (ms), oldest first; gives how many. */
  expire(before: number, limit: number): number
}

export const openProgram = (db: DatabaseSync, options: LogProgramOptions): SqliteProgram<LogOperations> => {
  migrate(db, 'the event log', MIGRATIONS)
  checkPartitions(db, options.partitions)
  const compacted: ReadonlySet<string> = new Set(options.compacted)
  return {
    operations: { ...appendOperation(db, compacted), ...readOperations(db), ...upkeepOperations(db, compacted) },
    relaxed: ['read', 'ends', 'compact', 'expire'],
  }
}

/** The partition of a key depends on their number: it is fixed when the file is made. */
const checkPartitions = (db: DatabaseSync, partitions: number) => {
  const stored = db.prepare(`SELECT value FROM settings WHERE name = 'partitions'`).get()
  if (!stored) db.prepare(`INSERT INTO settings VALUES ('partitions', ?)`).run(String(partitions))
  else if (Number(stored.value) !== partitions)
    throw new Error(
      `the event log was made with ${stored.value} partitions and cannot be opened with ${partitions}: set it back, or begin with an empty data folder`,
    )
}

const appendOperation = (db: DatabaseSync, compacted: ReadonlySet<string>): Pick<LogOperations, 'append'> => {
  const advance = db.prepare(
    'UPDATE partitions SET next_offset = next_offset + ? WHERE topic = ? AND partition = ? RETURNING slot, next_offset',
  )
  const addPartition = db.prepare(
    'INSERT INTO partitions (topic, partition, next_offset) VALUES (?, ?, ?) RETURNING slot, next_offset',
  )
  const insert = db.prepare('INSERT INTO records (id, timestamp, key, value) VALUES (?, ?, ?, ?)')
  const findNewest = db.prepare('SELECT id FROM newest WHERE slot = ? AND key = ?')
  const setNewest = db.prepare('INSERT OR REPLACE INTO newest (slot, key, id) VALUES (?, ?, ?)')
  const supersede = db.prepare('INSERT INTO superseded (id, at) VALUES (?, ?)')

  /** Takes `count` offsets of a partition. */
  const reserve = (topic: string, partition: number, count: number) => {
    const row = advance.get(count, topic, partition) ?? addPartition.get(topic, partition, count)
    const slot = Number(row?.slot)
    if (slot > MAX_SLOTS) throw new RangeError(`an event log holds ${MAX_SLOTS} partitions of all topics at most`)
    return { slot, next: Number(row?.next_offset) - count }
  }
  return {
    append(records, timestamp) {
      const counts = new Map<string, number>()
      const placeOf = ({ topic, partition }: PlacedRecord) => `${partition}:${topic}`
      for (const record of records) counts.set(placeOf(record), (counts.get(placeOf(record)) ?? 0) + 1)
      const reserved = new Map<string, { slot: number; next: number }>()
      return records.map((record) => {
        const { topic, partition, key, value } = record
        const name = placeOf(record)
        const place = reserved.get(name) ?? reserve(topic, partition, counts.get(name) ?? 0)
        reserved.set(name, place)
        const offset = place.next++
        const id = idOf(place.slot, offset)
        insert.run(id, timestamp, key, value)
        if (key !== null && compacted.has(topic)) {
          const old = findNewest.get(place.slot, key)?.id
          if (typeof old === 'number') supersede.run(old, timestamp)
          setNewest.run(place.slot, key, id)
        }
        return offset
      })
    },
  }
}

const readOperations = (db: DatabaseSync): Pick<LogOperations, 'read' | 'ends'> => {
  const findSlot = db.prepare('SELECT slot FROM partitions WHERE topic = ? AND partition = ?')
  const select = db.prepare(
    'SELECT id, timestamp, key, value FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
  )
  const all = db.prepare('SELECT topic, partition, next_offset AS end FROM partitions ORDER BY slot')
  return {
    read(topic, partition, offset, limit) {
      const slot = findSlot.get(topic, partition)?.slot
      if (typeof slot !== 'number') return []
      const records: StoredRecord[] = []
      let size = 0
      for (const row of select.iterate(idOf(slot, offset), idOf(slot + 1, 0), limit.records)) {
        const value = row.value as string
        size += value.length
        if (records.length > 0 && size > limit.bytes) break
        const stored = { key: row.key as string | null, value, timestamp: Number(row.timestamp) }
        records.push({ ...stored, offset: offsetOf(Number(row.id)) })
      }
      return records
    },
    ends: () =>
      all.all().map((row) => ({ topic: String(row.topic), partition: Number(row.partition), end: Number(row.end) })),
  }
}

const upkeepOperations = (
  db: DatabaseSync,
  compacted: ReadonlySet<string>,
): Pick<LogOperations, 'compact' | 'expire'> => {
  const slots = db.prepare('SELECT slot, topic FROM partitions')
  const superseded = db.prepare('SELECT id FROM superseded WHERE at < ? ORDER BY id LIMIT ?')
  const forget = db.prepare('DELETE FROM superseded WHERE id = ?')
  const deleteRecord = db.prepare('DELETE FROM records WHERE id = ?')
  const oldest = db.prepare('SELECT id, timestamp FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?')
  return {
    compact(before, limit) {
      const rows = superseded.all(before, limit)
      for (const { id } of rows) {
        deleteRecord.run(id as number)
        forget.run(id as number)
      }
      return rows.length
    },
    expire(before, limit) {
      let deleted = 0
      for (const { slot, topic } of slots.all()) {
        if (compacted.has(topic as string)) continue
        for (const row of oldest.all(idOf(Number(slot), 0), idOf(Number(slot) + 1, 0), limit - deleted)) {
          // A partition loses its beginning, never something out of its middle.
          if (Number(row.timestamp) >= before) break
          deleteRecord.run(row.id as number)
          deleted++
        }
        if (deleted >= limit) break
      }
      return deleted
    },
  }
}
