/** What a client may send: one hello, pings, and not too much. The contract's 4400, 4429 and 1003 are decided here. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { RawData, WebSocket } from 'ws'
import type { Refusal } from '../app/edge-closes.ts'
import { createFrameRate } from './ws-flood.ts'
import type { LiveSocket } from './ws-socket.ts'

export interface Conduct {
  /** Listens to a new socket. */
  begin(socket: LiveSocket): void
  /** The client hears nothing more from now on; the close comes when it is clear that this is not a flood. */
  refuseSoon(socket: LiveSocket, refusal: Refusal): void
}

export interface ConductDeps {
  clock: Clock
  framesPerS: number
  /** The first frame, if it is text. */
  onFirst(socket: LiveSocket, text: string): void
  /** The socket is shown nothing any more. */
  letGo(socket: LiveSocket): void
}

/** A surplus frame may be the first of many: how long to see whether it is a flood, milliseconds. */
const SETTLE_MS = 50

export const createConduct = ({ clock, framesPerS, onFirst, letGo }: ConductDeps): Conduct => {
  const refuseSoon = (socket: LiveSocket, refusal: Refusal): void => {
    socket.phase = 'over'
    letGo(socket)
    clock.after(SETTLE_MS, () => socket.refuse(refusal))
  }

  const isFlood = (socket: LiveSocket): boolean => {
    socket.rate ??= createFrameRate(framesPerS)
    if (!socket.rate.exceeds(clock.monotonic())) return false
    socket.refuse({ code: 'rate/limited', detail: `More than ${framesPerS} frames within a second` })
    return true
  }

  // One function each for all sockets: a closure for each of 20,000 would be megabytes. The server makes LiveSockets only.
  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const socket = this as LiveSocket
    if (socket.phase === 'silent' && !isBinary) {
      socket.phase = 'judged'
      onFirst(socket, data.toString())
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

  return {
    refuseSoon,
    begin(socket) {
      socket.on('message', onMessage).on('ping', onPing).on('pong', onPong)
    },
  }
}
