/**
 * The `_id`s of our documents, made of the ids that they belong to: no second index has to be kept, and a key finds its document by
 * equality alone. No id has U+0000 in it (the router refuses such a path), so different ids give different keys, and
 * keys sort as their ids do.
 */
const SEPARATOR = '\0'
/** Directly behind every key that begins with the same ids. */
const BEHIND = '\u0001'

export interface PlayerIds {
  quiz_id: string
  user_id: string
}

export const playerKey = ({ quiz_id, user_id }: PlayerIds): string => quiz_id + SEPARATOR + user_id
/** Of a registration: before the keys of every quiz. All of them are below ''. */
export const replicaKey = (id: string): string => partKey('', id)
/** Of an answer by its question, of a result by its answer_id. */
export const partKey = (player: string, id: string): string => player + SEPARATOR + id
/** Of an event. */
export const rowKey = (row: PlayerIds & { revision: number }): string => partKey(playerKey(row), String(row.revision))

/** Everything whose key begins with `key`. */
export const below = (key: string) => ({ $gt: key + SEPARATOR, $lt: key + BEHIND })
