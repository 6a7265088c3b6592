/** One player's standing as pure transitions: the same events, in any order and any number of times, give the same row. */
import type { PlayerEvent, ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { FeedRow } from '../ports/board-feed.ts'
import type { BoardRow } from '../ports/board-store.ts'

const newRow = (quiz_id: string, user_id: string): BoardRow => ({
  quiz_id,
  user_id,
  score: 0,
  total: 0,
  revision: 0,
  seq: 0,
  foreign: 0,
  foreign_offset: -1,
  name: null,
  joined_at: null,
  own_reached_at: null,
  foreign_reached_at: null,
})

/** Sets the total if the event is newer than the row. Undefined: it changes nothing. */
export const applyOwn = (row: BoardRow | undefined, event: ScoreEvent): BoardRow | undefined => {
  const before = row ?? newRow(event.quiz_id, event.user_id)
  if (event.revision <= before.revision) return undefined
  const { total, revision, seq, reached_at } = event
  return {
    ...before,
    total,
    revision,
    seq: Math.max(seq, before.seq),
    score: total + before.foreign,
    own_reached_at: reached_at === undefined ? before.own_reached_at : Date.parse(reached_at),
  }
}

export interface Delta {
  quiz_id: string
  user_id: string
  score: number
}

/** Adds the delta that lies at `offset` of the quiz's partition, unless it is counted already. `at`: the broker's time. */
export const applyForeign = (
  row: BoardRow | undefined,
  delta: Delta,
  offset: number,
  at: number,
): BoardRow | undefined => {
  const before = row ?? newRow(delta.quiz_id, delta.user_id)
  if (offset <= before.foreign_offset) return undefined
  const foreign = before.foreign + delta.score
  return {
    ...before,
    foreign,
    foreign_offset: offset,
    score: before.total + foreign,
    foreign_reached_at: delta.score === 0 ? before.foreign_reached_at : Math.max(at, before.foreign_reached_at ?? at),
  }
}

export const applyJoin = (row: BoardRow | undefined, event: PlayerEvent): BoardRow | undefined => {
  const before = row ?? newRow(event.quiz_id, event.user_id)
  if (before.joined_at !== null) return undefined
  return { ...before, name: event.name, joined_at: Date.parse(event.joined_at) }
}

/** When the player got to the score; see the contract's "got there first". */
export const reachedAt = ({ own_reached_at, foreign_reached_at, joined_at }: BoardRow): number =>
  own_reached_at === null && foreign_reached_at === null
    ? (joined_at ?? 0)
    : Math.max(own_reached_at ?? 0, foreign_reached_at ?? 0)

export const feedRowOf = (row: BoardRow): FeedRow => ({
  user_id: row.user_id,
  name: row.name,
  score: row.score,
  reached_at: reachedAt(row),
  seq: row.seq,
  joined: row.joined_at !== null,
})
