/**
 * The answer store and the board store of a simulated world: the memory adapters hold what is durable, and every call of a process
 * reaches them, and comes back, when the scheduler says.
 */
import { createMemoryAnswerStore } from '@quizboard/answer-service/adapters/memory-answer-store.ts'
import {
  type AnswerStore,
  type CommitOutcome,
  type PlayerChange,
  StoreUnavailable,
} from '@quizboard/answer-service/ports/answer-store.ts'
import { createMemoryBoardStore } from '@quizboard/leaderboard-service/adapters/memory-board-store.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'

export interface Durable<Store> {
  /** What is durable, at once. */
  readonly inner: Store
  /** A process' handle. */
  open(process: Process): Store
}

/** Told of each change of a player that was stored. */
export type OnCommit = (change: PlayerChange) => void

export const createSimAnswerStore = (scheduler: Scheduler, onCommit: OnCommit): Durable<AnswerStore> => {
  const inner = createMemoryAnswerStore()
  const commit = async (changes: readonly PlayerChange[]): Promise<CommitOutcome[]> => {
    const outcomes = await inner.commit(changes)
    for (const [i, change] of changes.entries()) if (outcomes[i] === 'ok') onCommit(change)
    return outcomes
  }
  // Half of the failures look like one record's fault: the batch is halved then.
  const failure = () =>
    scheduler.random.chance(0.5)
      ? new StoreUnavailable('the answer store is away')
      : new Error('the answer store failed')
  const fails = { failure }
  return {
    inner,
    open: (process) => ({
      load: (keys) => process.call('loads players', () => inner.load(keys), fails),
      commit: (changes) => process.call(describe(changes), () => commit(changes), fails),
      held: (...args) => process.call('reads held answers', () => inner.held(...args), fails),
      heldQuestions: (quizId) => process.call('reads held questions', () => inner.heldQuestions(quizId), fails),
      list: (...args) => process.call('lists answers', () => inner.list(...args), fails),
      answeredIds: (...args) => process.call('reads answered ids', () => inner.answeredIds(...args), fails),
      outbox: (limit) => process.call('reads the outbox', () => inner.outbox(limit), fails),
      deleteOutbox: (keys) => process.call(`deletes ${keys.length} outbox rows`, () => inner.deleteOutbox(keys), fails),
      stats: () => process.call('reads stats', () => inner.stats()),
      close: async () => {},
    }),
  }
}

const describe = (changes: readonly PlayerChange[]): string => {
  const of = ({ record, expected_version, answers }: PlayerChange) =>
    `${record.user_id}@${expected_version} ${answers.map(({ question_id, seq }) => `${question_id}#${seq}`).join(' ')}`
  return `commits ${changes.map(of).join(', ')}`
}

export const createSimBoardStore = (): Durable<BoardStore> => {
  const inner = createMemoryBoardStore()
  const fails = { failure: () => new Error('the board store is away') }
  return {
    inner,
    open: (process) => ({
      acquire: (partition) => process.call(`acquires partition ${partition}`, () => inner.acquire(partition)),
      flush: (fence, rows, state) =>
        process.call(
          `flushes ${rows.length} rows of partition ${fence.partition} in epoch ${fence.epoch}`,
          () => inner.flush(fence, rows, state),
          { ...fails, late: true },
        ),
      load: (quizId) => process.call(`loads the board of ${quizId}`, () => inner.load(quizId), fails),
      close: async () => {},
    }),
  }
}
