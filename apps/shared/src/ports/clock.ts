/** Time as an argument. The simulator has a virtual twin. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May step back when the system clock is set. */
  now(): number
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number
  /** Runs `task` once, `ms` from now (0 … 2³¹−1). */
  after(ms: number, task: () => void): Timer
  /** Resolves `ms` from now. */
  sleep(ms: number): Promise<void>
}
export interface Timer {
  cancel(): void
}

/** RFC 3339 in UTC with milliseconds, as the contract writes times. */
export const toTimestamp = (ms: number): string => new Date(ms).toISOString()
