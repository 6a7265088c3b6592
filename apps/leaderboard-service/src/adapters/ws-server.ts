/**
 * The WebSocket side of the edge: accepts upgrades on `/live/{quiz_id}`, hands the hello over, and ends what misbehaves.
 * The contract's close table is kept here and in ws-socket.ts.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { FRAME_LIMIT_BYTES } from '@quizboard/shared/contracts/frames.ts'
import { clientAddress } from '@quizboard/shared/http/client-address.ts'
import type { RateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { Edge, Entry } from '../app/edge.ts'
import type { Refusal } from '../app/edge-closes.ts'
import { parseHello } from '../app/edge-hello.ts'
import { createFrameRate } from './ws-flood.ts'
import { liveQuizId, refuseUpgrade } from './ws-handshake.ts'
import { createHeartbeat } from './ws-heartbeat.ts'
import { LiveSocket } from './ws-socket.ts'

export interface LiveSettings {
  /** Sockets of this replica. */
  socketsMax: number
  /** Those among them that have not been let in yet. */
  pendingMax: number
  helloMs: number
  pingIntervalMs: number
  framesPerS: number
  /** How long a client may take to answer a close; then the connection is cut. */
  closeMs: number
  /** After a restart clients come back over this time at most. */
  retrySpreadMs: number
}

export const LIVE_DEFAULTS: LiveSettings = {
  socketsMax: 20_000,
  pendingMax: 10_000,
  helloMs: 10_000,
  pingIntervalMs: 30_000,
  framesPerS: 20,
  closeMs: 5_000,
  retrySpreadMs: 10_000,
}

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
  /** Takes no more sockets, sends all away with 1012, and waits until they are gone, at most `closeMs`. */
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
/** A surplus frame may be the first of many: how long to see whether it is a flood, milliseconds. */
const SETTLE_MS = 50

