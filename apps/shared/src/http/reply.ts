/** Replies on the wire: JSON, never cached, and a safe way to reply to a body that is not read to its end. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../ports/clock.ts'
import type { ProblemError } from './problem.ts'
import { problemOf } from './problem-body.ts'
import type { Reply } from './route.ts'

const JSON_TYPE = 'application/json'
const PROBLEM_TYPE = 'application/problem+json'

interface Prepared {
  status: number
  headers: Record<string, string | number>
  /** '' for none. */
  text: string
}

const prepare = (status: number, body: unknown, type: string, headers?: Record<string, string>): Prepared => {
  const text = body === undefined ? '' : JSON.stringify(body)
  const all: Record<string, string | number> = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  if (text !== '') all['content-type'] = type
  if (status !== 204) all['content-length'] = Buffer.byteLength(text)
  if (headers) Object.assign(all, headers)
  return { status, headers: all, text }
}

/** Throws if the body is no JSON: before a byte is written. */
export const sendReply = (res: ServerResponse, reply: Reply): void => {
  const { status, headers, text } = prepare(reply.status, reply.body, JSON_TYPE, reply.headers)
  res.writeHead(status, headers)
  res.end(text)
}

const prepareProblem = (error: ProblemError, headers: Record<string, string> = {}): Prepared => {
  if (error.status === 401) headers['www-authenticate'] = 'Bearer'
  if (error.status === 429 || error.status === 503)
    headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterS ?? 1)))
  return prepare(error.status, problemOf(error), PROBLEM_TYPE, headers)
}

export const sendProblem = (res: ServerResponse, error: ProblemError, more?: Record<string, string>): void => {
  const { status, headers, text } = prepareProblem(error, { ...more })
  res.writeHead(status, headers)
  res.end(text)
}

/** How long what a client still sends is read and dropped after the reply: a reset before would take the reply with it. */
const LINGER_MS = 5_000

/**
 * The last reply of a connection whose request is not read to its end: the whole reply goes at once, our side closes, and
 * the rest of the body is dropped until the client has closed too, at most for a while.
 */
export const replyAndClose = (req: IncomingMessage, res: ServerResponse, error: ProblemError, clock: Clock): void => {
  const { status, headers, text } = prepareProblem(error, { connection: 'close' })
  const { socket } = req
  res.writeHead(status, headers)
  // Not `end`: Node would destroy the socket, with the client still sending. (HEAD has no text to write.)
  if (req.method === 'HEAD') res.flushHeaders()
  res.write(text, () => socket.end())
  req.resume()
  const timer = clock.after(LINGER_MS, () => socket.destroy())
  req.once('end', () => socket.destroySoon())
  socket.once('close', () => timer.cancel())
}
