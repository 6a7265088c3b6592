/** What can be set of the partitions and their boards. */
export interface PartitionSettings {
  /** From the first change after a flush to the next flush, ms. */
  flushMs: number
  /** Users of one board, foreign ones included; events of further ones become dead letters. */
  usersPerBoard: number
  /** With so many unflushed rows a partition flushes at once, and takes no more events until that is done. */
  dirtyRows: number
  /** A board that nobody follows and nothing changes leaves memory after this, ms. */
  idleMs: number
  /** Quizzes whose state is kept in memory; beyond it those go that have been closed for longest. */
  quizzes: number
  /** Replicas that keep a partition warm beside its owner. */
  standbys: number
  /** Between two signs of life, and two looks at the others. */
  beatMs: number
  /** A replica without any for so long is taken to be dead. */
  expireMs: number
  /** A request or hello waits so long for the log to say what other replicas may have shown. */
  catchUpMs: number
  /** A replica that leaves waits so long for others to take over what it owns. */
  leaveMs: number
}

export const PARTITION_DEFAULTS: PartitionSettings = {
  flushMs: 500,
  usersPerBoard: 1_000_000,
  dirtyRows: 10_000,
  idleMs: 300_000,
  quizzes: 200_000,
  standbys: 1,
  beatMs: 300,
  expireMs: 1_500,
  catchUpMs: 1_000,
  leaveMs: 10_000,
}
