/** The embedded answer store: SQLite in a worker, durable on resolve, one process at a time. */
import { SqliteUnavailable } from '@quizboard/shared/adapters/sqlite-worker/errors.ts'
import { openSqlite } from '@quizboard/shared/adapters/sqlite-worker/open-sqlite.ts'
import { type AnswerStore, Fenced, StoreUnavailable } from '../../ports/answer-store.ts'
import type { AnswerOperations } from './program.ts'

export interface SqliteAnswerStoreOptions {
  /** A path, or ':memory:'. */
  file: string
  /** The store has died: the process cannot go on. */
  onCrash?(error: Error): void
}

export const openSqliteAnswerStore = async ({ file, onCrash }: SqliteAnswerStoreOptions): Promise<AnswerStore> => {
  const { call, close } = await openSqlite<AnswerOperations>({
    file,
    module: new URL('./program.ts', import.meta.url),
    ...(onCrash ? { onCrash } : {}),
  })
  return {
    load: (keys) => told(call.load(keys)),
    async commit(changes, as) {
      const outcomes = await told(call.commit(changes, as))
      if (outcomes === 'fenced') throw new Fenced()
      return outcomes
    },
    held: (...args) => told(call.held(...args)),
    heldQuestions: (quizId) => told(call.heldQuestions(quizId)),
    list: (quizId, options) => told(call.list(quizId, options)),
    answeredIds: (quizId, userId) => told(call.answeredIds(quizId, userId)),
    outbox: (limit, except) => told(call.outbox(limit, except)),
    deleteOutbox: (keys) => told(call.deleteOutbox(keys)),
    stats: () => told(call.stats()),
    correct: (correction) => told(call.correct(correction)),
    corrections: (quizId) => told(call.corrections(quizId)),
    register: (id, address) => told(call.register(id, address)),
    beat: (id) => told(call.beat(id)),
    replicas: () => told(call.replicas()),
    fence: (id) => told(call.fence(id)),
    close,
  }
}

const told = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result
  } catch (error) {
    throw error instanceof SqliteUnavailable ? new StoreUnavailable(error.message, { cause: error }) : error
  }
}
