/**
 * Which of several replicas is to do something: all come to the same order by themselves, and who comes or goes disturbs no one
 * else's. Highest random weight (Thaler and Ravishankar, 1998).
 */
import { murmur2 } from './partition.ts'

const utf8 = new TextEncoder()
const weight = (key: string, id: string): number => murmur2(utf8.encode(`${key}/${id}`)) >>> 0

/** `ids` in the order in which they are to do what `key` names. */
export const ranked = (key: string, ids: readonly string[]): string[] =>
  ids
    .map((id) => ({ id, weight: weight(key, id) }))
    .sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
