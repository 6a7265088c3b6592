/** Reads a request's body by hand: bounded in bytes and in time, before anything else of the request is judged. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../ports/clock.ts'

export type BodyOutcome =
  | { kind: 'read'; bytes: Buffer }
  | { kind: 'too_large' }
  | { kind: 'too_slow' }
  /** All bodies that are being read take more than the budget. */
  | { kind: 'no_room' }
  /** The client went away. */
  | { kind: 'aborted' }

/** Bytes of bodies that are held at the moment, for all requests that share it. */
export interface BodyBudget {
  readonly maxBytes: number
  usedBytes: number
}

export interface BodyLimits {
  limitBytes: number
  /** For the whole body, from the call on. */
  timeoutMs: number
  budget: BodyBudget
  clock: Clock
}

const EMPTY: BodyOutcome = { kind: 'read', bytes: Buffer.alloc(0) }

const hasBody = (req: IncomingMessage): boolean =>
  req.headers['transfer-encoding'] !== undefined || (req.headers['content-length'] ?? '0') !== '0'

/** Never rejects. Unless it was read to its end, the rest of the body flows on and is dropped: see `replyAndClose`. */
export const readBody = (req: IncomingMessage, limits: BodyLimits): Promise<BodyOutcome> | BodyOutcome => {
  if (!hasBody(req)) return EMPTY
  if (Number(req.headers['content-length'] ?? 0) > limits.limitBytes) {
    req.resume()
    return { kind: 'too_large' }
  }
  return collect(req, limits)
}

const collect = (req: IncomingMessage, { limitBytes, timeoutMs, budget, clock }: BodyLimits): Promise<BodyOutcome> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const finish = (outcome: BodyOutcome) => {
      timer.cancel()
      budget.usedBytes -= length
      req.off('data', onData).off('end', onEnd).off('close', onGone)
      if (outcome.kind !== 'read') req.resume()
      resolve(outcome)
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      budget.usedBytes += chunk.length
      if (length > limitBytes) finish({ kind: 'too_large' })
      else if (budget.usedBytes > budget.maxBytes) finish({ kind: 'no_room' })
      else chunks.push(chunk)
    }
    const onEnd = () =>
      finish({ kind: 'read', bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length) })
    const onGone = () => finish({ kind: 'aborted' })
    const timer = clock.after(timeoutMs, () => finish({ kind: 'too_slow' }))
    // Stays: a reset that comes later must not end the process.
    req.on('error', () => {})
    req.on('data', onData).on('end', onEnd).on('close', onGone)
  })

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** UTF-8 as text, a byte order mark dropped; undefined: it is not UTF-8. */
export const decodeUtf8 = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Duplicate keys: the last wins. `__proto__` is a field like any other. */
export const parseJson = (text: string): { ok: true; value: unknown } | { ok: false; detail: string } => {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    // The engine's message quotes the body; only the place is taken from it.
    const place = error instanceof Error ? /at position \d+/.exec(error.message)?.[0] : undefined
    return { ok: false, detail: text === '' ? 'is empty' : `is not JSON${place ? ` (${place})` : ''}` }
  }
}

/** Whether a Content-Type is `expected`, in UTF-8 if it says so, in any case. */
export const isMediaType = (header: string, expected: string): boolean => {
  if (header === expected) return true
  const [type = '', ...parameters] = header.toLowerCase().split(';')
  if (type.trim() !== expected) return false
  return parameters.every((parameter) => {
    const [name = '', value = ''] = parameter.split('=')
    return name.trim() !== 'charset' || /^"?utf-?8"?$/.test(value.trim())
  })
}
