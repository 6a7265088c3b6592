/** What a crowd has counted and seen, over all of its quizzes. */
export type WrongKind =
  | 'lost'
  | 'doubled'
  | 'rank'
  | 'view went back'
  | 'view disagrees'
  | 'socket closed'
  | 'key too early'
  | 'copy refused'
  | 'stuck'
  | 'reply'

export interface Tally {
  players: number
  quizzes: number
  acknowledged: number
  refused: number
  /** Sent again for want of a reply that says what became of it. */
  resent: number
  frames: number
  reconnects: number
  /** From the intended send to the acknowledgement. */
  latency: Histogram
  /** From the intended send to the new points on the own screen; of answers whose points are told at once. */
  shown: Histogram
  /** The first of what is wrong, in words. */
  wrongs: string[]
  /** All that is wrong, by kind. */
  counts: Record<WrongKind, number>
  wrong(kind: WrongKind, text: string): void
}

const WRONGS_MAX = 200

export const createTally = (): Tally => {
  const counts: Record<WrongKind, number> = {
    lost: 0,
    doubled: 0,
    rank: 0,
    'view went back': 0,
    'view disagrees': 0,
    'socket closed': 0,
    'key too early': 0,
    'copy refused': 0,
    stuck: 0,
    reply: 0,
  }
  const tally: Tally = {
    players: 0,
    quizzes: 0,
    acknowledged: 0,
    refused: 0,
    resent: 0,
    frames: 0,
    reconnects: 0,
    latency: createHistogram(),
    shown: createHistogram(),
    wrongs: [],
    counts,
    wrong(kind, text) {
      counts[kind]++
      if (tally.wrongs.length < WRONGS_MAX) tally.wrongs.push(`${kind}: ${text}`)
    },
  }
  return tally
}

interface Histogram {
  readonly count: number
  add(ms: number): void
  /** Upper bound of the bucket that holds this share of the values; exact within 5 %. */
  quantile(share: number): number
}

const GROWTH = 1.05

const createHistogram = (): Histogram => {
  const buckets: number[] = []
  let count = 0
  return {
    get count() {
      return count
    },
    add(ms) {
      const bucket = ms <= 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(GROWTH))
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
      count++
    },
    quantile(share) {
      let seen = 0
      for (const [bucket, some = 0] of buckets.entries()) {
        seen += some
        if (seen >= share * count && seen > 0) return GROWTH ** bucket
      }
      return 0
    },
  }
}
