import type { RankedPlayer, Ranking } from './ranking.ts'

interface Entry {
  userId: string
  score: number
  reachedAt: number
}

const before = (a: Entry, b: Entry): boolean =>
  a.score !== b.score
    ? a.score > b.score
    : a.reachedAt !== b.reachedAt
      ? a.reachedAt < b.reachedAt
      : a.userId < b.userId

/** An empty ranking. */
export function createRanking(): Ranking {
  const handles = new Map<string, number>()
  const entries: Entry[] = []
  const order: Entry[] = []

  /** Number of entries for which `isBefore` holds; it holds for a prefix of the order. */
  const prefix = (isBefore: (entry: Entry) => boolean): number => {
    let low = 0
    let high = order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = order[middle]
      if (entry !== undefined && isBefore(entry)) low = middle + 1
      else high = middle
    }
    return low
  }
  const at = (handle: number): Entry => {
    const entry = entries[handle]
    if (entry === undefined) throw new RangeError(`no player has handle ${handle}`)
    return entry
  }
  const insert = (entry: Entry) =>
    order.splice(
      prefix((other) => before(other, entry)),
      0,
      entry,
    )
  const ranking: Ranking = {
    get size() {
      return order.length
    },
    get bytes() {
      return order.length * 120
    },
    set(userId, score, reachedAt) {
      const known = handles.get(userId)
      if (known !== undefined) {
        ranking.move(known, score, reachedAt)
        return known
      }
      const entry = { userId, score, reachedAt }
      handles.set(userId, entries.length)
      insert(entry)
      return entries.push(entry) - 1
    },
    move(handle, score, reachedAt) {
      const entry = at(handle)
      order.splice(
        prefix((other) => before(other, entry)),
        1,
      )
      entry.score = score
      entry.reachedAt = reachedAt
      insert(entry)
    },
    find: (userId) => handles.get(userId),
    rankAt(handle) {
      const { score } = at(handle)
      return 1 + prefix((other) => other.score > score)
    },
    scoreAt: (handle) => at(handle).score,
    rank(userId) {
      const handle = handles.get(userId)
      return handle === undefined ? undefined : ranking.rankAt(handle)
    },
    score(userId) {
      const handle = handles.get(userId)
      return handle === undefined ? undefined : at(handle).score
    },
    page: (offset, limit) =>
      order.slice(offset, offset + limit).map(
        (entry): RankedPlayer => ({
          ...entry,
          rank: 1 + prefix((other) => other.score > entry.score),
        }),
      ),
  }
  return ranking
}
