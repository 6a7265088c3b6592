/** What the owner's side tells Prometheus. */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { DURATION_BUCKETS_S, type Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Owner } from '../app/owner.ts'
import type { OwnerObserver } from '../app/owner-observer.ts'
import type { PartitionOwner } from '../app/owner-partition.ts'

export interface OwnerMetrics {
  observer: OwnerObserver
  /** Counts what is in memory whenever it is asked for. */
  watch(owner: Owner): void
}

/** Letters logged within a second; the others are in their topic. */
const LETTERS_PER_S = 10

export const createOwnerMetrics = (metrics: Metrics, logger: Logger): OwnerMetrics => {
  const scored = metrics.counter('quizboard_answers_scored_total', 'Newly accepted answers that count in the boards')
  const shown = metrics.counter('quizboard_answers_shown_total', 'Newly accepted answers in versions of the boards')
  const events = metrics.counter('quizboard_board_events_total', 'Events read by the owners, by what became of them', [
    'outcome',
  ])
  const age = metrics.histogram(
    'quizboard_board_event_age_seconds',
    'From the log to the board, of the newest event of a batch',
    {
      buckets: DURATION_BUCKETS_S,
      labels: ['topic'],
    },
  )
  const rows = metrics.counter('quizboard_board_rows_flushed_total', 'Rows written to the board store')
  const flush = metrics.histogram('quizboard_board_flush_duration_seconds', 'One flush of one partition', {
    buckets: DURATION_BUCKETS_S,
  })
  const boards = metrics.gauge('quizboard_boards', 'Boards in the memory of their owners')
  const held = metrics.gauge('quizboard_board_rows', 'Rows of the boards in memory')
  const dirty = metrics.gauge('quizboard_board_rows_dirty', 'Rows that wait for a flush')
  let second = 0
  let letters = 0

  return {
    observer: {
      event: (outcome) => events.inc({ outcome }),
      scored: (answers) => scored.inc(answers),
      shown: (answers) => shown.inc(answers),
      flushed(count, ms) {
        rows.inc(count)
        flush.observe(ms / 1000)
      },
      applied: (topic, ageMs) => age.observe({ topic }, Math.max(0, ageMs) / 1000),
      deadLetter({ value: _, ...letter }) {
        const now = Math.floor(performance.now() / 1000)
        if (now !== second) [second, letters] = [now, 0]
        if (++letters <= LETTERS_PER_S) logger.warn(letter, 'an event was put into the dead-letter topic')
      },
    },
    watch(owner) {
      const sum = (of: (partition: PartitionOwner) => number) =>
        owner.owners().reduce((total, partition) => total + of(partition), 0)
      Object.assign(boards, { collect: () => boards.set(sum((partition) => partition.boards.size)) })
      Object.assign(held, { collect: () => held.set(sum((partition) => partition.boards.rows)) })
      Object.assign(dirty, { collect: () => dirty.set(sum((partition) => partition.dirtyRows)) })
    },
  }
}
