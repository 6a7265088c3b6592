/** The viewers' side in numbers. Label values are bounded: roles, frame types and close reasons of our own tables. */
import { DURATION_BUCKETS_S, type Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Edge } from '../app/edge.ts'
import type { TickReport } from '../app/edge-ticks.ts'
import type { LiveObserver } from './ws-server.ts'

export interface EdgeMetrics {
  onTick(report: TickReport): void
  observer: LiveObserver
  /** What is counted by the edge itself is read when the metrics are asked for. */
  watch(edge: Edge): void
}

/** prom-client calls a metric's `collect` before it reads it; its constructors take it, and so does the metric later on. */
const whenRead = (metric: object, collect: () => void): void => {
  Object.assign(metric, { collect })
}

export const createEdgeMetrics = (metrics: Metrics): EdgeMetrics => {
  const ticks = metrics.histogram('quizboard_live_tick_duration_seconds', "Time spent in a quiz's tick", {
    buckets: DURATION_BUCKETS_S,
  })
  const intervals = metrics.histogram('quizboard_live_tick_interval_seconds', 'From a tick to the earliest next one', {
    buckets: [0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1],
  })
  const ages = metrics.histogram(
    'quizboard_live_frame_age_seconds',
    'From the log to the last frame that shows it, of the oldest change in a tick',
    { buckets: [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30] },
  )
  const sockets = metrics.gauge('quizboard_live_sockets', 'Open live sockets, also those not let in yet')
  const viewers = metrics.gauge('quizboard_live_viewers', 'Sockets that are shown a quiz, by role', ['role'])
  const refused = metrics.counter('quizboard_live_refused_total', 'Sockets closed by us, by reason', ['code'])
  const frames = metrics.counter('quizboard_live_frames_sent_total', 'Frames written to sockets, by type', ['type'])
  const writes = metrics.counter('quizboard_live_writes_total', 'Socket writes that frames were sent in')
  const behind = metrics.gauge('quizboard_live_behind', 'Viewers who have not taken what was written to them')
  const quizzes = metrics.gauge('quizboard_live_quizzes', 'Quizzes followed for viewers or requests')
  return {
    onTick({ costMs, intervalMs, ageMs }) {
      ticks.observe(costMs / 1000)
      intervals.observe(intervalMs / 1000)
      if (ageMs !== undefined) ages.observe(Math.max(0, ageMs) / 1000)
    },
    observer: {
      opened: () => sockets.inc(),
      closed: () => sockets.dec(),
      admitted: (role) => viewers.inc({ role }),
      left: (role) => viewers.dec({ role }),
      refused: ({ code }) => refused.inc({ code }),
    },
    watch(edge) {
      const told = { quiz: 0, leaderboard: 0, you: 0, writes: 0 }
      const types = ['quiz', 'leaderboard', 'you'] as const
      whenRead(frames, () => {
        for (const type of types) {
          frames.inc({ type }, edge.counts[type] - told[type])
          told[type] = edge.counts[type]
        }
      })
      whenRead(writes, () => {
        writes.inc(edge.counts.writes - told.writes)
        told.writes = edge.counts.writes
      })
      whenRead(behind, () => behind.set(edge.behind))
      whenRead(quizzes, () => quizzes.set(edge.quizzes))
    },
  }
}
