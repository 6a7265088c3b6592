import type { DeadLetter } from '../domain/dead-letter.ts'

/** What the owners of partitions tell whoever counts and logs. */
export type EventOutcome = 'applied' | 'duplicate' | 'foreign' | 'joined' | 'moved' | 'dead_letter'

export interface PartitionObserver {
  /** What became of one record of `quiz.scores` or `quiz.players`. `moved`: published again in the right partition. */
  event(outcome: EventOutcome, as: 'owner' | 'standby'): void
  /** So many newly accepted answers (rises of `seq`) count in a board. */
  scored(answers: number): void
  /** So many of them are in versions handed to the feed, whether or not anyone follows. */
  shown(answers: number): void
  /** One transaction with so many rows. */
  flushed(rows: number, ms: number): void
  /** A record that was kept in the dead-letter topic. */
  deadLetter(letter: DeadLetter): void
  /** Age of a batch's newest record when it had been applied, by the broker's time. */
  applied?(topic: string, ageMs: number): void
  /** A partition is this replica's, `ms` after it began to take it. */
  took?(how: Takeover, ms: number): void
}

/** How a partition came to this replica. */
export type Takeover = 'handed over' | 'orphaned'
