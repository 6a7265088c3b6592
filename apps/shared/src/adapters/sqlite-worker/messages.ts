/** Between the thread that calls and the one that has the database. */
import type { PlainError, SqliteCall, SqliteReply } from './program.ts'

export interface ThreadData {
  file: string
  busyTimeoutMs: number
  /** URL of the module that exports `openProgram`. */
  module: string
  options: unknown
}
export interface NumberedCall extends SqliteCall {
  id: number
}
export type ToThread = { kind: 'calls'; calls: readonly NumberedCall[] } | { kind: 'close' }
export type FromThread =
  | { kind: 'opened' }
  | { kind: 'failed'; error: PlainError }
  | { kind: 'replies'; ids: readonly number[]; replies: readonly SqliteReply[] }
  | { kind: 'closed' }
