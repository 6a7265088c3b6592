/** What the partitions tell Prometheus. */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { DURATION_BUCKETS_S, type Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Partition } from '../app/partition.ts'
import type { PartitionObserver, Takeover } from '../app/partition-observer.ts'
import type { Shards } from '../app/shards.ts'

export interface PartitionMetrics {
  observer: PartitionObserver
  /** Counts what is in memory whenever it is asked for. */
  watch(shards: Shards): void
}

/** Letters logged within a second; the others are in their topic. */
const LETTERS_PER_S = 10

export const createPartitionMetrics = (metrics: Metrics, logger: Logger): PartitionMetrics => {
  const scored = metrics.counter('quizboard_answers_scored_total', 'Newly accepted answers that count in the boards')
  const shown = metrics.counter('quizboard_answers_shown_total', 'Newly accepted answers in versions of the boards')
  const events = metrics.counter(
    'quizboard_board_events_total',
    'Events read by owners and standbys, by what became of them',
    ['outcome', 'role'],
  )
  // An alert sees the first one only if there was none before it.
  events.inc({ outcome: 'dead_letter', role: 'owner' }, 0)
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
  const takeovers = metrics.histogram(
    'quizboard_board_takeover_duration_seconds',
    'From the decision to take a partition until its boards are served, by how it came',
    { buckets: DURATION_BUCKETS_S, labels: ['how'] },
  )
  for (const how of ['handed over', 'orphaned'] satisfies Takeover[]) takeovers.zero({ how })
  const partitions = metrics.gauge('quizboard_board_partitions', 'Partitions at this replica, by its role', ['role'])
  const orphans = metrics.gauge(
    'quizboard_board_partitions_orphaned',
    'Partitions without an owner, as this replica knows',
  )
  const boards = metrics.gauge('quizboard_boards', 'Boards in memory, of owners and standbys')
  const held = metrics.gauge('quizboard_board_rows', 'Rows of the boards in memory')
  const dirty = metrics.gauge('quizboard_board_rows_dirty', 'Rows that wait for a flush')
  let second = 0
  let letters = 0

  return {
    observer: {
      event: (outcome, role) => events.inc({ outcome, role }),
      scored: (answers) => scored.inc(answers),
      shown: (answers) => shown.inc(answers),
      flushed(count, ms) {
        rows.inc(count)
        flush.observe(ms / 1000)
      },
      took(how, ms) {
        takeovers.observe({ how }, ms / 1000)
        logger.info({ how, ms: Math.round(ms) }, 'a partition is served here now')
      },
      applied: (topic, ageMs) => age.observe({ topic }, Math.max(0, ageMs) / 1000),
      deadLetter({ value: _, ...letter }) {
        const now = Math.floor(performance.now() / 1000)
        if (now !== second) [second, letters] = [now, 0]
        if (++letters <= LETTERS_PER_S) logger.warn(letter, 'an event was put into the dead-letter topic')
      },
    },
    watch(shards) {
      const all = () => shards.partitions()
      const sum = (of: (partition: Partition) => number) => all().reduce((total, partition) => total + of(partition), 0)
      const count = (role: string) => all().filter((partition) => partition.role === role).length
      Object.assign(partitions, {
        collect() {
          for (const role of ['standby', 'taking', 'owner']) partitions.set({ role }, count(role))
        },
      })
      Object.assign(orphans, { collect: () => orphans.set(shards.orphans) })
      Object.assign(boards, { collect: () => boards.set(sum((partition) => partition.boards.size)) })
      Object.assign(held, { collect: () => held.set(sum((partition) => partition.boards.rows)) })
      Object.assign(dirty, { collect: () => dirty.set(sum((partition) => partition.dirtyRows)) })
    },
  }
}
