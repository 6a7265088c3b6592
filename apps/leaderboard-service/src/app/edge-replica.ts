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

class FeedReplica implements Replica {
  readonly #createRanking: () => Ranking
  #known = new Map<string, Known>()
  readonly quizId: string
  quiz: LifecycleEvent
  ranking: Ranking
  ready = false
  epoch = 0
  version = 0
  joined = 0
  changes = 0
  generation = 0

  constructor(quiz: LifecycleEvent, createRanking: () => Ranking) {
    this.#createRanking = createRanking
    this.quizId = quiz.quiz_id
    this.quiz = quiz
    this.ranking = createRanking()
  }

  get players(): number {
    return this.ranking.size
  }

  apply(message: FeedMessage): Applied {
    if (message.kind === 'quiz') {
      this.learn(message.quiz)
      return 'applied'
    }
    const { kind, epoch, version, rows } = message
    if (kind === 'snapshot') {
      if (this.ready && isOlder(epoch, version, this.epoch, this.version)) return 'stale'
      this.#clear()
      if (message.quiz) this.learn(message.quiz)
    } else {
      if (!this.ready) return 'gap'
      if (epoch === this.epoch && version <= this.version) return 'stale'
      if (epoch !== this.epoch || version !== this.version + 1) return 'gap'
    }
    for (const row of rows) this.#put(row)
    this.ready = true
    this.epoch = epoch
    this.version = version
    this.changes++
    return 'applied'
  }

  learn(quiz: LifecycleEvent): void {
    if (quiz.revision <= this.quiz.revision) return
    this.quiz = quiz
    this.changes++
  }

  player(userId: string): ReplicaPlayer | undefined {
    return this.#known.get(userId)
  }

  page(offset: number, limit: number): Standing[] {
    return this.ranking.page(offset, limit).map(({ rank, userId, score }) => ({
      rank,
      user_id: userId,
      name: this.#known.get(userId)?.name ?? null,
      score,
    }))
  }

  #clear(): void {
    this.ranking = this.#createRanking()
    this.#known = new Map()
    this.joined = 0
    this.generation++
  }

  #put({ user_id, name, score, reached_at, seq, joined }: FeedRow): void {
    const known = this.#known.get(user_id)
    if (joined && !known?.joined) this.joined++
    if (known) {
      this.ranking.move(known.handle, score, reached_at)
      known.joined ||= joined
      known.name = name
      known.seq = seq
    } else {
      this.#known.set(user_id, { handle: this.ranking.set(user_id, score, reached_at), name, seq, joined })
    }
  }
}

/** Knows the quiz and nothing of its standings yet. */
export const createReplica = (quiz: LifecycleEvent, createRanking: () => Ranking): Replica =>
  new FeedReplica(quiz, createRanking)
