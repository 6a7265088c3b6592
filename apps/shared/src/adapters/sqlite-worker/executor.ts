/** Runs calls on one database, grouped into transactions; synchronous. In a worker thread, or inline. */
import { DatabaseSync } from 'node:sqlite'
import { toPlainError } from './errors.ts'
import type { OpenProgram, Operations, SqliteCall, SqliteProgram, SqliteReply } from './program.ts'

export interface Executor {
  /**
   * Runs the first calls that fit together, at least one, and gives their replies in order; what it gives is durable (apart
   * from relaxed operations).
   */
  runGroup(calls: readonly SqliteCall[]): SqliteReply[]
  close(): void
}

/** So many calls share a transaction at most: the first of them waits for the last. */
const GROUP_LIMIT = 256

type Plain = Record<string, (...args: unknown[]) => unknown>

/** Exclusive: a second process on the same file gets SQLITE_BUSY at once after `busyTimeoutMs`, whatever it does. */
const openDatabase = (file: string, busyTimeoutMs: number): DatabaseSync => {
  const db = new DatabaseSync(file, {
    timeout: busyTimeoutMs,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
  })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE')
    db.exec('PRAGMA journal_mode = WAL')
    db.exec('PRAGMA synchronous = FULL')
    db.exec(`PRAGMA journal_size_limit = ${64 * 1024 * 1024}`)
    // The lock is taken by the first transaction, not by the pragma.
    db.exec('BEGIN IMMEDIATE; COMMIT')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

export const createExecutor = <Ops extends Operations<Ops>, Options>(
  file: string,
  busyTimeoutMs: number,
  openProgram: OpenProgram<Ops, Options>,
  options: Options,
): Executor => {
  const db = openDatabase(file, busyTimeoutMs)
  let program: SqliteProgram<Ops>
  try {
    program = openProgram(db, options)
  } catch (error) {
    db.close()
    throw error
  }
  const operations = program.operations as unknown as Plain
  const alone: ReadonlySet<string> = new Set(program.alone)
  const relaxed: ReadonlySet<string> = new Set(program.relaxed)

  const perform = ({ name, args }: SqliteCall): SqliteReply => {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    if (!operation) throw new TypeError(`there is no operation "${name}"`)
    return { ok: true, value: operation(...args) }
  }
  const failed = (error: unknown): SqliteReply => ({ ok: false, error: toPlainError(error) })

  const runAlone = (call: SqliteCall): SqliteReply => {
    try {
      return perform(call)
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      return failed(error)
    }
  }

  /** One call of several in a transaction: what it did is undone if it throws. Throws if the transaction itself is gone. */
  const runInside = (call: SqliteCall): SqliteReply => {
    db.exec('SAVEPOINT call')
    try {
      const reply = perform(call)
      db.exec('RELEASE call')
      return reply
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction.
      if (!db.isTransaction) throw error
      db.exec('ROLLBACK TO call; RELEASE call')
      return failed(error)
    }
  }

  const runTogether = (calls: readonly SqliteCall[]): SqliteReply[] => {
    const durable = calls.some(({ name }) => !relaxed.has(name))
    if (!durable) db.exec('PRAGMA synchronous = NORMAL')
    try {
      db.exec('BEGIN')
      const replies = calls.length === 1 ? calls.map(perform) : calls.map(runInside)
      db.exec('COMMIT')
      return replies
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      return calls.map(() => failed(error))
    } finally {
      if (!durable) db.exec('PRAGMA synchronous = FULL')
    }
  }

  return {
    runGroup(calls) {
      const first = calls[0]
      if (!first) return []
      if (alone.has(first.name)) return [runAlone(first)]
      const end = calls.findIndex(({ name }, i) => i === GROUP_LIMIT || alone.has(name))
      return runTogether(end < 0 ? calls : calls.slice(0, end))
    },
    close: () => db.close(),
  }
}

/** All calls, group by group. */
export const runAll = (
  executor: Executor,
  calls: readonly SqliteCall[],
  reply: (from: number, replies: readonly SqliteReply[]) => void,
): void => {
  for (let from = 0; from < calls.length; ) {
    const replies = executor.runGroup(calls.slice(from, from + GROUP_LIMIT + 1))
    reply(from, replies)
    from += replies.length
  }
}
