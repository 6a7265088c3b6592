/**
 * The WebSocket side of the edge: accepts upgrades on `/live/{quiz_id}`, hands the hello over, and keeps the limits. What a client
 * may send is judged in ws-conduct.ts, what ws finds wrong in ws-socket.ts.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { FRAME_LIMIT_BYTES } from '@quizboard/shared/contracts/frames.ts'
import { clientAddress } from '@quizboard/shared/http/client-address.ts'
import type { RateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { Edge, Entry } from '../app/edge.ts'
import type { Refusal } from '../app/edge-closes.ts'
import { parseHello } from '../app/edge-hello.ts'
import { createConduct } from './ws-conduct.ts'
import { createDeadlines } from './ws-deadline.ts'
import { liveQuizId, refuseUpgrade } from './ws-handshake.ts'
import { createHeartbeat } from './ws-heartbeat.ts'
import { LIVE_DEFAULTS, type LiveSettings } from './ws-settings.ts'
import { LiveSocket } from './ws-socket.ts'

/** What the metrics are told. */
export interface LiveObserver {
  opened(): void
  admitted(role: Entry['role']): void
  /** One that was admitted. */
  left(role: Entry['role']): void
  /** Any that was opened. */
  closed(): void
  refused(refusal: Refusal): void
}

export interface LiveServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  readonly sockets: number
  /** Takes no more sockets, sends all away with 1012, and waits a little until they are gone. */
  stop(): Promise<void>
}

export interface LiveServerDeps {
  edge: Edge
  clock: Clock
  random: Random
  logger: Logger
  observer: LiveObserver
  settings?: Partial<LiveSettings>
  /** By address, shared with REST. */
  wrongTokens?: RateLimiter
  /** As the router's. */
  trustProxy?: boolean | number
}

/** Sockets over the limit are told so, as long as no more than these are being told. */
const REFUSED_MAX = 1_000
/** A stop waits so long for the clients' answers; who reads nothing any more must not hold it up. */
const FAREWELL_MS = 2_000
/** Nobody comes back before it. */
const RETRY_MIN_MS = 500

const newServer = (settings: LiveSettings) => {
  const options: ServerOptions<typeof LiveSocket> & { maxFragments: number; closeTimeout: number } = {
    noServer: true,
    WebSocket: LiveSocket,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: FRAME_LIMIT_BYTES,
    maxFragments: settings.framesPerS,
    closeTimeout: settings.closeMs,
  }
  const server = new WebSocketServer(options)
  server.on('wsClientError', (error, socket, request) => {
    if (request.method !== 'GET') refuseUpgrade(socket, 'method/not_allowed', error.message, { Allow: 'GET' })
    else refuseUpgrade(socket, 'body/not_json', error.message, { 'Sec-WebSocket-Version': '13' })
  })
  return server
}

/** A socket with a wrong token closes with 4401; past the address's limit of wrong tokens with 4429. */
const limitedBy =
  (wrongTokens: RateLimiter | undefined) =>
  (socket: LiveSocket, refusal: Refusal): Refusal => {
    if (refusal.code !== 'auth/invalid' && refusal.code !== 'auth/expired') return refusal
    const taken = wrongTokens?.take(socket.address)
    if (!taken || taken.ok) return refusal
    const retryMs = taken.retryAfterS * 1_000
    return { code: 'rate/limited', detail: 'Too many wrong tokens from this address', retryMs }
  }

/** All sockets that are open or closing, and how many of them have been let in. */
const createRoll = (observer: LiveObserver) => {
  const sockets = new Set<LiveSocket>()
  let admitted = 0
  return {
    sockets,
    get pending() {
      return sockets.size - admitted
    },
    admit(socket: LiveSocket, entry: Entry): void {
      socket.phase = 'live'
      socket.entry = entry
      admitted++
      observer.admitted(entry.role)
    },
    letGo(socket: LiveSocket): void {
      if (!socket.entry) return
      admitted--
      socket.entry.leave()
      observer.left(socket.entry.role)
      socket.entry = undefined
    },
  }
}

