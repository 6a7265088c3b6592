/** An HTTP server with the real live server on it, and clients that keep every frame: for tests. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Verifier } from '@quizboard/shared/auth/tokens.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock, systemRandom } from '@quizboard/shared/kit/system.ts'
import { WebSocket } from 'ws'
import { createEdgeMetrics } from '../adapters/edge-metrics.ts'
import { createLiveServer, type LiveServerDeps } from '../adapters/ws-server.ts'
import type { LiveSettings } from '../adapters/ws-settings.ts'
import { createEdge, type EdgeSettings } from '../app/edge.ts'
import { createRanking } from '../domain/sorted-ranking.ts'
import { createFakeBoardFeed } from './fake-board-feed.ts'

/** `host` is the host; `quiz/user` is a player of it; `expired` has expired; all else is wrong. */
export const fakeVerifier: Verifier = {
  async verify(token) {
    if (token === 'host') return { ok: true, caller: { role: 'host' } }
    if (token === 'expired') return { ok: false, code: 'auth/expired', detail: 'The token has expired' }
    const [quiz_id, user_id] = token.split('/')
    if (quiz_id && user_id) return { ok: true, caller: { role: 'player', quiz_id, user_id } }
    return { ok: false, code: 'auth/invalid', detail: 'It is not a token of ours' }
  },
}

export interface LiveOptions {
  live?: Partial<LiveSettings>
  edge?: Partial<EdgeSettings>
  more?: Partial<LiveServerDeps>
}

export const startLive = async ({ live: settings, edge: edgeSettings, more }: LiveOptions = {}) => {
  const clock = systemClock
  const feed = createFakeBoardFeed(clock)
  const metrics = createTestMetrics()
  const { onTick, observer, watch } = createEdgeMetrics(metrics)
  const edge = createEdge({
    feed,
    verifier: fakeVerifier,
    clock,
    createRanking,
    onTick,
    ...(edgeSettings && { settings: edgeSettings }),
  })
  watch(edge)
  const live = createLiveServer({
    edge,
    clock,
    random: systemRandom,
    logger: silentLogger(),
    observer,
    ...(settings && { settings }),
    ...more,
  })
  const http = createServer((_, response) => response.writeHead(404).end())
  http.on('upgrade', live.upgrade)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    feed,
    edge,
    live,
    metrics,
    port,
    url: `ws://127.0.0.1:${port}`,
    async stop() {
      await live.stop()
      edge.stop()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
export type Live = Awaited<ReturnType<typeof startLive>>

export interface TestFrame {
  type: string
  epoch: number
  version: number
  revision: number
  players: number
  rank: number
  score: number
  code: string
  detail: string
  state: string
  retry_ms?: number
  reset?: boolean
  server_time: string
  question?: Record<string, unknown>
  top: { rank: number; user_id: string; name: string | null; score: number }[]
}

export interface Client {
  socket: WebSocket
  frames: TestFrame[]
  /** Those of one type. */
  of(type: string): TestFrame[]
  /** The close code, once it is closed. */
  closed: Promise<number>
  /** Resolves once `holds` of the frames so far; rejects after 5 s with what came. */
  until(holds: (frames: TestFrame[]) => boolean): Promise<void>
  send(value: unknown): void
}

/** Connects; with `hello`, sends it as soon as the socket is open. */
export const connect = async (url: string, hello?: object): Promise<Client> => {
  const socket = new WebSocket(url)
  const frames: TestFrame[] = []
  const looks = new Set<() => void>()
  socket.on('message', (data, isBinary) => {
    if (isBinary) throw new Error('a binary frame')
    frames.push(JSON.parse(data.toString()) as TestFrame)
    for (const look of looks) look()
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.on('error', () => {})
  const send = (value: unknown) => socket.send(JSON.stringify(value))
  if (hello) send({ type: 'hello', ...hello })
  return {
    socket,
    frames,
    closed,
    send,
    of: (type) => frames.filter((frame) => frame.type === type),
    until: (holds) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          looks.delete(look)
          reject(new Error(`not within 5 s; frames: ${JSON.stringify(frames)}`))
        }, 5_000)
        const look = () => {
          if (!holds(frames)) return
          clearTimeout(timer)
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
  }
}
