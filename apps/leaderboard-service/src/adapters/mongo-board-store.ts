/** The board store on MongoDB (a replica set: it needs transactions), majority-written. */
import { type AnyBulkWriteOperation, type ClientSession, MongoClient, type MongoClientOptions } from 'mongodb'
import type { BoardRow, BoardStore, PartitionState } from '../ports/board-store.ts'

export interface MongoBoardStoreOptions {
  /** mongodb://… of a replica set. */
  url: string
  database: string
  /** TLS, credentials and the like, as the driver has them. */
  client?: MongoClientOptions
}

interface PartitionDocument {
  _id: number
  epoch: number
  state: PartitionState
}

const MAJORITY = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', j: true } } as const

/** Connects and makes the indexes. Rejects if the server cannot be reached or is no replica set. */
export const openMongoBoardStore = async ({ url, database, client }: MongoBoardStoreOptions): Promise<BoardStore> => {
  const mongo = new MongoClient(url, {
    serverSelectionTimeoutMS: 10_000,
    ...client,
    writeConcern: MAJORITY.writeConcern,
  })
  await mongo.connect()
  const db = mongo.db(database)
  const rows = db.collection<BoardRow>('leaderboard')
  const partitions = db.collection<PartitionDocument>('leaderboard_partitions')
  await rows.createIndex({ quiz_id: 1, user_id: 1 }, { unique: true })
  // A transaction must not be the one that makes it.
  await partitions.createIndex({ epoch: 1 })

  const write = async (
    session: ClientSession,
    fence: { partition: number; epoch: number },
    list: readonly BoardRow[],
    state: PartitionState,
  ) => {
    const { matchedCount } = await partitions.updateOne(
      { _id: fence.partition, epoch: fence.epoch },
      { $set: { state } },
      { session },
    )
    if (matchedCount === 0) return 'stale'
    if (list.length > 0) await rows.bulkWrite(list.map(guardedWrite), { session })
    return 'ok'
  }
  return {
    async acquire(partition) {
      const held = await partitions.findOneAndUpdate(
        { _id: partition },
        { $inc: { epoch: 1 }, $setOnInsert: { state: { offsets: {}, origins: {} } } },
        { upsert: true, returnDocument: 'after' },
      )
      if (!held) throw new Error(`partition ${partition} could not be acquired`)
      return { fence: { partition, epoch: held.epoch }, state: held.state }
    },
    flush: (fence, list, state) =>
      mongo.withSession((session) => session.withTransaction(() => write(session, fence, list, state), MAJORITY)),
    load: (quizId) => rows.find({ quiz_id: quizId }, { projection: { _id: 0 }, readConcern: 'majority' }).toArray(),
    close: () => mongo.close(),
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
