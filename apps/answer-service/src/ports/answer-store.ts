/**
 * The answers of record, MongoDB `answers` or its embedded twin: for each (quiz_id, user_id) a record with a version, beside its
 * answer documents, the results of its answer_ids, and the outbox. All promises are kept by every adapter
 * (answer-store.contract.ts). Quiz ids are canonical.
 */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { Correction } from '../domain/correction.ts'
import type { PlayerRecord, PlayerState, StoredAnswer } from '../domain/player.ts'

export interface LoadKey {
  quiz_id: string
  user_id: string
  /** Whose answers to load; 'all': of every question. */
  question_ids: readonly string[] | 'all'
  answer_ids: readonly string[]
}

/** What one commit changes of one player. */
export interface PlayerChange {
  /** The new record. It is stored only if the stored version is `expected_version` (0: there is none). */
  record: PlayerRecord
  expected_version: number
  /** Replace the player's answers to the same questions. */
  answers: readonly StoredAnswer[]
  results: readonly { answer_id: string; result: AnswerResult }[]
  /** Each event goes into the outbox under (quiz_id, user_id, revision). */
  events: readonly ScoreEvent[]
  /** Server time of the commit, milliseconds: the age of the outbox rows. */
  at: number
}

export type CommitOutcome = 'ok' | 'conflict'

/** A replica of the service, as the others find it. It has another id after each registration. */
export interface Replica {
  id: string
  /** `http://host:port` of its internal port. */
  address: string
  /** Rises as long as the replica is alive. */
  beat: number
}

export interface OutboxKey {
  quiz_id: string
  user_id: string
  revision: number
}
export interface OutboxRow {
  event: ScoreEvent
  /** Milliseconds since the Unix epoch. */
  at: number
}
export interface StoreStats {
  /** Rows in the outbox. */
  outbox: number
  /** `at` of the oldest of them; undefined: there is none. */
  oldest_at: number | undefined
  /** Answers that are held. */
  held: number
}

export interface DocumentPlace {
  user_id: string
  question_id: string
}
export interface ListOptions {
  /** Begin behind this place. */
  after?: DocumentPlace
  limit: number
  user_id?: string
  question_id?: string
}

export interface AnswerStore {
  /**
   * One state for each key, in their order. A player who is not stored has version 0. Answers and results are not older than the
   * record beside them; they may be newer, and then a commit on that record is a conflict. `mayBeOld`: for a state that is to be
   * committed on, what is known here of this store's own commits will do, even if another replica has committed since.
   */
  load(keys: readonly LoadKey[], options?: { mayBeOld?: boolean }): Promise<PlayerState[]>
  /**
   * One durable transaction for all changes; resolves only once it is durable, with an outcome for each change in their order.
   * A change whose version does not fit is a `conflict`: nothing of it is stored, the others are. Changes of one player
   * apply in their order. A rejection: nothing of any change is stored (or, if the store's reply was lost, all that fits:
   * loading again tells), and `StoreUnavailable` says that no part of them would fare better at this moment. `as`: the registration
   * of the replica that commits; `Fenced`: it has been fenced, nothing of it is or will be stored.
   */
  commit(changes: readonly PlayerChange[], as?: string): Promise<CommitOutcome[]>
  /** Held answers to a question, ordered by user_id, behind `after_user_id`. */
  held(quiz_id: string, question_id: string, after_user_id: string, limit: number): Promise<StoredAnswer[]>
  /** Questions that have held answers, of one quiz or of all. */
  heldQuestions(quiz_id?: string): Promise<{ quiz_id: string; question_id: string }[]>
  /** Answer documents of a quiz, ordered by user_id, question_id (by code points). */
  list(quiz_id: string, options: ListOptions): Promise<StoredAnswer[]>
  /** Questions that the player has answered, ordered. */
  answeredIds(quiz_id: string, user_id: string): Promise<string[]>
  /**
   * Rows of the outbox, oldest first, those of a player in the order of their revisions. `except`: without those that these
   * registrations committed.
   */
  outbox(limit: number, except?: readonly string[]): Promise<OutboxRow[]>
  /** Rows that are not there are ignored. Need not be durable: an event that is sent twice changes nothing. */
  deleteOutbox(keys: readonly OutboxKey[]): Promise<void>
  stats(): Promise<StoreStats>

  /** Durable once it resolves. Of a question's corrections the one of the highest revision is kept. Idempotent. */
  correct(correction: Correction): Promise<void>
  /** The newest of each question that has one, ordered by question_id. */
  corrections(quiz_id: string): Promise<Correction[]>

  /** Before its first commit: `id` is new. Whoever lists the replicas after it has resolved finds it. */
  register(id: string, address: string): Promise<void>
  /** False: it has been fenced. */
  beat(id: string): Promise<boolean>
  /** All that are registered and not fenced. */
  replicas(): Promise<Replica[]>
  /**
   * Once it resolves, nothing more is committed as this replica, whether or not it knows, and what it had under way has
   * ended. Idempotent.
   */
  fence(id: string): Promise<void>
  close(): Promise<void>
}

/** The store as a whole cannot be used at this moment: full, gone, not reachable. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreUnavailable'
  }
}

/** The registration by which a commit was made has been fenced. */
export class Fenced extends Error {
  constructor() {
    super('this replica has been fenced: it must register anew')
    this.name = 'Fenced'
  }
}
