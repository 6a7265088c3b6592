/**
 * Events for people: the same one again is counted, not written again; too many about one platform are dropped; and none of it holds
 * the reconciler up.
 */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import type { PlannedEvent } from '../domain/events.ts'

export interface Regarding {
  apiVersion: string
  kind: string
  namespace: string
  name: string
  uid: string
}

export interface EventSink {
  create(event: PlannedEvent & { name: string; regarding: Regarding; atMs: number }): Promise<void>
  /** The same again, `count` times by now. False: it is not there any more. */
  repeat(event: { namespace: string; name: string; count: number; atMs: number }): Promise<boolean>
}

export interface EventRecorder {
  record(regarding: Regarding, event: PlannedEvent): void
  /** Waits for what is being written. */
  flush(): Promise<void>
}

/** Within it, the same event is a repetition. */
const SERIES_MS = 360_000
const KNOWN_MAX = 1_000
const PENDING_MAX = 200
/** About one platform. */
const BURST = 25
const REFILL_MS = 30_000

interface Series {
  name: string
  count: number
  lastMs: number
}

export const createEventRecorder = (options: {
  sink: EventSink
  clock: Clock
  random: Random
  onTrouble?(error: unknown): void
}): EventRecorder => {
  const { sink, clock, random, onTrouble = () => {} } = options
  /** In the order of their last use. */
  const known = new Map<string, Series>()
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  let tail = Promise.resolve()
  let pending = 0

  const mayWrite = (uid: string): boolean => {
    const now = clock.monotonic()
    const bucket = buckets.get(uid) ?? { tokens: BURST, atMs: now }
    const tokens = Math.min(BURST, bucket.tokens + (now - bucket.atMs) / REFILL_MS)
    buckets.delete(uid)
    buckets.set(uid, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: now })
    forgetOldest(buckets)
    return tokens >= 1
  }

  const write = async (regarding: Regarding, event: PlannedEvent): Promise<void> => {
    const key = JSON.stringify([regarding.uid, event.type, event.reason, event.action, event.note])
    const atMs = clock.now()
    const series = known.get(key)
    known.delete(key)
    if (series && atMs - series.lastMs < SERIES_MS) {
      const next = { ...series, count: series.count + 1, lastMs: atMs }
      if (await sink.repeat({ namespace: regarding.namespace, name: series.name, count: next.count, atMs })) {
        known.set(key, next)
        return
      }
    }
    const name = `${regarding.name}.${Buffer.from(random.bytes(8)).toString('hex')}`
    await sink.create({ ...event, name, regarding, atMs })
    known.set(key, { name, count: 1, lastMs: atMs })
    forgetOldest(known)
  }

  return {
    record(regarding, event) {
      if (pending >= PENDING_MAX || !mayWrite(regarding.uid)) return
      pending++
      tail = tail
        .then(() => write(regarding, event))
        .catch(onTrouble)
        .finally(() => {
          pending--
        })
    },
    flush: () => tail,
  }
}

const forgetOldest = (map: Map<string, unknown>) => {
  const [oldest] = map.keys()
  if (map.size > KNOWN_MAX && oldest !== undefined) map.delete(oldest)
}
