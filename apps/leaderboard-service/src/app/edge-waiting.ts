/** Waiting for something to become known, without polling. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'

export interface WaitingRoom {
  /**
   * True as soon as `holds()`, which is looked at now and at every `notify(key)`; false after `ms`.
   * `ms` Infinity: as long as it takes, or until `close`.
   */
  until(key: string, holds: () => boolean, ms: number): Promise<boolean>
  notify(key: string): void
  notifyAll(): void
  readonly size: number
  /** All who still wait get false. */
  close(): void
}

interface Waiter {
  holds(): boolean
  done(result: boolean): void
}

export const createWaitingRoom = (clock: Clock): WaitingRoom => {
  const rooms = new Map<string, Set<Waiter>>()
  let size = 0
  const look = (waiters: Set<Waiter>) => {
    for (const waiter of waiters) if (waiter.holds()) waiter.done(true)
  }
  const enter = (key: string, waiter: Waiter) => {
    const waiters = rooms.get(key)
    if (waiters) waiters.add(waiter)
    else rooms.set(key, new Set([waiter]))
    size++
  }
  const leave = (key: string, waiter: Waiter) => {
    const waiters = rooms.get(key)
    if (!waiters?.delete(waiter)) return
    if (waiters.size === 0) rooms.delete(key)
    size--
  }
  return {
    until(key, holds, ms) {
      if (holds()) return Promise.resolve(true)
      if (ms <= 0) return Promise.resolve(false)
      return new Promise((resolve) => {
        const waiter: Waiter = {
          holds,
          done: (result) => {
            leave(key, waiter)
            timer?.cancel()
            resolve(result)
          },
        }
        const timer = Number.isFinite(ms) ? clock.after(ms, () => waiter.done(false)) : undefined
        enter(key, waiter)
      })
    },
    notify(key) {
      const waiters = rooms.get(key)
      if (waiters) look(waiters)
    },
    notifyAll() {
      for (const waiters of [...rooms.values()]) look(waiters)
    },
    get size() {
      return size
    },
    close() {
      for (const waiters of [...rooms.values()]) for (const waiter of [...waiters]) waiter.done(false)
    },
  }
}
