/**
 * When a quiz's viewers are served: at once after a quiet time, then at intervals that widen under load. A tick works in slices,
 * so that many viewers never hold the thread up for long; each slice shows the newest state.
 */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import { nextInterval, type PaceLimits } from './edge-pace.ts'
import type { Viewer, Viewers } from './edge-viewers.ts'

export interface TickSettings extends PaceLimits {
  /** Longest time that a tick holds the thread at once. */
  sliceMs: number
}

export interface TickReport {
  /** Time spent in it, slices together. */
  costMs: number
  /** From its beginning to that of the next one at the earliest. */
  intervalMs: number
  /** From the log to its frames, of the oldest change that it was for; undefined: no change of that kind. */
  ageMs: number | undefined
}

export interface Ticks {
  /** Something has changed. `at`: when it came to the log, ms, by the wall clock. */
  wake(at?: number): void
  /** As long as nobody is there, changes cost nothing. */
  stop(): void
}

/** Viewers between two looks at the clock. */
const STRIDE = 32

export const createTicks = (options: {
  clock: Clock
  viewers: Viewers
  settings: TickSettings
  onBehind(viewer: Viewer): void
  onTick(report: TickReport): void
}): Ticks => {
  const { clock, viewers, settings, onBehind, onTick } = options
  let timer: Timer | undefined
  let intervalMs = settings.minMs
  let earliest = Number.NEGATIVE_INFINITY
  let changed = false
  /** Of the oldest change that waits for a tick, and of the tick under way. */
  let waitingSince: number | undefined
  let showingSince: number | undefined
  let began = 0
  let costMs = 0
  let lateMs = 0
  let left = 0

  const schedule = (): void => {
    if (timer || !changed || viewers.size === 0) return
    const now = clock.monotonic()
    const due = Math.max(now, earliest)
    timer = clock.after(Math.ceil(due - now), () => tick(due))
  }

  const tick = (due: number): void => {
    changed = false
    showingSince = viewers.size > 0 ? waitingSince : undefined
    waitingSince = undefined
    began = clock.monotonic()
    lateMs = began - due
    costMs = 0
    // From the end: a viewer that comes during the tick stands behind, and has been shown the state of now.
    left = viewers.size
    slice()
  }

  const slice = (): void => {
    const begin = clock.monotonic()
    let spentMs = 0
    while (left > 0 && spentMs < settings.sliceMs) {
      const stop = Math.max(0, left - STRIDE)
      while (left > stop) {
        left--
        const viewer = viewers.at(left)
        if (viewer && viewer.behindSince === 0 && viewers.serve(viewer) === 'behind') onBehind(viewer)
      }
      spentMs = clock.monotonic() - begin
    }
    costMs += spentMs
    timer = left > 0 ? clock.after(0, slice) : undefined
    if (!timer) finish()
  }

  const finish = (): void => {
    intervalMs = nextInterval(intervalMs, { costMs, lateMs }, settings)
    earliest = began + intervalMs
    const ageMs = showingSince === undefined ? undefined : clock.now() - showingSince
    onTick({ costMs, intervalMs, ageMs })
    schedule()
  }

  return {
    wake(at) {
      changed = true
      // Who comes later is shown everything at once.
      waitingSince = viewers.size > 0 ? (waitingSince ?? at) : undefined
      schedule()
    },
    stop() {
      timer?.cancel()
      timer = undefined
      changed = false
      waitingSince = undefined
    },
  }
}
