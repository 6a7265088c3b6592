/** Reads the states of players. */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { Filter } from 'mongodb'
import { newPlayer, type PlayerState, type StoredAnswer } from '../../domain/player.ts'
import type { LoadKey } from '../../ports/answer-store.ts'
import { type AnswerDocument, type Collections, NO_ID } from './collections.ts'
import { below, partKey, playerKey } from './keys.ts'

/** One state for each key, in their order. */
export const load = async (
  { players, answers, results }: Collections,
  keys: readonly LoadKey[],
): Promise<PlayerState[]> => {
  if (keys.length === 0) return []
  const ids = keys.map(playerKey)
  // First of all: whoever changes the rest raises the version, so what is read later is not older.
  const records = await players.find({ _id: { $in: ids } }, NO_ID).toArray()
  const recordOf = new Map(records.map((record) => [playerKey(record), record]))
  // Who is not stored has nothing else either.
  const stored = keys.filter((_, i) => recordOf.has(ids[i] ?? ''))
  const resultIds = stored.flatMap((key) => key.answer_ids.map((id) => partKey(playerKey(key), id)))
  const [docs, known] = await Promise.all([
    stored.length === 0 ? [] : answers.find(answersOf(stored), NO_ID).toArray(),
    resultIds.length === 0 ? [] : results.find({ _id: { $in: resultIds } }).toArray(),
  ])
  const docsOf = Map.groupBy(docs, playerKey)
  const resultOf = new Map(known.map(({ _id, result }) => [_id, result]))
  return keys.map((key, i): PlayerState => {
    const id = ids[i] ?? ''
    const { quiz_id, user_id, question_ids } = key
    const isWanted = (doc: StoredAnswer) => question_ids === 'all' || question_ids.includes(doc.question_id)
    return {
      record: recordOf.get(id) ?? newPlayer(quiz_id, user_id),
      answers: new Map((docsOf.get(id) ?? []).filter(isWanted).map((doc) => [doc.question_id, doc])),
      results: resultsOf(key, resultOf),
    }
  })
}

/** Exact keys, and a range for each whose answers are all wanted. */
const answersOf = (keys: readonly LoadKey[]): Filter<AnswerDocument> => {
  const exact: string[] = []
  const ranges: Filter<AnswerDocument>[] = []
  for (const key of keys) {
    const player = playerKey(key)
    if (key.question_ids === 'all') ranges.push({ _id: below(player) })
    else for (const id of key.question_ids) exact.push(partKey(player, id))
  }
  return { $or: [{ _id: { $in: exact } }, ...ranges] }
}

const resultsOf = (key: LoadKey, resultOf: ReadonlyMap<string, AnswerResult>): Map<string, AnswerResult> => {
  const found = new Map<string, AnswerResult>()
  for (const id of key.answer_ids) {
    const result = resultOf.get(partKey(playerKey(key), id))
    if (result) found.set(id, result)
  }
  return found
}
