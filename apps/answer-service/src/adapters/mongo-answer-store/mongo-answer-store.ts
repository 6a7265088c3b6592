/** The answer store on MongoDB (a replica set: it needs transactions), majority-written. */
import { INTERRUPTED, MAJORITY, TRANSACTION } from '@quizboard/shared/adapters/mongodb.ts'
import { createTurns } from '@quizboard/shared/kit/turns.ts'
import { type Collection, MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb'
import type { PlayerState } from '../../domain/player.ts'
import {
  type AnswerStore,
  type CommitOutcome,
  Fenced,
  type LoadKey,
  type PlayerChange,
  StoreUnavailable,
} from '../../ports/answer-store.ts'
import { type AnswerDocument, collectionsOf, createIndexes, NO_ID } from './collections.ts'
import { commit, Misfit } from './commit.ts'
import { createCorrectionPart } from './corrections.ts'
import { below, partKey, playerKey } from './keys.ts'
import { createKnownPlayers } from './known-players.ts'
import { load } from './load.ts'
import { createOutboxPart } from './outbox.ts'
import { isPassing } from './passing.ts'
import { createReplicaPart } from './replicas.ts'

export interface MongoAnswerStoreOptions {
  /** mongodb://… of a replica set. */
  url: string
  database: string
  /** TLS, credentials and the like, as the driver has them. */
  client?: MongoClientOptions
}

const RACES = 5
/** Records, answers and results of players that are kept in memory: some 50 MB. */
const KNOWN_MAX = 200_000

/** Connects and makes the indexes. Rejects if the server cannot be reached. */
export const openMongoAnswerStore = async ({
  url,
  database,
  client,
}: MongoAnswerStoreOptions): Promise<AnswerStore> => {
  const mongo = new MongoClient(url, { serverSelectionTimeoutMS: 10_000, ...client, writeConcern: MAJORITY })
  await mongo.connect()
  const collections = collectionsOf(mongo.db(database))
  await createIndexes(collections)
  const { answers } = collections
  // One session for all commits, one at a time: what a fence has to end is known by its id.
  const session = mongo.startSession()
  const inTurn = createTurns()
  const replicas = createReplicaPart(mongo, collections.replicas, session)
  const { correct, corrections } = createCorrectionPart(collections.corrections)
  const outbox = createOutboxPart(collections)
  const known = createKnownPlayers(KNOWN_MAX)

  /** What is known here is not read. */
  const loadStates = async (keys: readonly LoadKey[]): Promise<PlayerState[]> => {
    const states = keys.map(known.state)
    const rest = await load(
      collections,
      keys.filter((_, i) => states[i] === undefined),
    )
    return states.map((state) => state ?? (rest.shift() as PlayerState))
  }
  const commitInTurn = (changes: readonly PlayerChange[], as: string | undefined): Promise<CommitOutcome[]> =>
    inTurn(async () => {
      if (changes.length === 0) return []
      try {
        const { outcomes, outbox: rows } = await again((failures) => {
          const options = { as, isCareful: failures > 0, isFirst: known.isFirst }
          return session.withTransaction(() => commit(collections, session, changes, options), TRANSACTION)
        })
        const accepted = changes.filter((_, i) => outcomes[i] === 'ok')
        for (const change of accepted) known.committed(change)
        if (rows)
          outbox.committed(
            rows,
            accepted.flatMap(({ events }) => events),
          )
        for (const [i, { record }] of changes.entries()) if (outcomes[i] !== 'ok') known.conflicted(playerKey(record))
        return outcomes
      } catch (error) {
        for (const { record } of changes) known.unsure(playerKey(record))
        throw error
      }
    })

  return {
    correct: (correction) => told(correct(correction)),
    corrections: (quizId) => told(corrections(quizId)),
    register: (id, address) => told(replicas.register(id, address)),
    beat: (id) => told(replicas.beat(id)),
    replicas: () => told(replicas.replicas()),
    fence: (id) => told(replicas.fence(id)),
    load: (keys, { mayBeOld = false } = {}) => told(mayBeOld ? loadStates(keys) : load(collections, keys)),
    commit: (changes, as) => told(commitInTurn(changes, as)),
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
      // Keys of answers begin with the quiz and the player, and sort as they do.
      const all = user_id === undefined ? quiz_id : playerKey({ quiz_id, user_id })
      const last = after && partKey(playerKey({ quiz_id, user_id: after.user_id }), after.question_id)
      const found = answers.find(
        {
          $and: [{ _id: below(all) }, last === undefined ? {} : { _id: { $gt: last } }],
          ...(question_id === undefined ? {} : { question_id }),
        },
        NO_ID,
      )
      return told(found.sort({ _id: 1 }).limit(limit).toArray())
    },
    async answeredIds(quiz_id, user_id) {
      const range = below(playerKey({ quiz_id, user_id }))
      const found = answers.find({ _id: range }, { projection: { _id: 0, question_id: 1 } }).sort({ _id: 1 })
      return (await told(found.toArray())).map((doc) => doc.question_id)
    },
    outbox: (limit, except) => told(outbox.outbox(limit, except)),
    deleteOutbox: (keys) => told(outbox.deleteOutbox(keys)),
    async stats() {
      const [{ rows, oldest_at }, held] = await told(
        Promise.all([outbox.count(), answers.countDocuments({ held: true })]),
      )
      return { outbox: rows, oldest_at, held }
    },
    async close() {
      await session.endSession()
      await mongo.close()
    },
  }
}

const heldQuestions = (answers: Collection<AnswerDocument>, quizId: string | undefined) =>
  answers
    .aggregate<{ quiz_id: string; question_id: string }>([
      { $match: { held: true, ...(quizId === undefined ? {} : { quiz_id: quizId }) } },
      { $group: { _id: { quiz_id: '$quiz_id', question_id: '$question_id' } } },
      { $replaceWith: '$_id' },
    ])
    .toArray()

/** Until it is not interrupted; `attempt` is told how often it failed so far. */
const again = async <T>(attempt: (failures: number) => Promise<T>): Promise<T> => {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(failures)
    } catch (error) {
      const isRace = error instanceof Misfit || (error instanceof MongoServerError && error.code === INTERRUPTED)
      if (failures === RACES || !isRace) throw error
    }
  }
}

/** Errors of one document stay what they are; everything else means that the store is out. */
const told = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result
  } catch (error) {
    if (error instanceof Fenced) throw error
    if (error instanceof MongoServerError && !isPassing(error)) throw error
    throw new StoreUnavailable('MongoDB cannot be used at this moment', { cause: error })
  }
}
