/** More than `limit` frames within a second, exactly: remembers when the last `limit` came. */
export interface FrameRate {
  /** `now`: milliseconds, monotonic. True: this one is too many. */
  exceeds(now: number): boolean
}

export const createFrameRate = (limit: number): FrameRate => {
  const times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  let next = 0
  return {
    exceeds(now) {
      const oldest = times[next] ?? Number.NEGATIVE_INFINITY
      times[next] = now
      next = (next + 1) % limit
      return now - oldest < 1_000
    },
  }
}