export const createLiveServer = (deps: LiveServerDeps): LiveServer => {
  const { edge, clock, random, logger, observer, wrongTokens, trustProxy = false } = deps
  const settings: LiveSettings = { ...LIVE_DEFAULTS, ...deps.settings }
  const sockets = new Set<LiveSocket>()
  /** In the order of their `helloDue`. */
  const silent = new Set<LiveSocket>()
  const heartbeat = createHeartbeat(clock, settings.pingIntervalMs)
  let live = 0
  let stopping = false
  let helloTimer: Timer | undefined
  let onEmpty = () => {}

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

  const letGo = (socket: LiveSocket): void => {
    silent.delete(socket)
    if (!socket.entry) return
    live--
    socket.entry.leave()
    observer.left(socket.entry.role)
    socket.entry = undefined
  }
  const owner = {
    refused(socket: LiveSocket, refusal: Refusal): void {
      letGo(socket)
      observer.refused(refusal)
    },
  }

  /** The socket hears nothing more from now on; the close comes when it is clear that this is not a flood. */
  const refuseSoon = (socket: LiveSocket, refusal: Refusal): void => {
    socket.phase = 'over'
    letGo(socket)
    clock.after(SETTLE_MS, () => socket.refuse(refusal))
  }

  const isFlood = (socket: LiveSocket): boolean => {
    socket.rate ??= createFrameRate(settings.framesPerS)
    if (!socket.rate.exceeds(clock.monotonic())) return false
    socket.refuse({ code: 'rate/limited', detail: `More than ${settings.framesPerS} frames within a second` })
    return true
  }

  const judge = async (socket: LiveSocket, text: string): Promise<void> => {
    const parsed = parseHello(text)
    if (!parsed.ok) return refuseSoon(socket, parsed.refusal)
    try {
      const admission = await edge.admit(socket.quizId, parsed.hello, socket, () => socket.phase !== 'judged')
      if (!admission) return
      if (!admission.ok) return socket.refuse(limited(socket, admission.refusal))
      if (socket.phase !== 'judged') return admission.entry.leave()
      socket.phase = 'live'
      socket.entry = admission.entry
      live++
      observer.admitted(admission.entry.role)
    } catch (err) {
      logger.error({ err }, 'a hello could not be judged')
      socket.refuse({ code: 'service/failed', detail: 'An error of ours' })
    }
  }

  const limited = (socket: LiveSocket, refusal: Refusal): Refusal => {
    if (refusal.code !== 'auth/invalid' && refusal.code !== 'auth/expired') return refusal
    const taken = wrongTokens?.take(socket.address)
    if (!taken || taken.ok) return refusal
    const retryMs = taken.retryAfterS * 1_000
    return { code: 'rate/limited', detail: 'Too many wrong tokens from this address', retryMs }
  }

  // One function each for all sockets: a closure for each of 20,000 would be megabytes. The server makes LiveSockets only.
  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const socket = this as LiveSocket
    if (socket.phase === 'silent' && !isBinary) {
      silent.delete(socket)
      socket.phase = 'judged'
      void judge(socket, data.toString())
      return
    }
    if (isFlood(socket) || socket.phase === 'over') return
    if (isBinary) refuseSoon(socket, { code: 'frame/binary', detail: 'Frames are text' })
    else refuseSoon(socket, { code: 'frame/unexpected', detail: 'After the hello a client sends nothing' })
  }
  function onPing(this: WebSocket): void {
    isFlood(this as LiveSocket)
  }
  function onPong(this: WebSocket): void {
    const socket = this as LiveSocket
    // The answer to a ping of ours is no frame too many.
    if (socket.pinged) socket.pinged = false
    else isFlood(socket)
  }
  function onClose(this: WebSocket): void {
    const socket = this as LiveSocket
    socket.phase = 'over'
    letGo(socket)
    heartbeat.remove(socket)
    sockets.delete(socket)
    observer.closed()
    if (sockets.size === 0) onEmpty()
  }
  /** ws ends the connection by itself. */
  const onError = () => {}

  const scheduleHello = (): void => {
    const [first] = silent
    if (!first || helloTimer) return
    helloTimer = clock.after(Math.max(0, Math.ceil(first.helloDue - clock.monotonic())), () => {
      helloTimer = undefined
      const now = clock.monotonic()
      for (const socket of silent) {
        if (socket.helloDue > now) break
        socket.refuse({ code: 'hello/timeout', detail: `No hello came within ${settings.helloMs / 1000} s` })
      }
      scheduleHello()
    })
  }

  const begin = (socket: LiveSocket, raw: Duplex, quizId: string, address: string): void => {
    socket.begin(raw, owner)
    socket.quizId = quizId
    socket.address = address
    socket.helloDue = clock.monotonic() + settings.helloMs
    socket.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('close', onClose).on('error', onError)
    sockets.add(socket)
    heartbeat.add(socket)
    observer.opened()
    if (sockets.size > settings.socketsMax || sockets.size - live > settings.pendingMax) {
      socket.refuse({ code: 'service/full', detail: 'No room for another socket here', retryMs: retryMs() })
      return
    }
    silent.add(socket)
    scheduleHello()
  }

  const retryMs = () =>
    Math.round(500 + random.next() * Math.min(settings.retrySpreadMs, Math.max(1_000, sockets.size)))

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const quizId = liveQuizId(request.url ?? '')
    if (quizId === undefined) refuseUpgrade(socket, 'route/unknown', 'Live sockets are at /live/{quiz_id}')
    else if (stopping || sockets.size >= settings.socketsMax + REFUSED_MAX) {
      refuseUpgrade(socket, 'service/unavailable', 'No sockets are taken at the moment', { 'Retry-After': '1' })
    } else {
      const address = clientAddress(request, trustProxy)
      server.handleUpgrade(request, socket, head, (opened) => begin(opened, socket, quizId, address))
    }
  }

  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    helloTimer?.cancel()
    const emptied = new Promise<void>((resolve) => {
      onEmpty = resolve
    })
    const detail = 'This server restarts; come back after retry_ms'
    for (const socket of [...sockets]) socket.refuse({ code: 'service/restarting', detail, retryMs: retryMs() })
    if (sockets.size > 0) {
      const cut = clock.after(settings.closeMs, onEmpty)
      await emptied
      cut.cancel()
    }
    for (const socket of sockets) socket.terminate()
    heartbeat.stop()
  }

  return {
    upgrade,
    get sockets() {
      return sockets.size
    },
    stop,
  }
}
