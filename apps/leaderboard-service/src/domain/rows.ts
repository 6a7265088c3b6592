/** A player's standing as it is stored, and as the owner tells its followers. */

export interface BoardRow {
  quiz_id: string
  user_id: string
  /** The seed's field: `total + foreign`. */
  score: number
  /** The answer-service's total as of `revision`; 0 at revision 0. */
  total: number
  revision: number
  /** Of the last answer counted in `total`. */
  seq: number
  /** Sum of the foreign deltas applied, up to and with offset `foreign_offset` of the quiz's partition (-1: none). */
  foreign: number
  foreign_offset: number
  name: string | null
  /** ms; null: did not join. */
  joined_at: number | null
  /** Server time (ms) of the answer that last changed `total`; null: none did. */
  own_reached_at: number | null
  /** Broker's time (ms) of the last foreign delta that was not 0; null: none. */
  foreign_reached_at: number | null
}

/** One player's standing as of the message's version. Absolute: a later row replaces an earlier one. */
export interface FeedRow {
  user_id: string
  /** null: a foreign producer's user who has not joined. */
  name: string | null
  /** Own total plus foreign deltas. */
  score: number
  /** Server time (ms) at which the player got to this score: orders equal scores. */
  reached_at: number
  /** Of the last answer counted in `score`. */
  seq: number
  joined: boolean
}
