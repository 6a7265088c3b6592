/**
 * Where decks, quizzes, players and the outbox are kept. Promises that every adapter keeps (quiz-store.contract.ts):
 * - what a promise resolved for is durable; what it rejected for left nothing behind.
 * - the work on one quiz is one transaction and excludes every other work on that quiz; records are stored with it.
 * - the outbox gives the records of one quiz in the order in which they were stored.
 */
import type { Deck, Question } from '@quizboard/shared/contracts/rest.ts'
import type { OutboxRecord } from '../domain/events.ts'
import type { Player, Quiz, QuizQuestion } from '../domain/quiz.ts'
import type { Regrade } from '../domain/regrade.ts'

/** The store cannot be reached or is out of room or time: the same call may succeed later. */
export class StoreUnavailable extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'StoreUnavailable'
  }
}

export interface PageRequest {
  limit: number
  /** `next` of the page before; undefined: from the newest on. */
  after: number | undefined
}
export interface DeckSummary {
  deck_id: string
  title: string
  question_count: number
  updated_at: string
}

/** One transaction on one quiz, which is locked. */
export interface QuizWork {
  /** As it was when the lock was taken. */
  readonly quiz: Quiz
  /** State, revision, current question, `closedAt`. A question that is current no longer is closed. */
  save(quiz: Quiz): Promise<void>
  /** Players by the join_id that they came with. */
  joined(joinIds: readonly string[]): Promise<Player[]>
  /** Those of `names` that a player has, exactly. */
  taken(names: readonly string[]): Promise<Set<string>>
  /** Counts them too. Rejects if a name, a join_id or a user_id is there already. */
  add(players: readonly Player[]): Promise<void>
  publish(records: readonly OutboxRecord[]): Promise<void>
  question(questionId: string): Promise<QuizQuestion | undefined>
  /** The question of this id, until now `before`, has another key from now on; gives the regrade, which is under way. */
  regrade(question: Question, before: Question, madeAt: number): Promise<Regrade>
}

/** A question that is to be closed: at `deadline`, or now if someone began to (`closing`). */
export interface UnfinishedQuestion {
  quizId: string
  position: number
  state: 'open' | 'closing'
  deadline: number | null
}

/** Of one-time codes; nobody needs more at a time. */
export const LOGIN_CODES_MAX = 100

export interface QuizStore {
  addDeck(deck: Deck): Promise<void>
  deck(deckId: string): Promise<Deck | undefined>
  /** `change` sees the deck as it is, locked; if it throws, nothing changes and the error comes out. Undefined: no such deck. */
  changeDeck(deckId: string, change: (deck: Deck) => Deck): Promise<Deck | undefined>
  /** False: there was none. Quizzes of it stay. */
  removeDeck(deckId: string): Promise<boolean>
  /** Newest first; a page is not disturbed by decks that come or go. */
  decks(page: PageRequest): Promise<{ decks: DeckSummary[]; next: number | null }>

  /** One transaction: the quiz, its copy of the questions, its first records. False: the quiz_id is taken. */
  addQuiz(quiz: Quiz, questions: readonly Question[], records: readonly OutboxRecord[]): Promise<boolean>
  /** By the canonical quiz_id. */
  quiz(quizId: string): Promise<Quiz | undefined>
  /** By position. */
  questions(quizId: string): Promise<QuizQuestion[]>
  /** Newest first. */
  quizzes(page: PageRequest): Promise<{ quizzes: Quiz[]; next: number | null }>
  /** Of every quiz. */
  revisions(): Promise<{ quizId: string; revision: number }[]>
  player(quizId: string, joinId: string): Promise<Player | undefined>
  /**
   * Runs `work` in a transaction on the quiz and commits. If it throws, nothing is stored and the error comes out. It may
   * be run again after a conflict. Undefined: no such quiz.
   */
  withQuiz<T>(quizId: string, work: (quiz: QuizWork) => Promise<T>): Promise<T | undefined>
  /** Current questions that are `closing`, or whose deadline is not after `until`; those due first come first. */
  unfinished(until: number, limit: number): Promise<UnfinishedQuestion[]>

  /** Newest first; `after` and `next` are revisions. */
  regrades(quizId: string, page: PageRequest): Promise<{ regrades: Regrade[]; next: number | null }>
  /** Those under way, of all quizzes, oldest first. */
  regradesUnderWay(limit: number): Promise<Regrade[]>
  /** Stores `doneAt`, `answers` and `changed`, unless it is done already. */
  finishRegrade(regrade: Regrade): Promise<void>

  /** Kept until it is taken or expires (milliseconds since the Unix epoch); of too many the oldest are forgotten. */
  addLoginCode(digest: string, expiresAt: number): Promise<void>
  /** True for one caller, over all replicas, if it is there and has not expired at `now`. */
  takeLoginCode(digest: string, now: number): Promise<boolean>

  /**
   * Gives the oldest records to `send` and removes them once it resolves; if it rejects they stay. One caller at a time,
   * over all replicas. `more`: there are others that were stored before the call.
   */
  sendOutbox(send: (records: readonly OutboxRecord[]) => Promise<void>): Promise<{ sent: number; more: boolean }>
  /** How many records wait, and for how long the oldest does. */
  outboxSize(): Promise<{ records: number; oldestMs: number }>
}
