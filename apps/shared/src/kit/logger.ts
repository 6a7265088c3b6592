/** Logs: one JSON object a line, or lines for people. Tokens never get into them. */
import pino, { type DestinationStream } from 'pino'

export type Logger = pino.Logger
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

const SECRETS = ['token', 'authorization', 'password', 'secret', 'privateJwk', 'hostToken']

export interface LoggerOptions {
  /** The service. */
  name: string
  level: LogLevel
  /** Lines for people instead of JSON. */
  pretty?: boolean
  /** Default: standard error, so that standard output stays for what the program has to say. */
  destination?: DestinationStream
}

export const createLogger = ({ name, level, pretty = false, destination }: LoggerOptions): Logger => {
  const output = destination ?? pino.destination({ fd: 2, sync: true })
  return pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[hidden]' },
    },
    pretty ? { write: (line: string) => output.write(prettyLine(line)) } : output,
  )
}

/** For tests that do not look at logs. */
export const silentLogger = (): Logger => pino({ level: 'silent' })

const NOT_SHOWN = new Set(['level', 'time', 'name', 'msg', 'err'])

/** `12:30:01.123 WARN quiz-service  message  key=value`, then the stack of an error. */
const prettyLine = (line: string): string => {
  const record: Record<string, unknown> = JSON.parse(line)
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  const fields = Object.entries(record)
    .filter(([key]) => !NOT_SHOWN.has(key))
    .map(([key, value]) => `  ${key}=${text(value)}`)
    .join('')
  const err = record.err as { stack?: string; message?: string } | undefined
  const time = String(record.time ?? '').slice(11, 23)
  const level = String(record.level).toUpperCase().padEnd(5)
  const trouble = err ? `\n${(err.stack ?? err.message ?? '').replace(/^/gm, '    ')}` : ''
  return `${time} ${level} ${text(record.name)}  ${text(record.msg ?? '')}${fields}${trouble}\n`
}
