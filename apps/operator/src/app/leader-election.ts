/**
 * Which replica leads: a Lease that the leader renews, and the others watch. Whether a lease has run out is judged by how long we have
 * seen it unchanged, by our own clock: the times in it are another machine's. A leader that cannot renew in time stops before anybody
 * else can begin.
 */
import type { Clock } from '@quizboard/shared/ports/clock.ts'

export interface LeaseRecord {
  /** Empty: given up. */
  holder: string
  durationMs: number
  acquiredAtMs: number
  renewedAtMs: number
  transitions: number
}

/** The Lease object. A version that is not the newest must be refused. */
export interface LeaseStore {
  read(): Promise<{ record: LeaseRecord; version: string } | undefined>
  /** Rejects if it is there already. */
  create(record: LeaseRecord): Promise<void>
  /** Rejects if `version` is not the newest. */
  update(record: LeaseRecord, version: string): Promise<void>
}

export interface LeaderElectionOptions {
  store: LeaseStore
  /** Of this process: unique, also across restarts. */
  identity: string
  clock: Clock
  /** How long others wait for a leader that is silent. */
  leaseMs?: number
  /** A leader that could not renew for so long stops; less than `leaseMs`. */
  renewWithinMs?: number
  retryMs?: number
  onTrouble?(error: unknown): void
}

export interface LeaderElection {
  readonly isLeader: boolean
  /** Resolves once we lead; false: it was stopped before. */
  elected(): Promise<boolean>
  /** Resolves when we do not lead any more, or never will. */
  lost(): Promise<void>
  /** Gives the lease up, so that another one begins at once. */
  stop(): Promise<void>
}

export const startLeaderElection = (options: LeaderElectionOptions): LeaderElection => {
  const {
    store,
    identity,
    clock,
    leaseMs = 15_000,
    renewWithinMs = 10_000,
    retryMs = 2_000,
    onTrouble = () => {},
  } = options
  /** What the lease was when it last changed, and when we saw that. */
  let seen: { text: string; at: number } | undefined
  let renewedAt = 0
  let leading = false
  let stopped = false
  const elected = Promise.withResolvers<boolean>()
  const lost = Promise.withResolvers<void>()
  const wake = { up: () => {} }

  const record = (known: LeaseRecord | undefined): LeaseRecord => {
    const now = clock.now()
    const mine = known?.holder === identity
    return {
      holder: identity,
      durationMs: leaseMs,
      acquiredAtMs: mine ? known.acquiredAtMs : now,
      renewedAtMs: now,
      transitions: (known?.transitions ?? 0) + (known === undefined || mine ? 0 : 1),
    }
  }

  const isHeldByAnother = (known: LeaseRecord): boolean => {
    const text = JSON.stringify(known)
    if (seen?.text !== text) seen = { text, at: clock.monotonic() }
    if (known.holder === '' || known.holder === identity) return false
    return clock.monotonic() < seen.at + known.durationMs
  }

  /** True: we have the lease, as of the time when we asked. */
  const acquireOrRenew = async (): Promise<boolean> => {
    const asked = clock.monotonic()
    const found = await store.read()
    if (found && isHeldByAnother(found.record)) return false
    if (found) await store.update(record(found.record), found.version)
    else await store.create(record(undefined))
    renewedAt = asked
    return true
  }

  const attempt = async (): Promise<boolean> => {
    try {
      return await within(acquireOrRenew(), clock, renewWithinMs)
    } catch (error) {
      onTrouble(error)
      // Not heard is not lost: the time that is left decides.
      return leading && clock.monotonic() < renewedAt + renewWithinMs
    }
  }

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = clock.after(retryMs, resolve)
      wake.up = () => {
        timer.cancel()
        resolve()
      }
    })

  const run = async () => {
    while (!stopped) {
      const has = await attempt()
      if (stopped) break
      if (leading && !has) break
      if (has && !leading) {
        leading = true
        elected.resolve(true)
      }
      await pause()
    }
    const wasLeading = leading
    leading = false
    elected.resolve(false)
    lost.resolve()
    return wasLeading
  }
  const running = run()

  const release = async () => {
    const found = await store.read()
    if (found?.record.holder !== identity) return
    await store.update({ ...found.record, holder: '', durationMs: 1_000, renewedAtMs: clock.now() }, found.version)
  }

  return {
    get isLeader() {
      // Also between two attempts: the time may be up while one hangs.
      return leading && clock.monotonic() < renewedAt + renewWithinMs
    },
    elected: () => elected.promise,
    lost: () => lost.promise,
    async stop() {
      stopped = true
      wake.up()
      if (!(await running)) return
      try {
        await release()
      } catch (error) {
        onTrouble(error)
      }
    },
  }
}

const within = async <T>(work: Promise<T>, clock: Clock, limitMs: number): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const timer = clock.after(limitMs, () =>
    late.reject(new Error(`the lease could not be read or written within ${limitMs} ms`)),
  )
  work.catch(() => {})
  try {
    return await Promise.race([work, late.promise])
  } finally {
    timer.cancel()
  }
}
