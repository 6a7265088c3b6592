/** What can be set of the answer-service, and its defaults. */
export interface AnswerSettings {
  /** Submissions of one commit at most. */
  batchMax: number
  /** Submissions that may wait for a commit; past it 503. */
  queueMax: number
  /** How long a request waits for news of a quiz before it is refused. */
  waitMs: number
  /** Requests that may wait at one time; past it they are refused at once. */
  waitersMax: number
  /** Characters of definitions in memory. */
  definitionBudget: number
  /** Between two looks for what a crash or an outage left: outbox rows, held answers of closed questions. */
  sweepMs: number
  /** Events of one append. */
  relayBatch: number
  /** Held answers that are counted at one time. */
  releaseBatch: number
  /** Answers that are judged again at one time. */
  regradeBatch: number
  /** Between two signs of life of this replica. */
  beatMs: number
  /** A replica without any for so long is fenced by the others. */
  expireMs: number
  /** A replica that says nothing to a stop for so long is fenced. */
  peerMs: number
  /** One that says for so long that it has not ended yet what it had accepted is fenced, too. */
  drainMs: number
  /** How long after the close of the quiz a player's token is good. */
  tokenAfterCloseMs: number
}

export const DEFAULT_SETTINGS: AnswerSettings = {
  batchMax: 256,
  queueMax: 20_000,
  waitMs: 1_000,
  waitersMax: 10_000,
  definitionBudget: 128 * 1024 * 1024,
  sweepMs: 2_000,
  relayBatch: 1_000,
  releaseBatch: 200,
  regradeBatch: 500,
  beatMs: 1_000,
  expireMs: 5_000,
  peerMs: 1_000,
  drainMs: 5_000,
  tokenAfterCloseMs: 24 * 60 * 60 * 1_000,
}
