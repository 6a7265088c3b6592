/** Rows as they cross the wire between replicas. */
import type { FeedReply } from '@quizboard/shared/contracts/feed.ts'
import type { FeedRow } from './rows.ts'

type WireRow = Extract<FeedReply, { rows: unknown }>['rows'][number]

export const wireRow = ({ user_id, name, score, reached_at, seq, joined }: FeedRow): WireRow => [
  user_id,
  name,
  score,
  reached_at,
  seq,
  joined ? 1 : 0,
]

export const rowOfWire = ([user_id, name, score, reached_at, seq, joined]: WireRow): FeedRow => ({
  user_id,
  name,
  score,
  reached_at,
  seq,
  joined: joined === 1,
})
