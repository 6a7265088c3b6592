/** A SQLite program for the tests of the worker: named counters. */

import type { DatabaseSync } from 'node:sqlite'
import { migrate } from '../adapters/sqlite-worker/migrate.ts'
import type { SqliteProgram } from '../adapters/sqlite-worker/program.ts'

export interface CounterOperations {
  add(name: string, by: number): number
  addThenFail(name: string): void
  get(name: string): number
  forget(name: string): void
  /** Begins a transaction of its own and leaves it open. */
  abandon(name: string): void
  echo(value: unknown): unknown
  pragma(name: string): unknown
  work(ms: number): void
  crash(): void
}

export const openProgram = (
  db: DatabaseSync,
  options: { limit: number } | undefined,
): SqliteProgram<CounterOperations> => {
  migrate(db, 'the counters', [
    ['CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT'],
    ['ALTER TABLE counters ADD COLUMN note TEXT'],
  ])
  const limit = options?.limit ?? Number.MAX_SAFE_INTEGER
  const upsert = db.prepare(
    `INSERT INTO counters (name, value) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = value + excluded.value RETURNING value`,
  )
  const select = db.prepare('SELECT value FROM counters WHERE name = ?')
  const add = (name: string, by: number) => {
    const value = Number(upsert.get(name, by)?.value)
    if (value > limit) throw Object.assign(new RangeError(`${name} is over ${limit}`), { code: 'counter/limit' })
    return value
  }
  return {
    operations: {
      add,
      addThenFail(name) {
        add(name, 1)
        throw new Error('on purpose')
      },
      get: (name) => Number(select.get(name)?.value ?? 0),
      forget: (name) => void db.prepare('DELETE FROM counters WHERE name = ?').run(name),
      abandon(name) {
        db.exec('BEGIN')
        add(name, 1)
        throw new Error('left open')
      },
      echo: (value) => value,
      pragma: (name) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0],
      work(ms) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
      },
      crash() {
        // In a worker it ends the thread.
        process.exit(7)
      },
    },
    alone: ['abandon', 'pragma'],
    relaxed: ['get', 'forget', 'echo'],
  }
}
