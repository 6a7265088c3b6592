/**
 * An HTTP port with backends by path prefix: the one port of the launcher, or the port of a service. It listens before anything
 * else is started, so that a taken port harms nothing, and answers 503 until `open` is called.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from '../kit/logger.ts'
import { handleHealth } from './admin.ts'
import { setApiHeaders } from './api-headers.ts'
import { NOT_READY, noRoute, sendProblem, sendRawProblem } from './edge-problems.ts'
import { hardenServer, SERVER_OPTIONS } from './harden.ts'
import { listen } from './listen.ts'

export interface FrontServerOptions {
  port: number
  /** Address to listen on; empty: all. */
  host: string
  /** The setting that chooses the port, for errors. */
  setting: string
  /** Past it, new connections are refused. */
  connectionsLimit: number
  logger: Logger
  /** Answers what is not below one of API_PREFIXES. Default: 404. */
  fallback?(request: IncomingMessage, response: ServerResponse, path: string): void
}

/** What is below these is never answered by the fallback. */
const API_PREFIXES = ['/api/v1', '/live', '/internal/v1']

/** What a path prefix leads to. */
export interface Backend {
  prefixes: readonly string[]
  handle: RequestListener
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface FrontServer {
  /** The real port, also when 0 was asked for. */
  port: number
  /** Where programs on this machine reach it. */
  url: string
  /** From now on requests reach the backends. */
  open(backends: readonly Backend[]): void
  /** `/readyz` is 200 while this gives nothing. */
  readiness(unready: () => readonly string[]): void
  /** Still serves, and closes each connection after its reply: whoever keeps connections open opens new ones elsewhere. */
  leave(): void
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

export const openFrontServer = async (options: FrontServerOptions): Promise<FrontServer> => {
  const { logger, fallback = notFound } = options
  let backends: readonly Backend[] = []
  let unready: () => readonly string[] = () => ['starting']
  let isOpen = false
  let isLeaving = false
  const replies = createReplies()

  const backendOf = (path: string) => backends.find(({ prefixes }) => prefixes.some((prefix) => isBelow(path, prefix)))

  const onRequest: RequestListener = (request, response) => {
    const path = pathOf(request.url)
    if (isLeaving) response.setHeader('Connection', 'close')
    if (handleHealth(request, response, () => unready())) return
    if (isApi(path)) {
      setApiHeaders(response)
      if (!isOpen) return sendProblem(response, NOT_READY)
      const backend = backendOf(path)
      if (!backend) return sendProblem(response, noRoute(path))
      replies.add(response)
      return backend.handle(request, response)
    }
    return fallback(request, response, path)
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
    sendRawProblem(socket, isOpen || !isApi(path) ? noRoute(path) : NOT_READY)
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
    leave: () => {
      isLeaving = true
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

const isApi = (path: string) => API_PREFIXES.some((prefix) => isBelow(path, prefix))

const notFound = (_: IncomingMessage, response: ServerResponse, path: string): void => {
  setApiHeaders(response)
  sendProblem(response, noRoute(path))
}

/** The path of a request target, whether `/path?query` or `http://host/path`. */
export const pathOf = (target = '/'): string => {
  const path = target.startsWith('/') ? target : target.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  const end = path.search(/[?#]/)
  return (end === -1 ? path : path.slice(0, end)) || '/'
}

const isBelow = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`)