export const createLiveServer = (deps: LiveServerDeps): LiveServer => {
  const { edge, clock, random, logger, observer, trustProxy = false } = deps
  const settings: LiveSettings = { ...LIVE_DEFAULTS, ...deps.settings }
  const server = newServer(settings)
  const roll = createRoll(observer)
  const { sockets } = roll
  const limited = limitedBy(deps.wrongTokens)
  const heartbeat = createHeartbeat(clock, settings.pingIntervalMs)
  const hellos = createDeadlines(clock, settings.helloMs, (socket) =>
    socket.refuse({ code: 'hello/timeout', detail: `No hello came within ${settings.helloMs / 1000} s` }),
  )
  let farewell: Promise<void> | undefined
  let onEmpty = () => {}

  const judge = async (socket: LiveSocket, text: string): Promise<void> => {
    hellos.delete(socket)
    const parsed = parseHello(text)
    if (!parsed.ok) return conduct.refuseSoon(socket, parsed.refusal)
    try {
      const admission = await edge.admit(socket.quizId, parsed.hello, socket, () => socket.phase !== 'judged')
      if (!admission) return
      if (!admission.ok) socket.refuse(limited(socket, admission.refusal))
      else if (socket.phase === 'judged') roll.admit(socket, admission.entry)
      else admission.entry.leave()
    } catch (err) {
      logger.error({ err }, 'a hello could not be judged')
      socket.refuse({ code: 'service/failed', detail: 'An error of ours' })
    }
  }
  const conduct = createConduct({
    clock,
    framesPerS: settings.framesPerS,
    onFirst: judge,
    letGo: (socket) => {
      hellos.delete(socket)
      roll.letGo(socket)
    },
  })
  const owner = {
    refused(socket: LiveSocket, refusal: Refusal): void {
      hellos.delete(socket)
      roll.letGo(socket)
      observer.refused(refusal)
    },
  }
  function onClose(this: WebSocket): void {
    const socket = this as LiveSocket
    socket.phase = 'over'
    hellos.delete(socket)
    roll.letGo(socket)
    heartbeat.remove(socket)
    sockets.delete(socket)
    observer.closed()
    if (sockets.size === 0) onEmpty()
  }
  /** ws ends the connection by itself. */
  const onError = () => {}

  /** The more have to come back, the longer it may take. */
  const retryMs = () =>
    Math.round(RETRY_MIN_MS + random.next() * Math.min(settings.retrySpreadMs, Math.max(1_000, sockets.size)))

  const begin = (socket: LiveSocket, raw: Duplex, quizId: string, address: string): void => {
    socket.begin(raw, owner)
    socket.quizId = quizId
    socket.address = address
    conduct.begin(socket)
    socket.on('close', onClose).on('error', onError)
    sockets.add(socket)
    heartbeat.add(socket)
    observer.opened()
    if (sockets.size > settings.socketsMax || roll.pending > settings.pendingMax) {
      socket.refuse({ code: 'service/full', detail: 'No room for another socket here', retryMs: retryMs() })
    } else hellos.add(socket)
  }

  const sayFarewell = async (): Promise<void> => {
    const detail = 'This server restarts; come back after retry_ms'
    for (const socket of [...sockets]) socket.refuse({ code: 'service/restarting', detail, retryMs: retryMs() })
    if (sockets.size > 0) {
      await new Promise<void>((resolve) => {
        const limit = clock.after(FAREWELL_MS, resolve)
        onEmpty = () => {
          limit.cancel()
          resolve()
        }
      })
    }
    for (const socket of sockets) socket.terminate()
    hellos.stop()
    heartbeat.stop()
  }

  return {
    get sockets() {
      return sockets.size
    },
    upgrade(request, socket, head) {
      const quizId = liveQuizId(request.url ?? '')
      if (quizId === undefined) refuseUpgrade(socket, 'route/unknown', 'Live sockets are at /live/{quiz_id}')
      else if (farewell || sockets.size >= settings.socketsMax + REFUSED_MAX) {
        refuseUpgrade(socket, 'service/unavailable', 'No sockets are taken at the moment', { 'Retry-After': '1' })
      } else {
        const address = clientAddress(request, trustProxy)
        server.handleUpgrade(request, socket, head, (opened) => begin(opened, socket, quizId, address))
      }
    },
    stop() {
      farewell ??= sayFarewell()
      return farewell
    },
  }
}
