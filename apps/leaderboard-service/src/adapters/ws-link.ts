/** What both ends of a link between replicas do: notice that the other one is silent, and never queue without end. */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { WebSocket } from 'ws'

export const FEED_PATH = '/internal/v1/feed'

/** Between two pings. */
const PING_MS = 1_000
/** Nothing heard for so long: the other end is stalled, or the network between us is cut. */
const SILENT_MS = 3_000
/** Not taken by the network yet: the other end is too slow for what it follows. */
const BACKLOG_MAX_BYTES = 64 * 1024 * 1024

/** Watches an open socket until it closes; `terminate` is how a bad one ends. */
export const watchLink = (socket: WebSocket, clock: Clock): void => {
  let heardAt = clock.monotonic()
  let timer: Timer
  const heard = () => {
    heardAt = clock.monotonic()
  }
  const look = () => {
    const isSilent = clock.monotonic() - heardAt > SILENT_MS
    if (isSilent || socket.bufferedAmount > BACKLOG_MAX_BYTES) return socket.terminate()
    socket.ping()
    timer = clock.after(PING_MS, look)
  }
  timer = clock.after(PING_MS, look)
  socket.on('message', heard)
  socket.on('pong', heard)
  socket.on('ping', heard)
  socket.once('close', () => timer.cancel())
}
