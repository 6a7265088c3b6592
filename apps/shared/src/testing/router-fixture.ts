import { once } from 'node:events'
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, expect } from 'vitest'
import { z } from 'zod'
import { createSigner, createVerifier, generateKey } from '../auth/tokens.ts'
import { hardenServer, SERVER_OPTIONS, type ServerTimes } from '../http/harden.ts'
import { ProblemError } from '../http/problem.ts'
import { type Call, type Reply, type Route, route } from '../http/route.ts'
import { createRouter, type RouterLimits } from '../http/router.ts'
import { queryInt } from '../http/validate.ts'
import { createLogger } from '../kit/logger.ts'
import { createTestMetrics, type Metrics } from '../kit/metrics.ts'
import { systemClock } from '../kit/system.ts'

/** A router with a route of each kind on a real server, and a client for it. Servers close after the tests of a file. */

export const HOST = 'the-host-token-of-this-test'
const findQuiz = async (params: Record<string, string>) => {
  if (params.quiz_id?.toLowerCase() !== 'quiz') throw new ProblemError('quiz/unknown', 'No such quiz')
  return { canonical: 'QUIZ' }
}
const echo = async ({ params, query, body, caller, resource }: Call): Promise<Reply> => ({
  status: 200,
  body: { params, query, body: body ?? null, caller: caller ?? null, resource: resource ?? null },
})
const deckBody = z.strictObject({ title: z.string() })
const answerBody = z.object({ answer: z.string() })

const base = { summary: '', replies: {} }
const ROUTES: Route[] = [
  route({ ...base, method: 'GET', path: '/quizzes/:quiz_id', auth: 'none', resource: findQuiz, handle: echo }),
  route({
    ...base,
    method: 'POST',
    path: '/quizzes/:quiz_id/open',
    auth: 'host',
    resource: findQuiz,
    body: { schema: z.strictObject({ position: z.int().optional() }), optional: true },
    handle: echo,
  }),
  route({
    ...base,
    method: 'POST',
    path: '/answers/:quiz_id',
    auth: 'player',
    resource: findQuiz,
    body: {
      schema: answerBody,
      limitBytes: 1_000,
      before: async (raw) =>
        typeof raw === 'object' && raw !== null && 'again' in raw ? { status: 200, body: 'first' } : undefined,
    },
    handle: echo,
  }),
  route({
    ...base,
    method: 'GET',
    path: '/answers/:quiz_id',
    auth: 'member',
    resource: findQuiz,
    query: z.object({ limit: queryInt({ min: 1, max: 1_000, default: 100 }) }),
    handle: echo,
  }),
  route({ ...base, method: 'POST', path: '/decks', auth: 'host', body: { schema: deckBody }, handle: echo }),
  route({
    ...base,
    method: 'GET',
    path: '/decks/:deck_id',
    auth: 'host',
    handle: async ({ params }) => ({ status: 200, body: params, headers: { etag: '"1"' } }),
  }),
  route({ ...base, method: 'DELETE', path: '/decks/:deck_id', auth: 'host', handle: async () => ({ status: 204 }) }),
  route({
    ...base,
    method: 'POST',
    path: '/decks/import',
    auth: 'host',
    body: { schema: z.string(), type: 'text/csv' },
    query: z.object({ size: queryInt({ min: 1, max: 9, default: 5 }) }),
    handle: echo,
  }),
  route({
    ...base,
    method: 'GET',
    path: '/fails/:how',
    auth: 'none',
    handle: async ({ params }) => {
      if (params.how === 'busy') throw new ProblemError('service/unavailable', 'Later', { retryAfterS: 2.2 })
      if (params.how === 'bigint') return { status: 200, body: { n: 1n } }
      throw new Error('the database password is hunter2')
    },
  }),
]

export interface Product {
  call(method: string, path: string, sent?: Sent): Promise<Got>
  port: number
  metrics: Metrics
  logs: string[]
}
const signer = createSigner({ privateJwk: await generateKey(), clock: systemClock })
/** A player's token. */
export const tokenOf = (user_id: string, quiz_id: string): Promise<string> =>
  signer.player({ user_id, quiz_id, issued_at_ms: systemClock.now() })

const servers: Server[] = []
export const startRouter = async (
  limits: RouterLimits = {},
  trustProxy: boolean | number = false,
  times: ServerTimes = {},
): Promise<Product> => {
  const logs: string[] = []
  const metrics = createTestMetrics()
  const router = createRouter({
    routes: ROUTES,
    verifier: createVerifier({ jwks: signer.publicJwks, hostToken: HOST, clock: systemClock }),
    clock: systemClock,
    logger: createLogger({ name: 'test', level: 'info', destination: { write: (line: string) => logs.push(line) } }),
    metrics,
    limits,
    trustProxy,
  })
  const server = createServer({ ...SERVER_OPTIONS, connectionsCheckingInterval: 100 }, (req, res) =>
    router(req as never, res as never, () => {}),
  )
  hardenServer(server, times)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  const { port } = server.address() as AddressInfo
  return { port, metrics, logs, call: (method, path, sent = {}) => send(port, method, path, sent) }
}

const agent = new Agent({ keepAlive: true })
afterAll(() => {
  agent.destroy()
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})

export interface Got {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** Of a JSON object; null for anything else. */
  body: Record<string, unknown> | null
}
export interface Sent {
  token?: string
  raw?: string | Buffer
  type?: string
  headers?: Record<string, string>
}
const send = (port: number, method: string, path: string, sent: Sent): Promise<Got> =>
  new Promise((resolve, reject) => {
    const headers: Record<string, string> = { ...sent.headers }
    if (sent.token) headers.authorization = `Bearer ${sent.token}`
    if (sent.type) headers['content-type'] = sent.type
    if (sent.raw !== undefined) headers['content-length'] = String(Buffer.byteLength(sent.raw))
    const outgoing = request({ agent, port, method, path, headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk) => chunks.push(chunk))
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const body = text.startsWith('{') ? JSON.parse(text) : null
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(sent.raw)
  })
export const JSON_TYPE = 'application/json'
export const json = (value: unknown): Sent => ({ raw: JSON.stringify(value), type: JSON_TYPE })

export const isProblem = (got: Got, status: number, code: string) => {
  expect({ status: got.status, code: got.body?.code, detail: got.body?.detail }).toMatchObject({ status, code })
  expect(got.headers['content-type']).toBe('application/problem+json')
  expect(got.body).toMatchObject({ type: `urn:quizboard:${code}`, status, title: expect.any(String) })
  if (status === 401) expect(got.headers['www-authenticate']).toBe('Bearer')
}

/** Sends bytes and gives what came back until the other side has closed. */
export const raw = (port: number, parts: (string | number)[]): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
    socket.on('end', () => socket.end())
    const send = async () => {
      for (const part of parts) {
        if (typeof part === 'number') await systemClock.sleep(part)
        else if (socket.writable) socket.write(part)
      }
    }
    void send()
  })
/** The head of a raw request. */
export const post = (path: string, headers: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`
