/** The feed between replicas of the leaderboard-service: an internal WebSocket with JSON text frames. */
import { z } from 'zod'

const id = z.string().min(1).max(200)
/** By this number a follower tells what is of its newest follow of a quiz. */
const follow = z.int().nonnegative()

/** From the follower: a quiz from now on, or no more. */
export const feedRequest = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('follow'), quiz_id: id, follow }),
    z.object({ type: z.literal('unfollow'), quiz_id: id, follow }),
  ])
  .meta({ id: 'FeedRequest' })
export type FeedRequest = z.infer<typeof feedRequest>

/** user_id, name, score, reached_at, seq, joined. */
export const feedRow = z.tuple([
  id,
  z.string().nullable(),
  z.int(),
  z.number(),
  z.int(),
  z.union([z.literal(0), z.literal(1)]),
])

const version = { epoch: z.int(), version: z.int() }
/**
 * From the owner. A snapshot comes in parts, with changes between them; together they are the board as of the last part, and
 * nothing of it counts before that.
 */
export const feedReply = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('snapshot'),
      quiz_id: id,
      follow,
      last: z.boolean(),
      ...version,
      rows: z.array(feedRow),
    }),
    z.object({
      type: z.literal('changes'),
      quiz_id: id,
      ...version,
      rows: z.array(feedRow),
      // Milliseconds; a replica of an older version does not say it.
      at: z.number().optional(),
    }),
    z.object({ type: z.literal('gone'), quiz_id: id, to: z.object({ id, address: z.string() }).optional() }),
    z.object({ type: z.literal('unknown'), quiz_id: id, follow }),
  ])
  .meta({ id: 'FeedReply' })
export type FeedReply = z.infer<typeof feedReply>

/** To the owner of a partition: hand it over. */
export const releaseRequest = z
  .object({ epoch: z.int(), to: z.object({ id, address: z.url() }) })
  .meta({ id: 'ReleaseRequest' })

/** To every replica, from a new owner. */
export const ownerAnnouncement = z
  .object({ epoch: z.int(), owner: z.object({ id, address: z.url() }) })
  .meta({ id: 'OwnerAnnouncement' })
