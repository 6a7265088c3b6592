/** How far apart a quiz's ticks are. Pure. */

export interface PaceLimits {
  /** From the beginning of a tick to that of the next when nothing holds them up. */
  minMs: number
  /** However heavy the load: what is at rest must be shown within 2 s. */
  maxMs: number
}

/** Ticks of one quiz take at most half of the time; what others need of the thread shows in the lateness. */
const COST_FACTOR = 2
/** A timer that comes late says that others want the thread. */
const LATENESS_FACTOR = 4
/** A timer of Node's is late by a millisecond or two on an idle machine. */
const LATENESS_NOISE_MS = 3
/** It widens at once and narrows slowly, so that it does not swing. */
const NARROWING = 0.75

/**
 * The next interval in ms between the beginnings of two ticks, from the last one's. `costMs`: what the last tick took of the thread; `lateMs`: how long after it
 * was due it began.
 */
export const nextInterval = (
  previousMs: number,
  { costMs, lateMs }: { costMs: number; lateMs: number },
  { minMs, maxMs }: PaceLimits,
): number => {
  const wanted = Math.max(costMs * COST_FACTOR, (lateMs - LATENESS_NOISE_MS) * LATENESS_FACTOR, minMs)
  return Math.min(maxMs, Math.max(wanted, previousMs * NARROWING))
}
