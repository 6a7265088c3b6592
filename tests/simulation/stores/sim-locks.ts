/**
 * Locks as PostgreSQL holds them for transactions: in the order of asking; given up when the holder's process is gone, or has
 * sent nothing for a while, as when it stalls; who waits too long is refused.
 */
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'

export interface Hold {
  /** False once it was given up: whoever holds it may no longer commit. */
  readonly isValid: boolean
  /** No harm if it was before. */
  release(): void
}
export interface Locks {
  /** At the store. Rejects with `refusal` after the lock timeout. */
  acquire(key: string, process: Process, refusal: () => Error): Promise<Hold>
}

/** As the pool's settings: idle_in_transaction_session_timeout and lock_timeout. */
const IDLE_MS = 3_000
const TIMEOUT_MS = 5_000
const LOOK_MS = 100

interface Waiter {
  process: Process
  grant(): void
}

export const createLocks = (scheduler: Scheduler): Locks => {
  const held = new Map<string, { process: Process; since: number }>()
  const waiting = new Map<string, Waiter[]>()

  const grantNext = (key: string) => {
    const queue = waiting.get(key) ?? []
    let next = queue.shift()
    while (next && !next.process.alive) next = queue.shift()
    next?.grant()
  }
  /** While somebody waits. */
  const look = (key: string) => {
    const holder = held.get(key)
    if (holder && (!holder.process.alive || scheduler.now() - holder.since > IDLE_MS)) {
      held.delete(key)
      grantNext(key)
    }
    if ((waiting.get(key)?.length ?? 0) > 0) scheduler.after(LOOK_MS, '', () => look(key))
  }

  const hold = (key: string, process: Process): Hold => {
    const mine = { process, since: scheduler.now() }
    held.set(key, mine)
    return {
      get isValid() {
        return held.get(key) === mine
      },
      release() {
        if (held.get(key) !== mine) return
        held.delete(key)
        grantNext(key)
      },
    }
  }

  return {
    acquire: (key, process, refusal) =>
      new Promise((resolve, reject) => {
        const queue = waiting.get(key) ?? []
        waiting.set(key, queue)
        if (!held.has(key)) return resolve(hold(key, process))
        const waiter: Waiter = { process, grant: () => resolve(hold(key, process)) }
        queue.push(waiter)
        scheduler.after(TIMEOUT_MS, '', () => {
          if (!queue.includes(waiter)) return
          queue.splice(queue.indexOf(waiter), 1)
          reject(refusal())
        })
        if (queue.length === 1) look(key)
      }),
  }
}
