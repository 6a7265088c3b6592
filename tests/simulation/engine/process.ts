/**
 * A process of the product: its clock and its way to everything durable. It can crash between any two events; from then on
 * nothing of it runs and no promise of it settles. What it had sent to a store may still take effect there.
 */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Scheduled, Scheduler } from './scheduler.ts'

interface CallOptions {
  /** What the caller gets if the call fails; undefined: it cannot. */
  failure?: () => Error
  /** What was sent before a crash may arrive after it, even once the next instance runs; else it is then or never. */
  late?: boolean
  /** What the caller gets if it gives up a call that may still be on its way; undefined: it never does. */
  givenUp?: () => Error
  /** Hardly ever called: slow more often, so that what can happen meanwhile does. */
  rare?: boolean
}

export interface Process {
  readonly name: string
  readonly alive: boolean
  readonly clock: Clock
  /**
   * Sends something to a store: takes effect at a moment of the scheduler's, replies at another one. It may fail without effect,
   * or with an effect whose reply is lost.
   */
  call<T>(label: string, effect: () => T | Promise<T>, options?: CallOptions): Promise<T>
  /** `run` in `ms`, unless it has crashed by then. */
  after(ms: number, label: string, run: () => void): Scheduled
  crash(): void
  /** Nothing of it runs for so long; then everything that was due does, in its order. What it had sent takes effect meanwhile. */
  stall(ms: number): void
}

export interface ProcessSettings {
  /** Stores are reached over a network, so `late` effects are possible. */
  isRemote: boolean
  /** Of calls that can fail, this share does. */
  failureRate: () => number
  /** Of those that can be given up, this share is. */
  givenUpRate: () => number
  /** Of these calls, this share takes effect up to seconds later. */
  slowRate: () => number
  /** And this share of the rare ones. */
  rareSlowRate: () => number
  /** Of its wall clock, milliseconds. */
  skewMs: number
}

const SLOW_MS = 3_000

export const createProcess = (scheduler: Scheduler, name: string, settings: ProcessSettings): Process => {
  const { random } = scheduler
  const startedAt = scheduler.now()
  let alive = true
  /** Effects that have not taken place. */
  const sent = new Map<Scheduled, { takeEffect: () => void; late: boolean }>()

  /** When it goes on; in the past: it is not stalled. */
  let stalledUntil = Number.NEGATIVE_INFINITY
  const after = (ms: number, label: string, run: () => void): Scheduled => {
    let entry: Scheduled
    const fire = () => {
      if (!alive) return
      const wait = stalledUntil - scheduler.now()
      if (wait > 0) entry = scheduler.after(wait, '', fire)
      else run()
    }
    entry = scheduler.after(ms, label === '' ? '' : `${name} ${label}`, fire)
    return { cancel: () => entry.cancel() }
  }

  const clock: Clock = {
    now: () => scheduler.now() + settings.skewMs,
    monotonic: () => scheduler.now() - startedAt,
    after: (ms, task) => {
      if (!(ms >= 0 && ms < 2 ** 31)) throw new RangeError(`a timer of ${ms} ms`)
      return after(Math.ceil(ms), '', task)
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        clock.after(ms, resolve)
      }),
  }

  const fate = ({ failure, givenUp }: CallOptions): 'works' | 'fails' | 'reply lost' | 'still comes' => {
    if (givenUp && settings.isRemote && random.chance(settings.givenUpRate())) return 'still comes'
    if (!failure || !random.chance(settings.failureRate())) return 'works'
    return random.chance(0.5) ? 'fails' : 'reply lost'
  }

  const call = <T>(label: string, effect: () => T | Promise<T>, options: CallOptions = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      if (!alive) return
      const { failure, givenUp, late = false, rare = false } = options
      const end = fate(options)
      const fail = () => {
        if (failure) reject(failure())
      }
      const takeEffect = () => {
        sent.delete(entry)
        if (end === 'fails') return void after(scheduler.latency(), `${label} fails`, fail)
        const done = async () => effect()
        done().then(
          (value) => {
            if (end === 'works') after(scheduler.latency(), `${label} done`, () => resolve(value))
            else if (end === 'reply lost') after(scheduler.latency(), `${label} done, reply lost`, fail)
          },
          (error) => after(scheduler.latency(), `${label} rejects`, () => reject(error)),
        )
      }
      const isSlow = failure && random.chance(rare ? settings.rareSlowRate() : settings.slowRate())
      const wait = scheduler.latency() + (isSlow || end === 'still comes' ? random.int(SLOW_MS) : 0)
      if (end === 'still comes')
        after(random.int(wait), `${label} is given up, and may still come`, () => {
          if (givenUp) reject(givenUp())
        })
      const entry: Scheduled = scheduler.after(wait, `${name} ${label}`, takeEffect)
      sent.set(entry, { takeEffect, late })
    })

  return {
    name,
    get alive() {
      return alive
    },
    clock,
    call,
    after,
    stall(ms) {
      stalledUntil = Math.max(stalledUntil, scheduler.now() + ms)
    },
    crash() {
      alive = false
      for (const [entry, { takeEffect, late }] of [...sent]) {
        const arrives = random.chance(0.5)
        if (arrives && late && settings.isRemote) continue
        entry.cancel()
        if (arrives) takeEffect()
      }
      sent.clear()
    },
  }
}
