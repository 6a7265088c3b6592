import type { PlainError } from './program.ts'

/** The database as a whole cannot be used at this moment: in use, full, gone, closed; no part of the call would fare better. */
export class SqliteUnavailable extends Error {
  /** SQLite's extended result code, where SQLite said so. */
  readonly errcode: number | undefined
  constructor(message: string, options: ErrorOptions & { errcode?: number } = {}) {
    super(message, options)
    this.name = 'SqliteUnavailable'
    this.errcode = options.errcode
  }
}

/** SQLite's primary result codes that say something of the database, not of the data. */
const UNAVAILABLE = new Map([
  [5, 'is in use by another process'],
  [6, 'is locked'],
  [8, 'is read-only'],
  [10, 'cannot be read or written: input/output error'],
  [11, 'is damaged'],
  [13, 'cannot grow: the disk is full'],
  [14, 'cannot be opened'],
  [26, 'is not a SQLite database'],
])

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const toPlainError = (error: unknown): PlainError => {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: undefined, code: undefined, errcode: undefined }
  const errcode: unknown = Reflect.get(error, 'errcode')
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: text(Reflect.get(error, 'code')),
    errcode: typeof errcode === 'number' ? errcode : undefined,
  }
}

/** `file`: for the message. */
export const fromPlainError = (plain: PlainError, file: string): Error => {
  const error = new Error(plain.message)
  error.name = plain.name
  if (plain.stack !== undefined) error.stack = plain.stack
  if (plain.code !== undefined) Object.assign(error, { code: plain.code })
  if (plain.errcode === undefined) return error
  Object.assign(error, { errcode: plain.errcode })
  const reason = UNAVAILABLE.get(plain.errcode & 0xff)
  if (reason === undefined) return error
  return new SqliteUnavailable(`${file} ${reason} (${plain.message})`, { cause: error, errcode: plain.errcode })
}
