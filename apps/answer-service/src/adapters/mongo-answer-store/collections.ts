/**
 * The collections of the answer store. Registrations, players and results lie in one, without a second index: a command writes to one
 * collection, and a small commit costs as many commands as it has, not documents.
 */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import { type Binary, type Collection, type Db, type ObjectId, ReadConcern } from 'mongodb'
import type { Correction } from '../../domain/correction.ts'
import type { PlayerRecord, StoredAnswer } from '../../domain/player.ts'

export type PlayerDocument = PlayerRecord & { _id: string }
export type AnswerDocument = StoredAnswer & { _id: string }
export interface ResultDocument {
  _id: string
  result: AnswerResult
}
/** The events of one commit. */
export interface OutboxDocument {
  _id: ObjectId
  /** Of the commit. */
  at: number
  /** The registration by which it was committed; '': by an admin command. */
  replica: string
  count: number
  /** JSON of a list: one text costs far less to write and to read than a tree of documents. */
  events: string
}
export interface ReplicaDocument {
  _id: string
  id: string
  address: string
  beat: number
  /** Of the session in which it commits: ends what a process that died has left open. */
  session: Binary
}
export interface Collections {
  db: Db
  players: Collection<PlayerDocument>
  answers: Collection<AnswerDocument>
  results: Collection<ResultDocument>
  outbox: Collection<OutboxDocument>
  replicas: Collection<ReplicaDocument>
  corrections: Collection<Correction>
}

/** What is told of these has to be there after a failover too. */
const DURABLE = { readConcern: new ReadConcern('majority') }
/** Of registrations, players and results: their keys (keys.ts) tell them apart. */
export const STATE = 'answer_state'

export const collectionsOf = (db: Db): Collections => ({
  db,
  players: db.collection(STATE, DURABLE),
  answers: db.collection('answers', DURABLE),
  results: db.collection(STATE, DURABLE),
  outbox: db.collection('answer_outbox'),
  replicas: db.collection(STATE),
  corrections: db.collection('answer_corrections'),
})

/** In the order of the commits, and with all that is counted: the events themselves need not be read for it. */
export const OUTBOX_INDEX = { at: 1, _id: 1, count: 1 } as const

/** A transaction must not be the one that makes a collection. */
export const createIndexes = async ({ db, answers, outbox, corrections }: Collections): Promise<void> => {
  await Promise.all([
    makeCollection(db, STATE),
    answers.createIndex(
      { held: 1, quiz_id: 1, question_id: 1, user_id: 1 },
      { partialFilterExpression: { held: true } },
    ),
    outbox.createIndex(OUTBOX_INDEX),
    corrections.createIndex({ quiz_id: 1, question_id: 1 }, { unique: true }),
  ])
}

const NAMESPACE_EXISTS = 48

const makeCollection = async (db: Db, name: string): Promise<void> => {
  try {
    await db.createCollection(name)
  } catch (error) {
    if ((error as { code?: number }).code !== NAMESPACE_EXISTS) throw error
  }
}

/** Our own keys find documents; `_id` stays inside. */
export const NO_ID = { projection: { _id: 0 } } as const
