/** How a database is opened, and what runs its calls. */
import type { SqliteCall } from './program.ts'

export interface SqliteOptions {
  /** A path, or ':memory:'. */
  file: string
  /** A module that exports `openProgram` (see OpenProgram): `new URL('./program.ts', import.meta.url)`. */
  module: URL
  /** Given to `openProgram`; can be cloned. */
  options?: unknown
  /** How long the file may be locked by an earlier process that is just ending, milliseconds. */
  busyTimeoutMs?: number
  /** Told once if the thread ends by itself. Every waiting and later call is rejected with SqliteUnavailable. */
  onCrash?(error: Error): void
  /** Default: everything but ':memory:' runs in a thread. */
  thread?: boolean
}

/** What a thread and an inline database have in common. */
export interface Runner {
  send(call: SqliteCall): Promise<unknown>
  close(): Promise<void>
}
