/**
 * Viewers who do not take what was written to them. Nothing is queued for them: they get the newest state once they have taken
 * the last one, and are let go when they are stuck.
 */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { Served, Viewer } from './edge-viewers.ts'

type Serve = (viewer: Viewer) => Served

export interface Laggards {
  readonly size: number
  /** `serve` as of its quiz: called again until the viewer has caught up. */
  add(viewer: Viewer, serve: Serve): void
  stop(): void
}

const LOOK_MS = 100

export const createLaggards = (clock: Clock, stuckMs: number): Laggards => {
  const behind = new Map<Viewer, Serve>()
  let timer: Timer | undefined
  let due = 0

  const look = (): void => {
    timer = undefined
    const now = clock.monotonic()
    // While this process itself stood still, it could not see anybody read.
    const late = now - due
    for (const [viewer, serve] of behind) {
      viewer.behindSince += late
      if (viewer.at < 0) behind.delete(viewer)
      else if (serve(viewer) !== 'behind') {
        viewer.behindSince = 0
        behind.delete(viewer)
      } else if (now - viewer.behindSince >= stuckMs) {
        behind.delete(viewer)
        viewer.sink.refuse({
          code: 'client/too_slow',
          detail: `Nothing was read for ${Math.round(stuckMs / 1000)} s`,
          retryMs: 1_000,
        })
      }
    }
    schedule()
  }
  const schedule = (): void => {
    if (behind.size === 0 || timer) return
    due = clock.monotonic() + LOOK_MS
    timer = clock.after(LOOK_MS, look)
  }

  return {
    get size() {
      return behind.size
    },
    add(viewer, serve) {
      // 0 means that it keeps up.
      viewer.behindSince = Math.max(clock.monotonic(), Number.MIN_VALUE)
      behind.set(viewer, serve)
      schedule()
    },
    stop() {
      timer?.cancel()
      behind.clear()
    },
  }
}
