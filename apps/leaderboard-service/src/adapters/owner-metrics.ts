/** What the owner's side tells Prometheus. */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { DURATION_BUCKETS_S, type Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Owner } from '../app/owner.ts'
import type { OwnerObserver } from '../app/owner-partition.ts'

export const createOwnerMetrics = (
  metrics: Metrics,
  logger: Logger,
): { observer: OwnerObserver; watch(owner: Owner): void } => {
  const scored = metrics.counter(
    'quizboard_answers_scored_total',
    'Newly accepted answers that the boards have counted',
  )
  const shown = metrics.counter(
    'quizboard_answers_shown_total',
    'Newly accepted answers in versions handed to the viewers',
  )
  const events = metrics.counter('quizboard_board_events_total', 'Events read by the owners, by what became of them', [
    'outcome',
  ])
  const rows = metrics.counter('quizboard_board_rows_flushed_total', 'Rows written to the board store')
  const flush = metrics.histogram('quizboard_board_flush_duration_seconds', 'One flush of one partition', {
    buckets: DURATION_BUCKETS_S,
  })
  const boards = metrics.gauge('quizboard_boards', 'Boards in the memory of their owners')
  const dirty = metrics.gauge('quizboard_board_rows_dirty', 'Rows that wait for a flush')
  return {
    observer: {
      event: (outcome) => events.inc({ outcome }),
      scored: (answers) => scored.inc(answers),
      shown: (answers) => shown.inc(answers),
      flushed(count, ms) {
        rows.inc(count)
        flush.observe(ms / 1000)
      },
      deadLetter: ({ value: _, ...letter }) => logger.warn(letter, 'an event was put into the dead-letter topic'),
    },
    watch(owner) {
      const sum = (of: (partition: ReturnType<Owner['owners']>[number]) => number) =>
        owner.owners().reduce((total, partition) => total + of(partition), 0)
      Object.assign(boards, { collect: () => boards.set(sum((partition) => partition.boards.size)) })
      Object.assign(dirty, { collect: () => dirty.set(sum((partition) => partition.dirty)) })
    },
  }
}
