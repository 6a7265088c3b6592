/** The embedded board store as synchronous operations; each runs in a transaction of the worker's. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { migrate } from '@quizboard/shared/adapters/sqlite-worker/migrate.ts'
import type { SqliteProgram } from '@quizboard/shared/adapters/sqlite-worker/program.ts'
import type { BoardRow, Fence, Lease, PartitionState } from '../../ports/board-store.ts'

const MIGRATIONS = [
  [
    `CREATE TABLE leaderboard (
      quiz_id TEXT, user_id TEXT, score INTEGER NOT NULL, total INTEGER NOT NULL, revision INTEGER NOT NULL, seq INTEGER NOT NULL,
      foreign_sum INTEGER NOT NULL, foreign_offset INTEGER NOT NULL, name TEXT, joined_at INTEGER,
      own_reached_at INTEGER, foreign_reached_at INTEGER,
      PRIMARY KEY (quiz_id, user_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE partitions (
      partition_id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, offsets TEXT NOT NULL, origins TEXT NOT NULL
    ) STRICT`,
  ],
  [
    'ALTER TABLE partitions ADD COLUMN owner TEXT',
    "ALTER TABLE partitions ADD COLUMN replayed TEXT NOT NULL DEFAULT '{}'",
  ],
]

// Each part of a row has a guard of its own; on the right of SET, plain names are the stored values.
const UPSERT = `
INSERT INTO leaderboard AS old
  (quiz_id, user_id, score, total, revision, seq, foreign_sum, foreign_offset, name, joined_at, own_reached_at, foreign_reached_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
  score = iif(excluded.revision > old.revision, excluded.total, old.total)
        + iif(excluded.foreign_offset > old.foreign_offset, excluded.foreign_sum, old.foreign_sum),
  total = iif(excluded.revision > old.revision, excluded.total, old.total),
  seq = iif(excluded.revision > old.revision, excluded.seq, old.seq),
  own_reached_at = iif(excluded.revision > old.revision, excluded.own_reached_at, old.own_reached_at),
  revision = max(excluded.revision, old.revision),
  foreign_sum = iif(excluded.foreign_offset > old.foreign_offset, excluded.foreign_sum, old.foreign_sum),
  foreign_reached_at = iif(excluded.foreign_offset > old.foreign_offset, excluded.foreign_reached_at, old.foreign_reached_at),
  foreign_offset = max(excluded.foreign_offset, old.foreign_offset),
  name = iif(old.joined_at IS NULL, excluded.name, old.name),
  joined_at = coalesce(old.joined_at, excluded.joined_at)`

const maybe = (value: SQLOutputValue | undefined): number | null => (typeof value === 'number' ? value : null)

const rowOf = (row: Record<string, SQLOutputValue>): BoardRow => ({
  quiz_id: String(row.quiz_id),
  user_id: String(row.user_id),
  score: Number(row.score),
  total: Number(row.total),
  revision: Number(row.revision),
  seq: Number(row.seq),
  foreign: Number(row.foreign_sum),
  foreign_offset: Number(row.foreign_offset),
  name: typeof row.name === 'string' ? row.name : null,
  joined_at: maybe(row.joined_at),
  own_reached_at: maybe(row.own_reached_at),
  foreign_reached_at: maybe(row.foreign_reached_at),
})

const stateOf = (row: Record<string, SQLOutputValue>): PartitionState => ({
  offsets: JSON.parse(String(row.offsets)),
  origins: JSON.parse(String(row.origins)),
  replayed: JSON.parse(String(row.replayed)),
})

/** Rows cross the thread as JSON text: to clone thousands of objects would take the caller's thread several times as long. */
export interface BoardOperations {
  leases(): Lease[]
  acquire(partition: number, owner: string, seen: number): { fence: Fence; state: PartitionState } | undefined
  release(fence: Fence, to: string | null): void
  flush(fence: Fence, rowsJson: string, state: PartitionState): 'ok' | 'stale'
  load(quizId: string): string
}

export const openProgram = (db: DatabaseSync): SqliteProgram<BoardOperations> => {
  migrate(db, 'the board store', MIGRATIONS)
  const all = db.prepare('SELECT * FROM partitions')
  const add = db.prepare("INSERT INTO partitions VALUES (?, 0, '{}', '{}', NULL, '{}') ON CONFLICT DO NOTHING")
  const raise = db.prepare(
    'UPDATE partitions SET epoch = epoch + 1, owner = ? WHERE partition_id = ? AND epoch = ? RETURNING *',
  )
  const free = db.prepare('UPDATE partitions SET owner = ? WHERE partition_id = ? AND epoch = ?')
  const advance = db.prepare(
    'UPDATE partitions SET offsets = ?, origins = ?, replayed = ? WHERE partition_id = ? AND epoch = ?',
  )
  const upsert = db.prepare(UPSERT)
  const select = db.prepare('SELECT * FROM leaderboard WHERE quiz_id = ?')
  return {
    operations: {
      leases: () =>
        all.all().map((row) => ({
          partition: Number(row.partition_id),
          epoch: Number(row.epoch),
          owner: typeof row.owner === 'string' ? row.owner : null,
          state: stateOf(row),
        })),
      acquire(partition, owner, seen) {
        add.run(partition)
        const row = raise.get(owner, partition, seen)
        return row && { fence: { partition, epoch: Number(row.epoch) }, state: stateOf(row) }
      },
      release: ({ partition, epoch }, to) => void free.run(to, partition, epoch),
      flush({ partition, epoch }, rowsJson, { offsets, origins, replayed }) {
        const texts = [offsets, origins, replayed].map((part) => JSON.stringify(part))
        const { changes } = advance.run(...texts, partition, epoch)
        if (changes === 0) return 'stale'
        const rows: readonly BoardRow[] = JSON.parse(rowsJson)
        for (const r of rows)
          upsert.run(
            ...[r.quiz_id, r.user_id, r.score, r.total, r.revision, r.seq, r.foreign, r.foreign_offset],
            ...[r.name, r.joined_at, r.own_reached_at, r.foreign_reached_at],
          )
        return 'ok'
      },
      load: (quizId) => JSON.stringify(select.all(quizId).map(rowOf)),
    },
    relaxed: ['leases', 'load'],
  }
}
