/** What a store's module of synchronous operations looks like, and how a turn of calls runs against it. */
import { DatabaseSync } from 'node:sqlite'

/** Synchronous operations on one database. A throw undoes what that operation did, and nothing else. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of an operation are its own.
export type Operations = Record<string, (...args: any[]) => unknown>

/** A module that openSqlite can run exports this as `createOperations`. */
export type CreateOperations<Ops extends Operations, Options> = (db: DatabaseSync, options: Options) => Ops

export interface CallMessage {
  id: number
  name: string
  args: unknown[]
}
export type ReplyMessage = { id: number; value: unknown } | { id: number; error: { name: string; message: string } }

/** Opens a database that survives a power cut with every committed transaction. Throws if another process has it. */
export const openDatabase = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA busy_timeout = 2000')
  if (file !== ':memory:') {
    db.exec('PRAGMA locking_mode = EXCLUSIVE')
    db.exec('PRAGMA journal_mode = WAL')
    db.exec('PRAGMA synchronous = FULL')
  }
  return db
}

/** Runs the calls of one turn in one transaction (group commit), each behind a savepoint of its own. */
export const runTurn = (db: DatabaseSync, operations: Operations, calls: readonly CallMessage[]): ReplyMessage[] => {
  try {
    db.exec('BEGIN IMMEDIATE')
    const replies = calls.map((call) => runCall(db, operations, call))
    db.exec('COMMIT')
    return replies
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    return calls.map(({ id }) => ({ id, error: describe(error) }))
  }
}

const runCall = (db: DatabaseSync, operations: Operations, { id, name, args }: CallMessage): ReplyMessage => {
  const operation = operations[name]
  if (!operation) return { id, error: { name: 'TypeError', message: `there is no operation ${name}` } }
  db.exec('SAVEPOINT call')
  try {
    const value = operation(...args)
    db.exec('RELEASE call')
    return { id, value }
  } catch (error) {
    db.exec('ROLLBACK TO call')
    db.exec('RELEASE call')
    return { id, error: describe(error) }
  }
}

const describe = (error: unknown) =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) }
