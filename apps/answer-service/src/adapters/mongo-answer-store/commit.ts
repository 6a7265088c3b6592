/**
 * One transaction of the answer store, in as few commands as there are kinds of writes and collections. As a rule every change fits:
 * then the versions are checked by the writes themselves. If one does not, the transaction is begun anew and reads them first.
 */
import { type ClientSession, type Db, type Document, MongoServerError, ObjectId } from 'mongodb'
import { type CommitOutcome, Fenced, type PlayerChange } from '../../ports/answer-store.ts'
import {
  type AnswerDocument,
  type Collections,
  type OutboxDocument,
  type PlayerDocument,
  type ResultDocument,
  STATE,
} from './collections.ts'
import { partKey, playerKey, replicaKey } from './keys.ts'

/** Some player's stored version is another one. */
export class Misfit extends Error {}

/** Two replicas insert the same player at once: the one that comes second reads the versions. */
const DUPLICATE_KEY = 11_000

export interface CommitOptions {
  /** The registration by which is committed; undefined: by an admin command. */
  as: string | undefined
  /** Read the versions first. Else what does not fit is a Misfit. */
  isCareful: boolean
  /** Whether it is known that the player has not answered the question. */
  isFirst(player: string, questionId: string): boolean
}
export interface Committed {
  outcomes: CommitOutcome[]
  /** undefined: there were no events. */
  outbox: OutboxDocument | undefined
}

/**
 * Within a transaction: what another replica changes after a version was read or checked is a write conflict, and the driver
 * begins the whole again. Rejects with Fenced if `as` is not registered any more.
 */
export const commit = async (
  collections: Collections,
  session: ClientSession,
  changes: readonly PlayerChange[],
  { as, isCareful, isFirst }: CommitOptions,
): Promise<Committed> => {
  const { db, answers, outbox } = collections
  const way = { db, session }
  const stored = isCareful ? await readVersions(collections, session, changes) : undefined
  const { outcomes, accepted, records } = judge(changes, stored)
  const fresh: (PlayerDocument | ResultDocument)[] = []
  const known: Document[] = []
  for (const { record, from } of records.values()) {
    if (from === 0) fresh.push(record)
    else known.push({ q: { _id: record._id, version: from }, u: record })
  }
  await updateState(way, collections, as, known)
  const docs: { doc: AnswerDocument; isNew: boolean }[] = []
  for (const change of accepted) {
    const player = playerKey(change.record)
    const isNewPlayer = records.get(player)?.from === 0
    for (const answer of change.answers) {
      const isNew = !isCareful && (isNewPlayer || isFirst(player, answer.question_id))
      docs.push({ doc: { _id: partKey(player, answer.question_id), ...answer }, isNew })
    }
    for (const { answer_id, result } of change.results) fresh.push({ _id: partKey(player, answer_id), result })
  }
  await writeAnswers(way, answers.collectionName, docs)
  await insert(way, STATE, fresh)
  const rows = outboxOf(accepted, as)
  if (rows) await insert(way, outbox.collectionName, [rows])
  return { outcomes, outbox: rows }
}

/** By which commands go. */
interface Way {
  db: Db
  session: ClientSession
}

interface NewRecord {
  record: PlayerDocument
  /** Of the version that the first of the player's changes begins at; 0: there is none. */
  from: number
}

/** By the stored versions; without them as if every first change of a player fitted. */
const judge = (changes: readonly PlayerChange[], stored: ReadonlyMap<string, number> | undefined) => {
  const records = new Map<string, NewRecord>()
  const accepted: PlayerChange[] = []
  const outcomes = changes.map((change): CommitOutcome => {
    const { record, expected_version } = change
    const player = playerKey(record)
    const before = records.get(player)
    const version = before?.record.version ?? (stored ? (stored.get(player) ?? 0) : expected_version)
    if (version !== expected_version) return 'conflict'
    records.set(player, { record: { _id: player, ...record }, from: before?.from ?? version })
    accepted.push(change)
    return 'ok'
  })
  return { outcomes, accepted, records }
}

const readVersions = async (
  { players }: Collections,
  session: ClientSession,
  changes: readonly PlayerChange[],
): Promise<Map<string, number>> => {
  const keys = [...new Set(changes.map(({ record }) => playerKey(record)))]
  const found = await players.find({ _id: { $in: keys } }, { session, projection: { version: 1 } }).toArray()
  return new Map(found.map(({ _id, version }) => [_id, version]))
}

/**
 * First the registration: its write cannot go through beside a fence, whichever of the two comes first. Then `players`, by their
 * versions.
 */
const updateState = async (
  way: Way,
  { replicas }: Collections,
  as: string | undefined,
  players: readonly Document[],
): Promise<void> => {
  const beat = as === undefined ? [] : [{ q: { _id: replicaKey(as) }, u: { $inc: { beat: 1 } } }]
  const updates = [...beat, ...players]
  if ((await update(way, STATE, updates)) === updates.length) return
  if (as !== undefined && !(await replicas.findOne({ _id: replicaKey(as) }, { session: way.session })))
    throw new Fenced()
  throw new Misfit()
}

const writeAnswers = async (way: Way, answers: string, docs: readonly { doc: AnswerDocument; isNew: boolean }[]) => {
  // Of several answers to one question in one commit the last counts.
  const newest = new Map(docs.map((each) => [each.doc._id, each]))
  const fresh: AnswerDocument[] = []
  const others: Document[] = []
  for (const { doc, isNew } of newest.values()) {
    if (isNew) fresh.push(doc)
    else others.push({ q: { _id: doc._id }, u: doc, upsert: true })
  }
  await insert(way, answers, fresh)
  await update(way, answers, others)
}

const outboxOf = (accepted: readonly PlayerChange[], as: string | undefined): OutboxDocument | undefined => {
  const events = accepted.flatMap((change) => change.events)
  const [first] = accepted.filter((change) => change.events.length > 0)
  if (!first) return undefined
  const { at } = first
  return { _id: new ObjectId(), at, replica: as ?? '', count: events.length, events: JSON.stringify(events) }
}

// Commands as they go over the wire: the driver's own ways make several objects of each document.

const insert = async ({ db, session }: Way, collection: string, documents: readonly Document[]): Promise<void> => {
  if (documents.length > 0) await run(db, session, { insert: collection, documents })
}

/** How many documents were found. */
const update = async ({ db, session }: Way, collection: string, updates: readonly Document[]): Promise<number> => {
  if (updates.length === 0) return 0
  return (await run(db, session, { update: collection, updates })).n
}

const run = async (db: Db, session: ClientSession, command: Document): Promise<Document> => {
  const reply = await db.command(command, { session })
  const [failed] = reply.writeErrors ?? []
  if (failed?.code === DUPLICATE_KEY) throw new Misfit()
  if (failed) throw new MongoServerError(failed)
  return reply
}
