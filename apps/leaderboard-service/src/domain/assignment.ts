/**
 * Which replica should own which partition, and who keeps it warm. Pure: every replica that knows the same members and leases
 * comes to the same answer, and each does its own part of it.
 *
 * - A partition without an owner goes to the replica that ranks first for it by a hash, which is where its first standby is: so a
 *   death is taken over from memory.
 * - An owner that stays keeps what it has; only what it has beyond its share moves, and where a standby of it is if possible.
 * - Who is leaving owns nothing any more.
 */
import { ranked } from '@quizboard/shared/domain/rendezvous.ts'

export interface Candidate {
  id: string
  isLeaving: boolean
}

export interface Assignment {
  /** By partition; undefined: nobody is there to take it. */
  owner: string | undefined
  /** Who keeps it warm, in order; the owner of now and the next one left out. */
  standbys: readonly string[]
}

/** `alive`: all replicas that are. `owners[p]`: who owns partition p and is alive; undefined: nobody. */
export const assign = (
  alive: readonly Candidate[],
  owners: readonly (string | undefined)[],
  standbys: number,
): Assignment[] => {
  const ids = alive.filter(({ isLeaving }) => !isLeaving).map(({ id }) => id)
  const ranks = owners.map((_, partition) => ranked(String(partition), ids))
  const next = owners.map((owner, p) => (owner !== undefined && ids.includes(owner) ? owner : ranks[p]?.[0]))
  balance(ids, owners, ranks, next)
  return next.map((owner, partition) => ({
    owner,
    standbys: (ranks[partition] ?? []).filter((id) => id !== owner && id !== owners[partition]).slice(0, standbys),
  }))
}

/** Moves one partition after the other from who has most to who has least, until they differ by one at most. */
const balance = (
  ids: readonly string[],
  owners: readonly (string | undefined)[],
  ranks: readonly (readonly string[])[],
  next: (string | undefined)[],
): void => {
  const held = new Map(ids.map((id) => [id, 0]))
  for (const id of next) if (id !== undefined) held.set(id, (held.get(id) ?? 0) + 1)
  const sorted = () => [...held].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  for (;;) {
    const all = sorted()
    const [most] = all
    const least = all.at(-1)
    if (!most || !least || most[1] - least[1] < 2) return
    const partition = cheapest(most[0], least[0], owners, ranks, next)
    next[partition] = least[0]
    held.set(most[0], most[1] - 1)
    held.set(least[0], least[1] + 1)
  }
}

/** Of what `from` has: what has an owner to hand it over, and of that what `to` is likeliest to have warm. */
const cheapest = (
  from: string,
  to: string,
  owners: readonly (string | undefined)[],
  ranks: readonly (readonly string[])[],
  next: readonly (string | undefined)[],
): number => {
  const costOf = (partition: number) =>
    (owners[partition] === undefined ? ranks.length : 0) + (ranks[partition]?.indexOf(to) ?? 0)
  const held = next.flatMap((id, partition) => (id === from ? [partition] : []))
  return held.reduce((best, partition) => (costOf(partition) < costOf(best) ? partition : best), held[0] ?? 0)
}
