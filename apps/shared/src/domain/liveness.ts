/**
 * Who is alive, judged by whether their beats rise, by one's own monotonic clock: the clocks of different machines are never
 * compared. Time counts only as far as it was watched: whoever could not look for a while (it was stalled, or the store was away,
 * for the others too) blames nobody for that while.
 */
export interface Beating {
  id: string
  beat: number
}

export interface Liveness {
  /** What a list of all members says now, `now` by the monotonic clock, ms. */
  see(members: readonly Beating[], now: number): void
  /** Is in the last list, and its beat has risen within `expireMs` of watched time. */
  isAlive(id: string): boolean
  /** Members of the last list whose beats have stood still for `expireMs` of watched time. */
  expired(): string[]
}

/** Between two looks no more than this part of `expireMs` counts: it takes several looks to tell that somebody is dead. */
const PART = 1 / 3

export const createLiveness = ({ expireMs }: { expireMs: number }): Liveness => {
  let seen = new Map<string, { beat: number; since: number }>()
  let lastLook: number | undefined
  /** Watched time so far, ms. */
  let watched = 0
  const isDead = ({ since }: { since: number }) => watched - since >= expireMs
  return {
    see(members, now) {
      watched += Math.min(now - (lastLook ?? now), expireMs * PART)
      lastLook = now
      const next: typeof seen = new Map()
      for (const { id, beat } of members) {
        const known = seen.get(id)
        next.set(id, known && known.beat === beat ? known : { beat, since: watched })
      }
      seen = next
    },
    isAlive(id) {
      const known = seen.get(id)
      return known !== undefined && !isDead(known)
    },
    expired: () => [...seen].filter(([, known]) => isDead(known)).map(([id]) => id),
  }
}
