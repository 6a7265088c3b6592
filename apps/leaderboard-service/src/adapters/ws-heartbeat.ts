/** Finds connections that are gone without a word: who has not answered one ping is ended at the time of the next. */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { LiveSocket } from './ws-socket.ts'

export interface Heartbeat {
  add(socket: LiveSocket): void
  remove(socket: LiveSocket): void
  stop(): void
}

/** Pings are spread over the interval: the sockets are dealt out to so many groups. */
const GROUPS = 30

export const createHeartbeat = (clock: Clock, intervalMs: number): Heartbeat => {
  const groups = Array.from({ length: GROUPS }, () => new Set<LiveSocket>())
  const groupOf = (socket: LiveSocket) => groups[socket.group] as Set<LiveSocket>
  let timer: Timer | undefined
  let size = 0
  let turn = 0
  let dealt = 0

  const beat = (): void => {
    turn = (turn + 1) % GROUPS
    for (const socket of groups[turn] as Set<LiveSocket>) {
      if (socket.pinged) socket.terminate()
      else {
        socket.pinged = true
        socket.sendPing()
      }
    }
    timer = size > 0 ? clock.after(intervalMs / GROUPS, beat) : undefined
  }

  return {
    add(socket) {
      dealt = (dealt + 1) % GROUPS
      socket.group = dealt
      groupOf(socket).add(socket)
      size++
      timer ??= clock.after(intervalMs / GROUPS, beat)
    },
    remove(socket) {
      if (groupOf(socket).delete(socket)) size--
    },
    stop() {
      timer?.cancel()
    },
  }
}
