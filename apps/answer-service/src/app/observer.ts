/** What the application tells whoever counts. */
export interface Observer {
  /** A new answer was accepted and is durable. */
  accepted(): void
  /** So many accepted answers are in their players' totals now: at once, or under `reveal` from the question's close. */
  counted(answers: number): void
  /** The log will never take a score event: the board will not show it. */
  eventRefused(): void
  /** A submission was refused: a code of the contract, `busy` or `failed`, or `closing`: it came while its question closed. */
  rejected(code: string): void
  /** A transaction of `players` changes was durable (or failed) after `ms`. */
  committed(players: number, ms: number, outcome: 'ok' | 'failed'): void
  /** A commit met a newer version of a player. */
  conflicted(): void
  /** A replica did not confirm a stop, and was fenced by this one. */
  fencedPeer(): void
  /** Answers that have another verdict by a corrected key. */
  regraded(answers: number): void
  /** Rows in the outbox, the age of the oldest, and answers that wait for their question's close. */
  stored(stats: { outbox: number; oldestMs: number; held: number }): void
  /** A record of a topic made no sense. */
  skipped(topic: string): void
}

export const silentObserver: Observer = {
  accepted: () => {},
  counted: () => {},
  eventRefused: () => {},
  rejected: () => {},
  committed: () => {},
  conflicted: () => {},
  fencedPeer: () => {},
  regraded: () => {},
  stored: () => {},
  skipped: () => {},
}
