/** How our stores use MongoDB: what was said to be written is on the disks of a majority, and outlives a failover. */

export const MAJORITY = { w: 'majority', j: true } as const

export const TRANSACTION = {
  readConcern: { level: 'snapshot' },
  writeConcern: MAJORITY,
  // Beyond it the server is taken to be away.
  timeoutMS: 20_000,
} as const

/** An error code: our session was ended from outside, by a fence or by whoever takes over. The next attempt tells. */
export const INTERRUPTED = 11_601
