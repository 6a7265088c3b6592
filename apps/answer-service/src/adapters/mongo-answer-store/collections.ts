/**
 * The collections of the answer store: the answers, as the contract has them, and everything else that a commit writes. That lies in one
 * collection, because a command writes to one, and a small commit costs as many commands as it has, not documents.
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
/** Keys of players and results are made of ids (keys.ts), those of the outbox are ObjectIds, and replicas are named at random. */
export const STATE = 'answer_state'

export const collectionsOf = (db: Db): Collections => ({
  db,
  players: db.collection(STATE, DURABLE),
  answers: db.collection('answers', DURABLE),
  results: db.collection(STATE, DURABLE),
  outbox: db.collection(STATE),
  replicas: db.collection(STATE),
  corrections: db.collection('answer_corrections'),
})

/** Of the documents of the outbox, and no others. */
export const IN_OUTBOX = { at: { $gte: 0 } } as const
/** In the order of the commits, and with all that is counted: the events themselves need not be read for it. */
export const OUTBOX_INDEX = { at: 1, _id: 1, count: 1 } as const
/** Of the registrations, and no others. */
export const IS_REPLICA = { address: { $exists: true } } as const

/** A transaction must not be the one that makes a collection. */
export const createIndexes = async ({ answers, outbox, corrections }: Collections): Promise<void> => {
  await Promise.all([
    answers.createIndex(
      { held: 1, quiz_id: 1, question_id: 1, user_id: 1 },
      { partialFilterExpression: { held: true } },
    ),
    outbox.createIndexes([
      { key: OUTBOX_INDEX, partialFilterExpression: IN_OUTBOX },
      // A beat changes nothing of it.
      { key: { address: 1 }, partialFilterExpression: IS_REPLICA },
    ]),
    corrections.createIndex({ quiz_id: 1, question_id: 1 }, { unique: true }),
  ])
}

/** Our own keys find documents; `_id` stays inside. */
export const NO_ID = { projection: { _id: 0 } } as const
