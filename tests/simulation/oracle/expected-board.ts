/** The board that should be there. */
export interface ForeignDelta {
  user_id: string
  score: number
  /** The broker's time of the producer's record. */
  at: number
}
export interface OnBoard {
  rank: number
  user_id: string
  name: string | null
  score: number
  reachedAt: number
}

/**
 * `reached`: of each player, the time of the answer that last changed the total; absent: none did.
 * Ordered as boards are: by points, then who got there first, then user_id.
 */
export const expectedBoard = (
  players: readonly { userId: string; name: string; joinedAt: number }[],
  docs: readonly { user_id: string; score: number }[],
  reached: ReadonlyMap<string, number>,
  foreign: readonly ForeignDelta[],
): OnBoard[] => {
  const joined = new Map(players.map((player) => [player.userId, player]))
  const users = new Set([...joined.keys(), ...docs.map(({ user_id }) => user_id), ...foreign.map((d) => d.user_id)])
  const sum = (list: readonly { user_id: string; score: number }[], user: string) =>
    list.reduce((total, { user_id, score }) => total + (user_id === user ? score : 0), 0)
  const rows = [...users].map((user_id) => {
    const player = joined.get(user_id)
    const times = foreign.filter((delta) => delta.user_id === user_id && delta.score !== 0).map(({ at }) => at)
    const own = reached.get(user_id)
    if (own !== undefined) times.push(own)
    return {
      user_id,
      name: player?.name ?? null,
      score: sum(docs, user_id) + sum(foreign, user_id),
      reachedAt: times.length === 0 ? (player?.joinedAt ?? 0) : Math.max(...times),
    }
  })
  rows.sort((a, b) => b.score - a.score || a.reachedAt - b.reachedAt || (a.user_id < b.user_id ? -1 : 1))
  return rows.map((row) => ({ ...row, rank: 1 + rows.filter(({ score }) => score > row.score).length }))
}
