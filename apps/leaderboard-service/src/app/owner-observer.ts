/** What the owner tells whoever counts and logs. */
export type EventOutcome = 'applied' | 'duplicate' | 'foreign' | 'joined' | 'moved' | 'dead_letter'

export interface OwnerObserver {
  /** What became of one record of `quiz.scores` or `quiz.players`. `moved`: published again in the right partition. */
  event(outcome: EventOutcome): void
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
}

export interface DeadLetter {
  /** One word for machines. */
  reason: string
  /** A sentence for people. */
  detail: string
  topic: string
  partition: number
  offset: number
  timestamp: number
  key: string | null
  /** Cut. */
  value: string
}
