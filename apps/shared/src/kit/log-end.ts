/** Reading the event log to its end for whoever asks, and whether what is not known then does not exist. */
import type { Clock } from '../ports/clock.ts'
import { coalesce } from './coalesce.ts'
import { within } from './within.ts'

export interface LogEnd {
  /** Reads to where the log ends now, `ms` at most; false: it cannot be read so far for the moment. Many callers at once are one look. */
  reach(ms: number): Promise<boolean>
  /**
   * The same, and the log could be read all the time before. False: nobody can tell whether what is not known here exists. Whoever
   * writes to the log keeps what an outage does not let through, and sends it a while after the log has come back.
   */
  isWhole(ms: number): Promise<boolean>
}

/** So long after an outage what was kept is on its way: the writers' clients try again every two seconds, their relays every second. */
const BACKLOG_MS = 10_000

export const createLogEnd = (deps: {
  clock: Clock
  readToEnd(): Promise<unknown>
  onError?(error: unknown): void
}): LogEnd => {
  const { clock, readToEnd, onError = () => {} } = deps
  const look = coalesce(readToEnd)
  let missedAt = Number.NEGATIVE_INFINITY

  const reach = async (ms: number): Promise<boolean> => {
    const isReached = await within(clock, ms, look()).catch((error: unknown) => {
      onError(error)
      return false
    })
    if (!isReached) missedAt = clock.monotonic()
    return isReached
  }
  return {
    reach,
    isWhole: async (ms) => (await reach(ms)) && clock.monotonic() - missedAt >= BACKLOG_MS,
  }
}
