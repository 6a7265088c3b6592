/** Calls to the internal port of our other services and replicas. */
import type { z } from 'zod'
import type { Clock } from '../ports/clock.ts'

/** The peer answered, and it was no 2xx. */
export class InternalRefusal extends Error {
  readonly status: number
  constructor(status: number, detail: string) {
    super(detail)
    this.name = 'InternalRefusal'
    this.status = status
  }
}

export interface InternalRequest {
  method: 'GET' | 'POST'
  /** Below the base, with the ids in it already encoded. */
  path: string
  body?: unknown
  /** For one attempt, milliseconds. */
  timeoutMs: number
}

/** One attempt at one peer; gives the parsed body, undefined for none. Rejects with InternalRefusal for any other than a 2xx. */
export const callInternal = async (base: string, secret: string, request: InternalRequest): Promise<unknown> => {
  const { method, path, body, timeoutMs } = request
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${secret}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await response.text()
  if (!response.ok)
    throw new InternalRefusal(response.status, `${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
  return text === '' ? undefined : JSON.parse(text)
}

export interface InternalClient {
  /**
   * Tries one address after the other, and again from the first, until one answers with a 2xx, for `limitMs` at most; then
   * rejects with the last error. The request must bear repetition.
   */
  insist<T>(request: InternalRequest & { limitMs: number }, reply: z.ZodType<T>): Promise<T>
}

const PAUSE_MS = 100

/** `urls`: of the service; each may lead to any of its replicas. */
export const createInternalClient = (options: {
  urls: readonly string[]
  secret: string
  clock: Clock
}): InternalClient => {
  const { urls, secret, clock } = options
  let turn = 0
  return {
    async insist({ limitMs, ...request }, reply) {
      const end = clock.monotonic() + limitMs
      for (;;) {
        const base = urls[turn++ % urls.length] ?? ''
        try {
          return reply.parse(await callInternal(base, secret, request))
        } catch (error) {
          // What is wrong with the request will be so everywhere.
          if (error instanceof InternalRefusal && error.status >= 400 && error.status < 500) throw error
          if (clock.monotonic() >= end) throw error
        }
        await clock.sleep(PAUSE_MS)
      }
    },
  }
}
