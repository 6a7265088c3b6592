/** The board store on MongoDB (a replica set: it needs transactions). Absolute writes, each guarded by its own document. */
import { INTERRUPTED, MAJORITY, TRANSACTION } from '@quizboard/shared/adapters/mongodb.ts'
import {
  type AnyBulkWriteOperation,
  type ClientSession,
  MongoClient,
  type MongoClientOptions,
  MongoServerError,
} from 'mongodb'
import type { BoardRow, BoardStore, Fence, PartitionState } from '../../ports/board-store.ts'
import type { Membership } from '../../ports/membership.ts'
import { createMongoMembership, type MemberDocument } from './mongo-membership.ts'
import { createPartitionPart, createSessions, type PartitionDocument } from './partitions.ts'

export interface MongoBoardStoreOptions {
  /** mongodb://… of a replica set. */
  url: string
  database: string
  /** TLS, credentials and the like, as the driver has them. */
  client?: MongoClientOptions
}

export interface MongoBoards {
  store: BoardStore
  membership: Membership
}

/** Connects and makes the indexes. Rejects if the server cannot be reached or is no replica set. */
export const openMongoBoards = async ({ url, database, client }: MongoBoardStoreOptions): Promise<MongoBoards> => {
  const mongo = new MongoClient(url, { serverSelectionTimeoutMS: 10_000, ...client, writeConcern: MAJORITY })
  await mongo.connect()
  const db = mongo.db(database)
  const rows = db.collection<BoardRow>('leaderboard')
  const partitions = db.collection<PartitionDocument>('leaderboard_partitions')
  await rows.createIndex({ quiz_id: 1, user_id: 1 }, { unique: true })
  // A transaction must not be the one that makes it.
  await partitions.createIndex({ epoch: 1 })
  const sessions = createSessions(mongo)

  const write = async (session: ClientSession, fence: Fence, list: readonly BoardRow[], state: PartitionState) => {
    const { matchedCount } = await partitions.updateOne(
      { _id: fence.partition, epoch: fence.epoch },
      { $set: { state } },
      { session },
    )
    if (matchedCount === 0) return 'stale'
    if (list.length > 0) await rows.bulkWrite(list.map(guardedWrite), { session })
    return 'ok'
  }
  const store: BoardStore = {
    ...createPartitionPart(mongo, partitions, sessions),
    flush: (fence, list, state) =>
      sessions.inTurn(fence.partition, (session) =>
        againIfInterrupted(() => session.withTransaction(() => write(session, fence, list, state), TRANSACTION)),
      ),
    load: (quizId) => rows.find({ quiz_id: quizId }, { projection: { _id: 0 }, readConcern: 'majority' }).toArray(),
    async close() {
      await sessions.close()
      await mongo.close()
    },
  }
  return { store, membership: createMongoMembership(db.collection<MemberDocument>('leaderboard_members')) }
}

/** If a taker has ended our session, the next attempt finds that the fence is stale. */
const againIfInterrupted = async <T>(attempt: () => Promise<T>): Promise<T> => {
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== INTERRUPTED) throw error
    return attempt()
  }
}

/** Each part of the row has a guard of its own; `score` follows from the parts. Values are literals: a name may begin with $. */
const guardedWrite = (row: BoardRow): AnyBulkWriteOperation<BoardRow> => {
  const newer = (field: 'revision' | 'foreign_offset') => ({ $gt: [row[field], { $ifNull: [`$${field}`, -2] }] })
  const joins = { $eq: [{ $ifNull: ['$joined_at', null] }, null] }
  const part = (guard: object, fields: readonly (keyof BoardRow)[]) =>
    Object.fromEntries(fields.map((field) => [field, { $cond: [guard, { $literal: row[field] }, `$${field}`] }]))
  return {
    updateOne: {
      filter: { quiz_id: row.quiz_id, user_id: row.user_id },
      update: [
        {
          $set: {
            ...part(newer('revision'), ['total', 'revision', 'seq', 'own_reached_at']),
            ...part(newer('foreign_offset'), ['foreign', 'foreign_offset', 'foreign_reached_at']),
            ...part(joins, ['name', 'joined_at']),
          },
        },
        { $set: { score: { $add: ['$total', '$foreign'] } } },
      ],
      upsert: true,
    },
  }
}
