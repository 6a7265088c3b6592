/** What runs on a database: synchronous operations, made by a module that the worker imports. */
import type { DatabaseSync } from 'node:sqlite'

/** Arguments and results cross a thread: what `structuredClone` can copy. */
export type Operations<Ops> = { [K in keyof Ops]: (...args: never[]) => unknown }

export interface SqliteProgram<Ops extends Operations<Ops>> {
  /**
   * Each is atomic: it runs in a transaction that the worker begins and commits, shared with the calls that wait beside it
   * (group commit). One that throws is undone alone. A call resolves once the transaction is durable.
   */
  operations: Ops
  /** Operations outside of any transaction of the worker: those that begin their own, and pragmas. */
  alone?: readonly (keyof Ops & string)[]
  /** Operations that need not be durable when they resolve: reads, and deletes of what may come back. Alone they cost no fsync. */
  relaxed?: readonly (keyof Ops & string)[]
}

/** A module that `openSqlite` can run exports this function. */
export type OpenProgram<Ops extends Operations<Ops>, Options> = (
  db: DatabaseSync,
  options: Options,
) => SqliteProgram<Ops>

/** The same operations, asynchronous. */
export type SqliteCalls<Ops extends Operations<Ops>> = {
  [K in keyof Ops]: (...args: Parameters<Ops[K]>) => Promise<ReturnType<Ops[K]>>
}

export interface SqliteCall {
  name: string
  args: readonly unknown[]
}
export type SqliteReply = { ok: true; value: unknown } | { ok: false; error: PlainError }

/** An error as data: a structured clone of an Error would lose `code` and `errcode`. */
export interface PlainError {
  name: string
  message: string
  stack: string | undefined
  code: string | undefined
  /** SQLite's extended result code. */
  errcode: number | undefined
}
