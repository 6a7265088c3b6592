/** What the application tells whoever counts. */
export interface Observer {
  /** A new answer was accepted and is durable. */
  accepted(): void
  /** A submission was refused: a code of the contract. */
  rejected(code: string): void
  /** A transaction of `players` changes was durable (or failed) after `ms`. */
  committed(players: number, ms: number, outcome: 'ok' | 'failed'): void
  /** A commit met a newer version of a player. */
  conflicted(): void
  /** Rows in the outbox, the age of the oldest, and answers that wait for their question's close. */
  stored(stats: { outbox: number; oldestMs: number; held: number }): void
  /** A record of a topic made no sense. */
  skipped(topic: string): void
}

export const silentObserver: Observer = {
  accepted: () => {},
  rejected: () => {},
  committed: () => {},
  conflicted: () => {},
  stored: () => {},
  skipped: () => {},
}
