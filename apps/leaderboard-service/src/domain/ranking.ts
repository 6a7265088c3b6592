/**
 * The order-statistics structure of one quiz: who has which rank, for any number of players and any integers as scores.
 * Order: score descending, then `reachedAt` ascending, then user_id ascending (code units). Rank: 1 + number of players with more points.
 */
export interface RankedPlayer {
  userId: string
  score: number
  reachedAt: number
  rank: number
}

/** A player of one ranking, found once: stays valid as long as the ranking, and spares the look-up by id. */
export type RankingHandle = number

export interface Ranking {
  readonly size: number
  /** Adds or moves a player. `score` a safe integer, `reachedAt` milliseconds, a safe integer. O(log n) amortised. */
  set(userId: string, score: number, reachedAt: number): RankingHandle
  /** Competition rank, 1-based; undefined: not on the board. O(log n). */
  rank(userId: string): number | undefined
  score(userId: string): number | undefined
  /** `limit` players from position `offset` (0-based) on. O(log n + limit). */
  page(offset: number, limit: number): RankedPlayer[]
  /** undefined: not on the board. O(1). */
  find(userId: string): RankingHandle | undefined
  /** `find` for a whole batch, 0: not on the board. Of a large ranking, several times as fast as one by one. */
  findAll(userIds: readonly string[]): Int32Array
  /** As `set`, without the look-up. */
  move(handle: RankingHandle, score: number, reachedAt: number): void
  rankAt(handle: RankingHandle): number
  scoreAt(handle: RankingHandle): number
  /** Bytes held by this structure. */
  readonly bytes: number
}
