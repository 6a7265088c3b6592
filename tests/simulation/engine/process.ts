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
  /**
   * Its way to the stores is blocked for so long: what it has sent takes effect later, and may be given up; and what it sends
   * meanwhile, if there is no other way. The process itself goes on.
   */
  block(ms: number, otherWay: boolean): void
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
  /** And these shares of the rare ones: are slow, fail. */
  rareSlowRate: () => number
  rareFailureRate: () => number
  /** Of its wall clock, milliseconds. */
  skewMs: number
}

const SLOW_MS = 3_000
/** Of what can be given up, this share is while the way is blocked. */
const BLOCKED_GIVEN_UP = 0.5

/** An effect that has not taken place. */
interface Sent {
  entry: Scheduled
  label: string
  late: boolean
  takeEffect(): void
  /** undefined: its caller never gives it up. */
  giveUp: ((ms: number) => void) | undefined
}

export const createProcess = (scheduler: Scheduler, name: string, settings: ProcessSettings): Process => {
  const { random } = scheduler
  const startedAt = scheduler.now()
  let alive = true
  const sent = new Set<Sent>()
  let blockedUntil = Number.NEGATIVE_INFINITY

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

  const fate = ({ failure, givenUp, rare }: CallOptions): 'works' | 'fails' | 'reply lost' | 'still comes' => {
    if (givenUp && settings.isRemote && random.chance(settings.givenUpRate())) return 'still comes'
    if (!failure || !random.chance(rare ? settings.rareFailureRate() : settings.failureRate())) return 'works'
    return random.chance(0.5) ? 'fails' : 'reply lost'
  }

  const blockedMs = () => Math.max(0, blockedUntil - scheduler.now())
  const delay = (one: Sent, ms: number) => {
    one.entry.cancel()
    one.entry = scheduler.after(random.int(ms), `${name} ${one.label}`, one.takeEffect)
    const { giveUp } = one
    one.giveUp = undefined
    if (giveUp && random.chance(BLOCKED_GIVEN_UP)) giveUp(ms)
  }
  const call = <T>(label: string, effect: () => T | Promise<T>, options: CallOptions = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      if (!alive) return
      const { failure, givenUp, late = false, rare = false } = options
      let end = fate(options)
      const isSlow = failure && random.chance(rare ? settings.rareSlowRate() : settings.slowRate())
      // Either on its way there, or on the way back.
      const slowMs = isSlow || end === 'still comes' ? random.int(SLOW_MS) : 0
      const isSlowBack = isSlow && end !== 'still comes' && random.chance(0.3)
      const reply = (how: string, settle: () => void) => {
        const heldUpMs = isSlowBack ? slowMs : blockedMs() > 0 ? random.int(blockedMs()) : 0
        after(scheduler.latency() + heldUpMs, `${label} ${how}`, settle)
      }
      const fail = () => {
        if (failure) reject(failure())
      }
      const takeEffect = () => {
        sent.delete(mine)
        if (end === 'fails') return reply('fails', fail)
        const done = async () => effect()
        done().then(
          (value) => {
            if (end === 'works') reply('done', () => resolve(value))
            else if (end === 'reply lost') reply('done, reply lost', fail)
          },
          (error) => reply('rejects', () => reject(error)),
        )
      }
      const giveUp = (ms: number) => {
        end = 'still comes'
        after(random.int(ms), `${label} is given up, and may still come`, () => {
          if (givenUp) reject(givenUp())
        })
      }
      const wait = scheduler.latency() + (isSlowBack ? 0 : slowMs)
      if (end === 'still comes') giveUp(wait)
      const mine: Sent = {
        ...{ label, late, takeEffect },
        entry: scheduler.after(wait, `${name} ${label}`, takeEffect),
        giveUp:
          givenUp && settings.isRemote && settings.givenUpRate() > 0 && end !== 'still comes' ? giveUp : undefined,
      }
      sent.add(mine)
      if (blockedMs() > 0) delay(mine, blockedMs())
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
    block(ms, otherWay) {
      if (!otherWay) blockedUntil = Math.max(blockedUntil, scheduler.now() + ms)
      for (const one of sent) delay(one, ms)
    },
    crash() {
      alive = false
      for (const { entry, takeEffect, late } of [...sent]) {
        const arrives = random.chance(0.5)
        if (arrives && late && settings.isRemote) continue
        entry.cancel()
        if (arrives) takeEffect()
      }
      sent.clear()
    },
  }
}
