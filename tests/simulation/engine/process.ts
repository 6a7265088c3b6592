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
}

export interface ProcessSettings {
  /** Stores are reached over a network, so `late` effects are possible. */
  isRemote: boolean
  /** Of calls that can fail, this share does. */
  failureRate: () => number
  /** Of its wall clock, milliseconds. */
  skewMs: number
}

export const createProcess = (scheduler: Scheduler, name: string, settings: ProcessSettings): Process => {
  const { random } = scheduler
  const startedAt = scheduler.now()
  let alive = true
  /** Effects that have not taken place. */
  const sent = new Map<Scheduled, { takeEffect: () => void; late: boolean }>()

  const after = (ms: number, label: string, run: () => void) =>
    scheduler.after(ms, label === '' ? '' : `${name} ${label}`, () => {
      if (alive) run()
    })

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

  const fate = (failure: CallOptions['failure']): 'works' | 'fails' | 'reply lost' => {
    if (!failure || !random.chance(settings.failureRate())) return 'works'
    return random.chance(0.5) ? 'fails' : 'reply lost'
  }

  const call = <T>(
    label: string,
    effect: () => T | Promise<T>,
    { failure, late = false }: CallOptions = {},
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      if (!alive) return
      const end = fate(failure)
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
            else after(scheduler.latency(), `${label} done, reply lost`, fail)
          },
          (error) => after(scheduler.latency(), `${label} rejects`, () => reject(error)),
        )
      }
      const entry: Scheduled = scheduler.after(scheduler.latency(), `${name} ${label}`, takeEffect)
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
