/**
 * A foreign client, written from the wire contract alone: it imports nothing of ours, so a mistake in our schemas cannot
 * hide itself here.
 */
import { Agent, request } from 'node:http'

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  body: Json
}
// The shapes under test are looked at, not assumed: a wrong one must fail at run time, as it would for a foreign client.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Json = any

export interface Target {
  /** Where the product listens now; a restart may move it. */
  url: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/** One call; rejects only when there was no HTTP reply. */
export const call = (
  target: Target,
  method: string,
  path: string,
  options: {
    token?: string
    body?: unknown
    raw?: string | Buffer
    type?: string
    headers?: Record<string, string>
    timeoutMs?: number
  } = {},
): Promise<Reply> => {
  const url = new URL(target.url)
  const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  const headers: Record<string, string> = { ...options.headers }
  const { timeoutMs = 40_000 } = options
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
  if (payload !== undefined) {
    headers['content-type'] ??= options.type ?? 'application/json'
    headers['content-length'] = String(Buffer.byteLength(payload))
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, host: url.hostname, port: url.port, method, path, headers, timeout: timeoutMs },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          let body: unknown = null
          try {
            body = text === '' ? null : JSON.parse(text)
          } catch {
            body = null
          }
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: body as Json })
        })
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no reply to ${method} ${path} in ${timeoutMs} ms`)))
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** mulberry32 (Tommy Ettinger, public domain): small, seeded, good enough to choose test actions. */
export const seeded = (seed: number) => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    below: (n: number) => Math.floor(next() * n),
    chance: (p: number) => next() < p,
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  }
}
export type Seeded = ReturnType<typeof seeded>

/** Calls again until there is a reply that is not a 5xx or 429: a client on a network that comes and goes. */
export const insist = async (attempt: () => Promise<Reply>, patienceMs = 60_000): Promise<Reply> => {
  const end = Date.now() + patienceMs
  for (;;) {
    try {
      const reply = await attempt()
      if (reply.status < 500 && reply.status !== 429) return reply
      if (Date.now() > end) return reply
    } catch (error) {
      if (Date.now() > end) throw error
    }
    await sleep(100)
  }
}
