/** Retention and compaction beside the reading and writing: small steps, one at a time, each behind what waits already. */
import type { Logger } from '../../kit/logger.ts'
import type { Clock, Timer } from '../../ports/clock.ts'
import type { SqliteCalls } from '../sqlite-worker/program.ts'
import type { LogOperations } from './program.ts'

export interface UpkeepOptions {
  call: Pick<SqliteCalls<LogOperations>, 'compact' | 'expire'>
  clock: Clock
  logger: Logger | undefined
  retentionMs: number
  compactionLagMs: number
  intervalMs: number
  /** Some records of compacted topics are gone. */
  onCompacted(): void
}

/** Records of one step: it holds a waiting append up for a few milliseconds at most. */
const STEP = 200

export const startUpkeep = (options: UpkeepOptions): { stop(): void } => {
  const { call, clock, logger, intervalMs } = options
  let stopped = false
  let timer: Timer
  const round = async () => {
    try {
      for (let removed = STEP; removed === STEP && !stopped; ) {
        removed = await call.compact(clock.now() - options.compactionLagMs, STEP)
        if (removed > 0) options.onCompacted()
      }
      for (let removed = STEP; removed === STEP && !stopped; )
        removed = await call.expire(clock.now() - options.retentionMs, STEP)
    } catch (error) {
      if (!stopped) logger?.warn({ err: error }, 'old events could not be removed; trying again later')
    }
    if (!stopped) timer = clock.after(intervalMs, round)
  }
  timer = clock.after(intervalMs, round)
  return {
    stop() {
      stopped = true
      timer.cancel()
    },
  }
}
