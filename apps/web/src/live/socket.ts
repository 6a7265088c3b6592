/**
 * Keeps one screen in step with `/live/{quiz_id}`: connects, says hello with the newest (epoch, version) it has seen, and
 * comes back after every loss with a growing, jittered wait. All effects are arguments, so that tests own the time.
 */
import type { ErrorFrame, HelloFrame, ServerFrame } from '@quizboard/shared/contracts/frames.ts'
import { backoffMs } from '../lib/backoff.ts'
import { finalReason, leastWaitMs } from './codes.ts'
import { applyFrame, initialState, type LiveState, seen } from './state.ts'

export interface SocketLike {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface LiveOptions {
  connect(): SocketLike
  token?: string | undefined
  /** How many standings to ask for, 1–100. */
  top: number
  now(): number
  random(): number
  setTimer(run: () => void, ms: number): unknown
  clearTimer(timer: unknown): void
}

export interface LiveClient {
  getState(): LiveState
  subscribe(listener: () => void): () => void
  start(): void
  stop(): void
  /** The page is looked at again, or the network is back: do not wait any longer. `afterMs`: how long it slept. */
  wake(afterMs: number): void
  /** What came last may be stale: drop the connection and fetch everything again. */
  reconnect(): void
}

/** No frame for this long after connecting counts as a loss. */
const CONNECT_LIMIT_MS = 10_000
/** A connection that held this long starts the waits anew. */
const STEADY_MS = 5_000
/** Phones cut connections of sleeping pages without telling them: after such a sleep none is trusted. */
const SLEEP_MS = 20_000

export const createLiveClient = (options: LiveOptions): LiveClient => {
  let state = initialState
  let socket: SocketLike | undefined
  let lastError: ErrorFrame | undefined
  let attempt = 0
  let running = false
  let retryTimer: unknown
  let limitTimer: unknown
  let steadyTimer: unknown
  const listeners = new Set<() => void>()

  const setState = (next: LiveState) => {
    if (next === state) return
    state = next
    for (const listener of listeners) listener()
  }

  const clearTimers = () => {
    for (const timer of [retryTimer, limitTimer, steadyTimer]) options.clearTimer(timer)
  }

  const detach = () => {
    clearTimers()
    if (!socket) return
    socket.onopen = null
    socket.onmessage = null
    socket.onclose = null
    socket.close()
    socket = undefined
  }

  const open = () => {
    detach()
    lastError = undefined
    if (state.link.status !== 'live') setState({ ...state, link: { status: 'connecting' } })
    const opened = options.connect()
    socket = opened
    opened.onopen = () => opened.send(JSON.stringify(hello()))
    opened.onmessage = ({ data }) => receive(data)
    opened.onclose = ({ code }) => lost(code)
    limitTimer = options.setTimer(() => lost(1006), CONNECT_LIMIT_MS)
  }

  const hello = (): HelloFrame => {
    const last = seen(state)
    return {
      type: 'hello',
      top: options.top,
      ...(options.token !== undefined && { token: options.token }),
      ...(last && { epoch: last.epoch, version: last.version }),
    }
  }

  const receive = (data: unknown) => {
    const frame = parseFrame(data)
    if (!frame) return
    if (frame.type === 'error') {
      lastError = frame
      return
    }
    options.clearTimer(limitTimer)
    if (state.link.status !== 'live') {
      state = { ...state, link: { status: 'live' } }
      steadyTimer = options.setTimer(() => {
        attempt = 0
      }, STEADY_MS)
    }
    setState(applyFrame(state, frame, options.now()))
  }

  const lost = (code: number) => {
    const error = lastError
    detach()
    const reason = finalReason(code)
    if (reason !== undefined) {
      running = false
      setState({ ...state, link: { status: 'ended', code, reason } })
      return
    }
    // `retry_ms` is spread over the clients already; the jitter of the wait comes on top.
    const wait = Math.max(backoffMs(attempt, options.random), leastWaitMs(code, error))
    attempt++
    retryTimer = options.setTimer(open, wait)
    setState({ ...state, link: { status: 'waiting', retryAt: options.now() + wait } })
  }

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: () => {
      if (running) return
      running = true
      open()
    },
    stop: () => {
      running = false
      detach()
    },
    wake: (afterMs) => {
      if (!running) return
      if (state.link.status === 'waiting' || (state.link.status === 'live' && afterMs >= SLEEP_MS)) {
        attempt = 0
        open()
      }
    },
    reconnect: () => {
      if (running && state.link.status === 'live') open()
    },
  }
}

const KINDS = new Set(['quiz', 'leaderboard', 'you', 'error'])

/** Frames of kinds that are not known yet are nobody's fault. */
const parseFrame = (data: unknown): ServerFrame | undefined => {
  if (typeof data !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(data)
    if (typeof value !== 'object' || value === null || !('type' in value)) return undefined
    return typeof value.type === 'string' && KINDS.has(value.type) ? (value as ServerFrame) : undefined
  } catch {
    return undefined
  }
}
