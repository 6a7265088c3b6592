/** The synchronous half of the embedded event log. Offsets are dense when written; compaction and retention leave gaps. */
import type { DatabaseSync } from 'node:sqlite'
import type { Position, StoredRecord } from '../../ports/event-log.ts'

export interface LogOptions {
  partitions: number
  compacted: readonly string[]
  retentionMs: number
}
export interface PlacedRecord {
  topic: string
  partition: number
  key: string | null
  value: string
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ends (topic TEXT, part INTEGER, next INTEGER NOT NULL, PRIMARY KEY (topic, part)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
  topic TEXT, part INTEGER, pos INTEGER, time INTEGER NOT NULL, key TEXT, value TEXT NOT NULL,
  PRIMARY KEY (topic, part, pos)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_by_key ON records (topic, part, key, pos) WHERE key IS NOT NULL;
`

const checkPartitions = (db: DatabaseSync, partitions: number): void => {
  db.prepare("INSERT OR IGNORE INTO meta VALUES ('partitions', ?)").run(String(partitions))
  const stored = db.prepare("SELECT value FROM meta WHERE name = 'partitions'").get()?.value
  if (stored !== String(partitions))
    throw new Error(`this event log has ${stored} partitions; they cannot become ${partitions} in place`)
}

export const createOperations = (db: DatabaseSync, { partitions, compacted, retentionMs }: LogOptions) => {
  db.exec(SCHEMA)
  checkPartitions(db, partitions)
  const getEnd = db.prepare('SELECT next FROM ends WHERE topic = ? AND part = ?')
  const setEnd = db.prepare('INSERT INTO ends VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next')
  const insert = db.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)')
  const dropOlder = db.prepare('DELETE FROM records WHERE topic = ? AND part = ? AND key = ? AND pos < ?')
  const select = db.prepare(
    'SELECT pos, time, key, value FROM records WHERE topic = ? AND part = ? AND pos >= ? ORDER BY pos LIMIT ?',
  )
  const topics = db.prepare('SELECT DISTINCT topic, part FROM ends')
  const expire = db.prepare(
    `DELETE FROM records WHERE topic = ?1 AND part = ?2 AND time < ?3 AND pos IN
       (SELECT pos FROM records WHERE topic = ?1 AND part = ?2 ORDER BY pos LIMIT 5000)`,
  )
  const end = (topic: string, partition: number): number => Number(getEnd.get(topic, partition)?.next ?? 0)

  return {
    append(records: readonly PlacedRecord[], now: number): Position[] {
      const ends = new Map<string, { topic: string; partition: number; next: number }>()
      const positions = records.map(({ topic, partition, key, value }) => {
        const name = `${topic}/${partition}`
        const at = ends.get(name) ?? { topic, partition, next: end(topic, partition) }
        ends.set(name, at)
        const offset = at.next++
        insert.run(topic, partition, offset, now, key, value)
        if (key !== null && compacted.includes(topic)) dropOlder.run(topic, partition, key, offset)
        return { partition, offset }
      })
      for (const { topic, partition, next } of ends.values()) setEnd.run(topic, partition, next)
      return positions
    },
    read(topic: string, partition: number, offset: number, limit: number): StoredRecord[] {
      return select.all(topic, partition, offset, limit).map((row) => ({
        offset: Number(row.pos),
        timestamp: Number(row.time),
        key: row.key === null ? null : String(row.key),
        value: String(row.value),
      }))
    },
    end,
    /** Drops what is past its time from the topics that are not compacted; bounded work a call. */
    expire(now: number): void {
      for (const row of topics.all())
        if (!compacted.includes(String(row.topic))) expire.run(row.topic ?? '', row.part ?? 0, now - retentionMs)
    },
  }
}
export type LogOperations = ReturnType<typeof createOperations>
