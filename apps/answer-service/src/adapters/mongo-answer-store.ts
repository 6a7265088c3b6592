/** The answer store on MongoDB (a replica set: it needs transactions), majority-written. */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import {
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection,
  type Document,
  type Filter,
  MongoClient,
  type MongoClientOptions,
  MongoServerError,
} from 'mongodb'
import { newPlayer, type PlayerRecord, type PlayerState, type StoredAnswer } from '../domain/player.ts'
import {
  type AnswerStore,
  type CommitOutcome,
  type LoadKey,
  type PlayerChange,
  StoreUnavailable,
} from '../ports/answer-store.ts'

export interface MongoAnswerStoreOptions {
  /** mongodb://… of a replica set. */
  url: string
  database: string
  /** TLS, credentials and the like, as the driver has them. */
  client?: MongoClientOptions
}

interface ResultDocument {
  quiz_id: string
  user_id: string
  answer_id: string
  result: AnswerResult
}
interface OutboxDocument {
  quiz_id: string
  user_id: string
  revision: number
  at: number
  event: ScoreEvent
}
interface Collections {
  players: Collection<PlayerRecord>
  answers: Collection<StoredAnswer>
  results: Collection<ResultDocument>
  outbox: Collection<OutboxDocument>
}

const TRANSACTION = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', j: true } } as const
const NO_ID = { projection: { _id: 0 } } as const
const DUPLICATE_KEY = 11_000
/** Two replicas may insert the same player at once; the one that comes second reads again. */
const INSERT_RACES = 5

/** Connects and makes the indexes. Rejects if the server cannot be reached. */
export const openMongoAnswerStore = async ({
  url,
  database,
  client,
}: MongoAnswerStoreOptions): Promise<AnswerStore> => {
  const mongo = new MongoClient(url, {
    serverSelectionTimeoutMS: 10_000,
    ...client,
    writeConcern: TRANSACTION.writeConcern,
  })
  await mongo.connect()
  const db = mongo.db(database)
  const collections: Collections = {
    players: db.collection('answer_players'),
    answers: db.collection('answers'),
    results: db.collection('answer_results'),
    outbox: db.collection('answer_outbox'),
  }
  await createIndexes(collections)
  const { answers, outbox } = collections

  const commitOnce = (changes: readonly PlayerChange[]): Promise<CommitOutcome[]> =>
    mongo.withSession((session) => session.withTransaction(() => commit(collections, session, changes), TRANSACTION))

  return {
    load: (keys) => told(load(collections, keys)),
    commit: (changes) => told(retryInsertRaces(() => commitOnce(changes))),
    held: (quiz_id, question_id, after, limit) =>
      told(
        answers
          .find({ quiz_id, question_id, held: true, user_id: { $gt: after } }, NO_ID)
          .sort({ user_id: 1 })
          .limit(limit)
          .toArray(),
      ),
    heldQuestions: (quizId) => told(heldQuestions(answers, quizId)),
    list: (quiz_id, { after, limit, user_id, question_id }) => {
      const behind: Filter<StoredAnswer> = after
        ? {
            $or: [
              { user_id: { $gt: after.user_id } },
              { user_id: after.user_id, question_id: { $gt: after.question_id } },
            ],
          }
        : {}
      const fields = {
        ...(user_id === undefined ? {} : { user_id }),
        ...(question_id === undefined ? {} : { question_id }),
      }
      const found = answers.find({ $and: [{ quiz_id, ...fields }, behind] }, NO_ID)
      return told(found.sort({ user_id: 1, question_id: 1 }).limit(limit).toArray())
    },
    async answeredIds(quiz_id, user_id) {
      const found = answers
        .find({ quiz_id, user_id }, { projection: { _id: 0, question_id: 1 } })
        .sort({ question_id: 1 })
      return (await told(found.toArray())).map((doc) => doc.question_id)
    },
    async outbox(limit) {
      const found = outbox.find({}, NO_ID).sort({ at: 1, _id: 1 }).limit(limit)
      return (await told(found.toArray())).map(({ event, at }) => ({ event, at }))
    },
    async deleteOutbox(keys) {
      if (keys.length === 0) return
      const filters = keys.map(({ quiz_id, user_id, revision }) => ({
        deleteOne: { filter: { quiz_id, user_id, revision } },
      }))
      await told(outbox.bulkWrite(filters, { ordered: false, writeConcern: { w: 1 } }))
    },
    async stats() {
      const [count, oldest, held] = await told(
        Promise.all([
          outbox.countDocuments(),
          outbox.find().sort({ at: 1 }).limit(1).next(),
          answers.countDocuments({ held: true }),
        ]),
      )
      return { outbox: count, oldest_at: oldest?.at, held }
    },
    close: () => mongo.close(),
  }
}

const createIndexes = ({ players, answers, results, outbox }: Collections) =>
  Promise.all([
    players.createIndex({ quiz_id: 1, user_id: 1 }, { unique: true }),
    answers.createIndex({ quiz_id: 1, user_id: 1, question_id: 1 }, { unique: true }),
    answers.createIndex(
      { held: 1, quiz_id: 1, question_id: 1, user_id: 1 },
      { partialFilterExpression: { held: true } },
    ),
    results.createIndex({ quiz_id: 1, user_id: 1, answer_id: 1 }, { unique: true }),
    outbox.createIndex({ quiz_id: 1, user_id: 1, revision: 1 }, { unique: true }),
    outbox.createIndex({ at: 1 }),
  ])

const playerKey = ({ quiz_id, user_id }: { quiz_id: string; user_id: string }) => JSON.stringify([quiz_id, user_id])

