/**
 * The one HTTP port: `/live` and `/api/v1/leaderboards` go to the leaderboard-service, `/api/v1/answers` to the answer-service, the rest of
 * `/api/v1` to the quiz-service, everything else to the web pages. In a cluster an ingress does the same by prefix.
 *
 * It listens before anything else is started, so that a taken port harms nothing, and answers 503 until `open` is called.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { handleHealth } from '@quizboard/shared/http/admin.ts'
import { hardenServer, SERVER_OPTIONS } from '@quizboard/shared/http/harden.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { listen } from './listen.ts'
import { createPages, pathOf } from './pages.ts'
import { NOT_READY, noRoute, sendProblem, sendRawProblem } from './problems.ts'
import { setApiHeaders } from './security-headers.ts'
import type { WebFiles } from './web-files.ts'

export interface GatewayOptions {
  port: number
  /** Address to listen on; empty: all. */
  host: string
  /** Past it, new connections are refused. */
  connectionsLimit: number
  /** Browsers reach us by HTTPS, through a proxy. */
  https: boolean
  web: WebFiles
  logger: Logger
}

/** What a path prefix leads to. */
export interface Backend {
  prefixes: readonly string[]
  handle: RequestListener
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface Gateway {
  /** The real port, also when 0 was asked for. */
  port: number
  /** Where programs on this machine reach it. */
  url: string
  /** From now on requests reach the backends. */
  open(backends: readonly Backend[]): void
  /** `/readyz` is 200 while this gives nothing. */
  readiness(unready: () => readonly string[]): void
  /** Takes no new connection and no new request; resolves once the replies under way are sent, at most after `limitMs`. */
  drain(limitMs: number): Promise<void>
  /** Ends every connection that is left. */
  close(): Promise<void>
}

/** Without any byte either way: a client that does not read its reply. WebSockets end this limit. */
const IDLE_MS = 120_000

/** What createServer takes; types of Node before 24.9 do not know the last one. */
const SERVER = {
  ...SERVER_OPTIONS,
  // Only WebSockets are upgraded; an offer of h2c is an ordinary request.
  shouldUpgradeCallback: ({ headers }: IncomingMessage) => /^websocket$/i.test(headers.upgrade ?? ''),
}

export const openGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { logger } = options
  const servePage = createPages(options)
  let backends: readonly Backend[] = []
  let unready: () => readonly string[] = () => ['starting']
  let isOpen = false
  const replies = createReplies()

  const backendOf = (path: string) => backends.find(({ prefixes }) => prefixes.some((prefix) => isBelow(path, prefix)))

  const onRequest: RequestListener = (request, response) => {
    const path = pathOf(request.url)
    if (handleHealth(request, response, () => unready())) return
    if (isBelow(path, '/api/v1') || isBelow(path, '/live')) {
      setApiHeaders(response)
      if (!isOpen) return sendProblem(response, NOT_READY)
      const backend = backendOf(path)
      if (!backend) return sendProblem(response, noRoute(path))
      replies.add(response)
      return backend.handle(request, response)
    }
    return servePage(request, response, path)
  }

  const server = createServer(SERVER, onRequest)
  hardenServer(server)
  server.timeout = IDLE_MS
  server.maxConnections = options.connectionsLimit
  const sockets = socketsOf(server)
  server.on('upgrade', (request, socket, head) => {
    const path = pathOf(request.url)
    const backend = isOpen ? backendOf(path) : undefined
    if (backend?.upgrade) return backend.upgrade(request, socket, head)
    sendRawProblem(socket, isOpen || !isBelow(path, '/live') ? noRoute(path) : NOT_READY)
  })
  const port = await listen(server, options)
  server.on('error', (error) => logger.error({ err: error }, 'the HTTP server failed'))
  return {
    port,
    url: `http://${localHost(options.host)}:${port}`,
    open: (given) => {
      backends = given
      isOpen = true
    },
    readiness: (given) => {
      unready = given
    },
    drain: (limitMs) => {
      isOpen = false
      server.close()
      server.closeIdleConnections()
      return replies.sent(limitMs)
    },
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      if (sockets.size > 0) await new Promise((resolve) => server.once('close', resolve))
    },
  }
}

/** The replies under way. */
const createReplies = () => {
  let underWay = 0
  let onSent = () => {}
  const done = () => {
    underWay--
    if (underWay === 0) onSent()
  }
  return {
    add(response: ServerResponse): void {
      underWay++
      response.once('close', done)
    },
    /** Resolves once all are sent, at most after `limitMs`. */
    async sent(limitMs: number): Promise<void> {
      if (underWay === 0) return
      await new Promise<void>((resolve) => {
        onSent = resolve
        setTimeout(resolve, limitMs).unref()
      })
    },
  }
}

/** Every open socket: the server itself forgets those that became WebSockets. */
const socketsOf = (server: Server): ReadonlySet<Socket> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

const localHost = (host: string) =>
  host === '' || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host

const isBelow = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`)
