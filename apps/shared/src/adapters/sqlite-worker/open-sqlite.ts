/**
 * A SQLite database behind asynchronous calls. With a file, the synchronous statements run in a thread of their own, so that a
 * commit's fsync holds nothing up; ':memory:' runs inline. Calls run in their order.
 */
import { SqliteUnavailable } from './errors.ts'
import { openInline } from './inline.ts'
import { openThread } from './open-thread.ts'
import type { Operations, SqliteCalls } from './program.ts'
import type { SqliteOptions } from './runner.ts'

export interface Sqlite<Ops extends Operations<Ops>> {
  readonly call: SqliteCalls<Ops>
  /** Waits for the calls under way, then closes the file. Later calls are rejected with SqliteUnavailable. */
  close(): Promise<void>
}

/** Rejects with SqliteUnavailable if the file is in use by another process or cannot be opened, and with what `openProgram` throws. */
export const openSqlite = async <Ops extends Operations<Ops>>(given: SqliteOptions): Promise<Sqlite<Ops>> => {
  const { file, thread = file !== ':memory:' } = given
  const options = { ...given, busyTimeoutMs: given.busyTimeoutMs ?? 2_000 }
  const runner = thread ? await openThread(options) : await openInline(options)
  let closing: Promise<void> | undefined
  const calls = new Map<string, (...args: unknown[]) => Promise<unknown>>()
  const callOf = (name: string) => {
    let call = calls.get(name)
    if (!call) {
      call = async (...args) => {
        if (closing) throw new SqliteUnavailable(`${file} is closed`)
        return runner.send({ name, args })
      }
      calls.set(name, call)
    }
    return call
  }
  // `then` stays absent: an object with `call` may be awaited.
  const call = new Proxy(
    {},
    { get: (_, name) => (typeof name === 'string' && name !== 'then' ? callOf(name) : undefined) },
  )
  return {
    call: call as SqliteCalls<Ops>,
    close() {
      closing ??= runner.close()
      return closing
    },
  }
}