/** One filter for all players of a quiz, instead of one a player. */
const byQuiz = (keys: readonly { quiz_id: string; user_id: string }[]): Document[] => {
  const users = new Map<string, Set<string>>()
  for (const { quiz_id, user_id } of keys) users.set(quiz_id, (users.get(quiz_id) ?? new Set()).add(user_id))
  return [...users].map(([quiz_id, ids]) => ({ quiz_id, user_id: { $in: [...ids] } }))
}

async function load({ players, answers, results }: Collections, keys: readonly LoadKey[]): Promise<PlayerState[]> {
  if (keys.length === 0) return []
  const questions = keys.some((key) => key.question_ids === 'all') ? undefined : keys.flatMap((key) => key.question_ids)
  const answerIds = keys.flatMap((key) => key.answer_ids)
  const anyOf = byQuiz(keys)
  const [records, docs, known] = await Promise.all([
    players.find({ $or: anyOf }, NO_ID).toArray(),
    answers
      .find({ $or: anyOf.map((f) => (questions ? { ...f, question_id: { $in: questions } } : f)) }, NO_ID)
      .toArray(),
    answerIds.length === 0
      ? []
      : results.find({ $or: anyOf.map((f) => ({ ...f, answer_id: { $in: answerIds } })) }, NO_ID).toArray(),
  ])
  const recordOf = new Map(records.map((record) => [playerKey(record), record]))
  const docsOf = Map.groupBy(docs, playerKey)
  const resultsOf = Map.groupBy(known, playerKey)
  return keys.map((key): PlayerState => {
    const id = playerKey(key)
    const { question_ids, answer_ids } = key
    const wanted = (doc: StoredAnswer) => question_ids === 'all' || question_ids.includes(doc.question_id)
    return {
      record: recordOf.get(id) ?? newPlayer(key.quiz_id, key.user_id),
      answers: new Map((docsOf.get(id) ?? []).filter(wanted).map((doc) => [doc.question_id, doc])),
      results: new Map(
        (resultsOf.get(id) ?? []).filter((r) => answer_ids.includes(r.answer_id)).map((r) => [r.answer_id, r.result]),
      ),
    }
  })
}

/**
 * Within a transaction: what another replica changes after the versions were read is a write conflict, and the driver begins
 * the whole again.
 */
async function commit(
  { players, answers, results, outbox }: Collections,
  session: ClientSession,
  changes: readonly PlayerChange[],
): Promise<CommitOutcome[]> {
  if (changes.length === 0) return []
  const stored = await players
    .find({ $or: byQuiz(changes.map(({ record }) => record)) }, { ...NO_ID, session })
    .toArray()
  const versions = new Map(stored.map((record) => [playerKey(record), record.version]))
  const accepted: PlayerChange[] = []
  const outcomes = changes.map((change): CommitOutcome => {
    const key = playerKey(change.record)
    if ((versions.get(key) ?? 0) !== change.expected_version) return 'conflict'
    versions.set(key, change.record.version)
    accepted.push(change)
    return 'ok'
  })
  const newest = new Map(accepted.map(({ record }) => [playerKey(record), record]))
  await write(
    players,
    session,
    [...newest.values()].map((record) => replacement(record, ['quiz_id', 'user_id'])),
  )
  const docs = accepted.flatMap((change) => change.answers)
  await write(
    answers,
    session,
    docs.map((doc) => replacement(doc, ['quiz_id', 'user_id', 'question_id'])),
  )
  const replies = accepted.flatMap(({ record: { quiz_id, user_id }, results }) =>
    results.map((r) => ({ quiz_id, user_id, ...r })),
  )
  await write(
    results,
    session,
    replies.map((reply) => replacement(reply, ['quiz_id', 'user_id', 'answer_id'])),
  )
  const events = accepted.flatMap(({ events, at }) =>
    events.map((event) => ({ quiz_id: event.quiz_id, user_id: event.user_id, revision: event.revision, at, event })),
  )
  await write(
    outbox,
    session,
    events.map((row) => replacement(row, ['quiz_id', 'user_id', 'revision'])),
  )
  return outcomes
}

const replacement = <T extends Document>(doc: T, key: readonly (keyof T & string)[]): AnyBulkWriteOperation<T> =>
  ({
    replaceOne: {
      filter: Object.fromEntries(key.map((field) => [field, doc[field]])),
      replacement: { ...doc },
      upsert: true,
    },
  }) as unknown as AnyBulkWriteOperation<T>

const write = async <T extends Document>(
  collection: Collection<T>,
  session: ClientSession,
  operations: AnyBulkWriteOperation<T>[],
): Promise<void> => {
  if (operations.length > 0) await collection.bulkWrite(operations, { session })
}

const heldQuestions = (answers: Collection<StoredAnswer>, quizId: string | undefined) =>
  answers
    .aggregate<{ quiz_id: string; question_id: string }>([
      { $match: { held: true, ...(quizId === undefined ? {} : { quiz_id: quizId }) } },
      { $group: { _id: { quiz_id: '$quiz_id', question_id: '$question_id' } } },
      { $replaceWith: '$_id' },
    ])
    .toArray()

const retryInsertRaces = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let left = INSERT_RACES; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0 || !(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error
    }
  }
}

/** Errors of one document stay what they are; everything else means that the store is out. */
const told = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result
  } catch (error) {
    if (error instanceof MongoServerError && !error.hasErrorLabel('TransientTransactionError')) throw error
    throw new StoreUnavailable('MongoDB cannot be used at this moment', { cause: error })
  }
}
