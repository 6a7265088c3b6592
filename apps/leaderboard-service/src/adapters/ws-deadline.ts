/** One deadline for each of many sockets, all after the same time, with a single timer. */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { LiveSocket } from './ws-socket.ts'

export interface Deadlines {
  add(socket: LiveSocket): void
  delete(socket: LiveSocket): void
  stop(): void
}

export const createDeadlines = (clock: Clock, ms: number, onLate: (socket: LiveSocket) => void): Deadlines => {
  /** Each with its deadline by the monotonic clock; in this order. */
  const waiting = new Map<LiveSocket, number>()
  let timer: Timer | undefined

  const schedule = (): void => {
    const [first] = waiting.values()
    if (first !== undefined) timer ??= clock.after(Math.max(0, Math.ceil(first - clock.monotonic())), look)
  }
  const look = (): void => {
    timer = undefined
    const now = clock.monotonic()
    for (const [socket, due] of waiting) {
      if (due > now) break
      waiting.delete(socket)
      onLate(socket)
    }
    schedule()
  }

  return {
    add(socket) {
      waiting.set(socket, clock.monotonic() + ms)
      schedule()
    },
    delete: (socket) => {
      waiting.delete(socket)
    },
    stop() {
      timer?.cancel()
      waiting.clear()
    },
  }
}
