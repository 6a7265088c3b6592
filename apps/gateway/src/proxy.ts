/** Hands requests and sockets below some path prefixes on to a service. */
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type EdgeProblem, sendProblem, sendRawProblem } from '@quizboard/shared/http/edge-problems.ts'
import type { Backend } from '@quizboard/shared/http/front-server.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { createProxyServer } from 'httpxy'
import type { Upstream } from './upstream.ts'

export interface ProxyOptions {
  prefixes: readonly string[]
  /** For people who read an error. */
  service: string
  upstream: Upstream
  /** How many proxies in front of this one tell the client's address. */
  trustedProxies: number
  logger: Logger
  /** A client was told that the service is away, or that half a reply was all there is. */
  onUnavailable(): void
}

/** More than the slowest reply of a service: a close waits for its answer-services. */
const REPLY_MS = 60_000
const UPGRADE_MS = 10_000

export const createProxyBackend = (options: ProxyOptions): Backend => {
  const { prefixes, service, upstream, trustedProxies, logger, onUnavailable } = options
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: 10_000, maxFreeSockets: 256, timeout: 30_000 })
  const proxy = createProxyServer({ proxyTimeout: REPLY_MS })
  // A service that is leaving closes its connection to us; the client's one to us is none of its business.
  proxy.on('proxyRes', ({ headers }, _, response) => {
    const own = response.getHeader('connection')
    if (typeof own === 'string') headers.connection = own
    else delete headers.connection
  })
  const sockets = createProxyServer({ upgradeTimeout: UPGRADE_MS })
  const targets = new WeakMap<IncomingMessage, string>()
  const away: EdgeProblem = {
    code: 'service/unavailable',
    detail: `The ${service} is not to be reached at this moment`,
    headers: { 'Retry-After': '1' },
  }
  const refuse = (response: ServerResponse) => {
    onUnavailable()
    sendProblem(response, away)
  }
  const refuseRaw = (socket: Socket) => {
    onUnavailable()
    sendRawProblem(socket, away)
  }
  const failed = (err: unknown, url: string | undefined) => {
    logger.debug({ err, url }, 'a request could not be handed on')
    if (url !== undefined && NOT_THERE.has(codeOf(err))) upstream.failed(url)
  }
  // Told before the library ends the client's socket: a moment later nothing can be said any more.
  sockets.on('error', (err, request, socket) => {
    failed(err, request && targets.get(request))
    const isUpgraded = (socket as Socket).bytesWritten > 0
    if (!isUpgraded && !(socket as Socket).destroyed) refuseRaw(socket as Socket)
  })
  return {
    prefixes,
    handle(request, response) {
      const url = upstream.next()
      if (url === undefined) return refuse(response)
      const headers = forwarded(request, trustedProxies)
      proxy.web(request, response, { target: url, agent, headers }).catch((err: unknown) => {
        failed(err, url)
        // Half a reply cannot be taken back: the client must see that it is not whole.
        if (response.headersSent) {
          // A client that has gone away is no fault of the service.
          if (!response.destroyed) onUnavailable()
          response.destroy()
        } else if (!response.destroyed) refuse(response)
      })
    },
    upgrade(request, socket, head) {
      const url = upstream.next()
      if (url === undefined) return refuseRaw(socket as Socket)
      const headers = forwarded(request, trustedProxies)
      targets.set(request, url)
      void sockets.ws(request, socket as Socket, { target: url, headers }, head)
    },
  }
}

const NOT_THERE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'])
const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? '')

/** What the service is told of the client. The client's own claim counts only behind proxies of ours. */
const forwarded = (request: IncomingMessage, trustedProxies: number): Record<string, string> => {
  const peer = request.socket.remoteAddress ?? ''
  const before = trustedProxies > 0 ? request.headers['x-forwarded-for'] : undefined
  const proto = trustedProxies > 0 ? request.headers['x-forwarded-proto'] : undefined
  return {
    'x-forwarded-for': typeof before === 'string' ? `${before}, ${peer}` : peer,
    'x-forwarded-proto': typeof proto === 'string' ? proto : 'http',
  }
}
