/**
 * A copy of one collection of the API server, kept by a list and a watch that survive what happens to them: connections that break or
 * fall silent, answers of 410, 429 and 500, an API server that restarts, a kind that comes or goes. What is missed while a watch is
 * down is made up for by going on from the last resource version, or, where that is too old, by a new list that is compared with the
 * copy. A handler must do no more than note which key to look at: the copy is never older than what it is told.
 */
import { isGone, isNotFound, KubeError } from './kube-error.ts'
import type { ListWatchOptions, ListWatchSettings, WatchState } from './list-watch-options.ts'
import { createObjectStore, type ObjectStore } from './object-store.ts'
import { readList } from './read-list.ts'
import { readWatch } from './read-watch.ts'

export interface ListWatch {
  readonly state: WatchState
  readonly objects: ObjectStore
  /** Runs until it is stopped; never rejects. */
  start(): void
  stop(): Promise<void>
}

const DEFAULTS: ListWatchSettings = {
  pageSize: 500,
  watchMs: 300_000,
  silenceMs: 150_000,
  backoffMs: { first: 500, most: 30_000 },
  absentMs: 30_000,
  graceMs: 15_000,
  relistMs: 3_600_000,
}
/** Resuming again and again without a single event: the version may be one that this server never had. */
const RESUMES_WITHOUT_PROGRESS = 4
const SHORT_MS = 1_000

export const createListWatch = (options: ListWatchOptions): ListWatch => {
  const { clock, random, onState = () => {}, onTrouble = () => {}, onChange } = options
  const settings = { ...DEFAULTS, ...options.settings }
  const objects = createObjectStore(options.keep)
  const stopping = new AbortController()
  let state: WatchState = 'starting'
  let running: Promise<void> | undefined
  let failures = 0
  /** Since when it was not there, although it had been. */
  let absentSince: number | undefined

  const enter = (next: WatchState) => {
    if (state === next) return
    state = next
    onState(next)
  }
  const isStopped = () => stopping.signal.aborted
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (isStopped()) return resolve()
      const end = () => {
        timer.cancel()
        stopping.signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = clock.after(ms, end)
      stopping.signal.addEventListener('abort', end)
    })
  /** Exponential, with half of it random: many replicas must not come back at the same moment. */
  const backOff = async (error: unknown) => {
    onTrouble(error)
    const { first, most } = settings.backoffMs
    const step = Math.min(most, first * 2 ** Math.min(failures++, 16))
    const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0
    await pause(Math.max(asked, step / 2 + (random.next() * step) / 2))
  }

  const isMomentary = () => {
    if (state !== 'synced') return false
    absentSince ??= clock.monotonic()
    return clock.monotonic() < absentSince + settings.graceMs
  }

  /** The resource version to watch from; undefined: there is nothing to watch now. */
  const list = async (): Promise<string | undefined> => {
    try {
      const { items, resourceVersion } = await readList(options, settings.pageSize)
      for (const change of objects.replace(items)) onChange(change)
      enter('synced')
      absentSince = undefined
      return resourceVersion
    } catch (error) {
      const absent = absence(error)
      if (!absent || isMomentary()) {
        await backOff(error)
        return undefined
      }
      for (const change of objects.replace([])) onChange(change)
      enter(absent)
      await pause(settings.absentMs)
      return undefined
    }
  }

  /** Watches from `version` on until a new list is needed. */
  const follow = async (version: string): Promise<void> => {
    const until = clock.monotonic() + settings.relistMs
    let from = version
    let fruitless = 0
    while (!isStopped() && clock.monotonic() < until && fruitless < RESUMES_WITHOUT_PROGRESS) {
      const before = from
      const started = clock.monotonic()
      const timeoutMs = settings.watchMs * (1 + random.next())
      try {
        await readWatch(options, {
          from,
          timeoutMs,
          silenceMs: settings.silenceMs,
          signal: stopping.signal,
          onEvent(event) {
            from = event.resourceVersion
            failures = 0
            if (event.type === 'BOOKMARK') return
            const change = event.type === 'DELETED' ? objects.remove(event.object) : objects.put(event.object)
            if (change) onChange(change)
          },
        })
        failures = 0
        fruitless = 0
        // A server that ends its watches at once must not be asked in a loop.
        if (from === before && clock.monotonic() - started < SHORT_MS) await pause(settings.backoffMs.first)
      } catch (error) {
        if (isStopped() || isGone(error) || isNotFound(error)) return
        fruitless = from === before ? fruitless + 1 : 0
        await backOff(error)
      }
    }
  }

  const run = async () => {
    while (!isStopped()) {
      const version = await list()
      if (version !== undefined) await follow(version)
    }
  }

  return {
    get state() {
      return state
    },
    objects,
    start() {
      running ??= run()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

const absence = (error: unknown): 'missing' | 'forbidden' | undefined => {
  if (isNotFound(error)) return 'missing'
  return error instanceof KubeError && error.status === 403 ? 'forbidden' : undefined
}
