import type { Clock } from '../ports/clock.ts'

/**
 * Waits for `work`, at most `ms`. False: the time was over first; the work goes on and its rejection is nobody's. Rejects if the
 * work does so in time.
 */
export const within = async (clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: { cancel(): void } | undefined
  const late = new Promise<false>((resolve) => {
    timer = clock.after(ms, () => resolve(false))
  })
  work.catch(() => {})
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    timer?.cancel()
  }
}
