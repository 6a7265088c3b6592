export interface OwnerSettings {
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
}

export const OWNER_DEFAULTS: OwnerSettings = {
  flushMs: 500,
  usersPerBoard: 1_000_000,
  dirtyRows: 10_000,
  idleMs: 300_000,
  quizzes: 200_000,
}
