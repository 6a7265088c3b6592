/** The standings of one quiz as an edge holds them: what its owner's feed said, in a ranking of its own. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import type { Ranking, RankingHandle } from '../domain/ranking.ts'
import type { FeedMessage, FeedRow } from '../ports/board-feed.ts'

export interface ReplicaPlayer {
  readonly handle: RankingHandle
  readonly name: string | null
  readonly seq: number
}

/** `gap`: a version is missing; `stale`: older than what is known. Neither changes anything. */
export type Applied = 'applied' | 'gap' | 'stale'

export interface Replica {
  readonly quizId: string
  /** False until the first snapshot: nothing is known of the standings. */
  readonly ready: boolean
  /** (epoch, version) never falls. */
  readonly epoch: number
  readonly version: number
  readonly quiz: LifecycleEvent
  /** Players who joined; foreign producers' users are not among them. */
  readonly joined: number
  /** Everyone on the board. */
  readonly players: number
  /** Rises whenever anything here changes. */
  readonly changes: number
  /** Rises when handles of before are no longer valid. */
  readonly generation: number
  readonly ranking: Ranking
  apply(message: FeedMessage): Applied
  /** A lifecycle snapshot from elsewhere than the feed's messages; an older one changes nothing. */
  learn(quiz: LifecycleEvent): void
  player(userId: string): ReplicaPlayer | undefined
  /** `limit` standings from position `offset` (0-based) on. */
  page(offset: number, limit: number): Standing[]
}

interface Known {
  handle: RankingHandle
  name: string | null
  seq: number
  joined: boolean
}

export const isOlder = (epoch: number, version: number, thanEpoch: number, thanVersion: number): boolean =>
  epoch < thanEpoch || (epoch === thanEpoch && version < thanVersion)

export const createReplica = (first: LifecycleEvent, createRanking: () => Ranking): Replica => {
  let quiz = first
  let ready = false
  let epoch = 0
  let version = 0
  let changes = 0
  let generation = 0
  let joined = 0
  let ranking = createRanking()
  let known = new Map<string, Known>()

  const put = (row: FeedRow): void => {
    const handle = ranking.set(row.user_id, row.score, row.reached_at)
    const player = known.get(row.user_id)
    if (player) {
      if (row.joined && !player.joined) joined++
      player.joined ||= row.joined
      player.name = row.name
      player.seq = row.seq
      return
    }
    if (row.joined) joined++
    known.set(row.user_id, { handle, name: row.name, seq: row.seq, joined: row.joined })
  }

  const replace = (rows: readonly FeedRow[]): void => {
    ranking = createRanking()
    known = new Map()
    joined = 0
    generation++
    for (const row of rows) put(row)
  }

  const learn = (event: LifecycleEvent): void => {
    if (event.revision <= quiz.revision) return
    quiz = event
    changes++
  }

  const apply = (message: FeedMessage): Applied => {
    if (message.kind === 'quiz') {
      learn(message.quiz)
      return 'applied'
    }
    if (message.kind === 'snapshot') {
      if (ready && isOlder(message.epoch, message.version, epoch, version)) return 'stale'
      replace(message.rows)
      if (message.quiz) learn(message.quiz)
    } else {
      if (!ready) return 'gap'
      if (message.epoch === epoch && message.version <= version) return 'stale'
      if (message.epoch !== epoch || message.version !== version + 1) return 'gap'
      for (const row of message.rows) put(row)
    }
    ready = true
    epoch = message.epoch
    version = message.version
    changes++
    return 'applied'
  }

  return {
    quizId: first.quiz_id,
    get ready() {
      return ready
    },
    get epoch() {
      return epoch
    },
    get version() {
      return version
    },
    get quiz() {
      return quiz
    },
    get joined() {
      return joined
    },
    get players() {
      return ranking.size
    },
    get changes() {
      return changes
    },
    get generation() {
      return generation
    },
    get ranking() {
      return ranking
    },
    apply,
    learn,
    player: (userId) => known.get(userId),
    page: (offset, limit) =>
      ranking.page(offset, limit).map(({ rank, userId, score }) => ({
        rank,
        user_id: userId,
        name: known.get(userId)?.name ?? null,
        score,
      })),
  }
}
