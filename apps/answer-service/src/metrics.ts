/** The application's observer as Prometheus metrics. */
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import { DURATION_BUCKETS_S } from '@quizboard/shared/kit/metrics.ts'
import type { Observer } from './app/observer.ts'

const SIZE_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const

export const observeBy = (metrics: Metrics): Observer => {
  const accepted = metrics.counter('quizboard_answers_accepted_total', 'Answers newly accepted and durable')
  const counted = metrics.counter(
    'quizboard_answers_counted_total',
    'Accepted answers that count in totals: at once, or under reveal from the close of the question',
  )
  const refused = metrics.counter(
    'quizboard_answers_events_refused_total',
    'Score events that the log will never take: the boards do not show them',
  )
  const rejected = metrics.counter(
    'quizboard_answers_rejected_total',
    'Answers refused, by code; closing: sent while the question closed, the page asks again',
    ['code'],
  )
  // An alert takes these away from what failed.
  rejected.inc({ code: 'closing' }, 0)
  const size = metrics.histogram('quizboard_answers_commit_size', 'Players changed by one commit', {
    buckets: SIZE_BUCKETS,
  })
  const duration = metrics.histogram('quizboard_answers_commit_duration_seconds', 'Of one commit', {
    buckets: DURATION_BUCKETS_S,
    labels: ['outcome'],
  })
  const conflicts = metrics.counter('quizboard_answers_commit_conflicts_total', 'Commits that met a newer version')
  const fenced = metrics.counter(
    'quizboard_answers_replicas_fenced_total',
    'Replicas that did not confirm a close in time and were fenced',
  )
  const regraded = metrics.counter(
    'quizboard_answers_regraded_total',
    'Answers that have another verdict by a corrected key',
  )
  const outbox = metrics.gauge('quizboard_answers_outbox_rows', 'Score events that the log does not have yet')
  const oldest = metrics.gauge('quizboard_answers_outbox_oldest_seconds', 'Age of the oldest of them')
  const held = metrics.gauge('quizboard_answers_held', 'Answers that wait for the close of their question')
  const skipped = metrics.counter('quizboard_answers_records_skipped_total', 'Records that make no sense', ['topic'])
  return {
    accepted: () => accepted.inc(),
    counted: (answers) => counted.inc(answers),
    eventRefused: () => refused.inc(),
    rejected: (code) => rejected.inc({ code }),
    committed(players, ms, outcome) {
      size.observe(players)
      duration.observe({ outcome }, ms / 1000)
    },
    conflicted: () => conflicts.inc(),
    fencedPeer: () => fenced.inc(),
    regraded: (answers) => regraded.inc(answers),
    stored(stats) {
      outbox.set(stats.outbox)
      oldest.set(stats.oldestMs / 1000)
      held.set(stats.held)
    },
    skipped: (topic) => skipped.inc({ topic }),
  }
}
