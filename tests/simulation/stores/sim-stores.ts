/**
 * The answer store and the board store of a simulated world: the memory adapters hold what is durable, and every call of a process
 * reaches them, and comes back, when the scheduler says. What has no order comes in any.
 */
import { createMemoryAnswerStore } from '@quizboard/answer-service/adapters/memory-answer-store.ts'
import {
  type AnswerStore,
  type CommitOutcome,
  type PlayerChange,
  StoreUnavailable,
} from '@quizboard/answer-service/ports/answer-store.ts'
import { createMemoryBoardStore } from '@quizboard/leaderboard-service/adapters/memory-board-store.ts'
import { createMemoryMembership } from '@quizboard/leaderboard-service/adapters/memory-membership.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Membership } from '@quizboard/leaderboard-service/ports/membership.ts'
import type { Moments } from '../engine/moments.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'
import { POISON } from '../facts.ts'

export interface Durable<Store> {
  /** What is durable, at once. */
  readonly inner: Store
  /** A process' handle. */
  open(process: Process): Store
}

/** Told of each change of a player that was stored. */
export type OnCommit = (change: PlayerChange) => void

export const createSimAnswerStore = (
  scheduler: Scheduler,
  onCommit: OnCommit,
  moments: Moments,
): Durable<AnswerStore> => {
  const inner = createMemoryAnswerStore()
  const { random } = scheduler
  const commit = async (changes: readonly PlayerChange[], as: string | undefined): Promise<CommitOutcome[]> => {
    if (changes.some(({ answers }) => answers.some(({ answer }) => answer === POISON)))
      throw new Error('the store refuses an answer')
    const outcomes = await inner.commit(changes, as)
    for (const [i, change] of changes.entries()) if (outcomes[i] === 'ok') onCommit(change)
    return outcomes
  }
  // Half of the failures look like one record's fault: the batch is halved then.
  const away = () => new StoreUnavailable('the answer store is away')
  const failure = () => (random.chance(0.5) ? away() : new Error('the answer store failed'))
  const fails = { failure }
  const rarely = { failure, rare: true }
  const uncertain = { failure, givenUp: away, late: true }
  return {
    inner,
    open: (process) => ({
      // Two reads: what is beside a record may be newer than it.
      async load(keys) {
        const records = await process.call('loads players', () => inner.load(keys), fails)
        const states = await process.call('loads their answers', () => inner.load(keys), fails)
        return states.map((state, i) => ({ ...state, record: records[i]?.record ?? state.record }))
      },
      commit: (changes, as) => process.call(describe(changes), () => commit(changes, as), uncertain),
      held: (...args) => process.call('reads held answers', () => inner.held(...args), fails),
      heldQuestions: (quizId) =>
        process.call('reads held questions', async () => random.shuffle(await inner.heldQuestions(quizId)), fails),
      list: (...args) => process.call('lists answers', () => inner.list(...args), fails),
      answeredIds: (...args) => process.call('reads answered ids', () => inner.answeredIds(...args), fails),
      outbox: (...args) => process.call('reads the outbox', () => inner.outbox(...args), fails),
      deleteOutbox: (keys) => process.call(`deletes ${keys.length} outbox rows`, () => inner.deleteOutbox(keys), fails),
      stats: () => process.call('reads stats', () => inner.stats()),
      correct: (correction) =>
        process.call(`corrects ${correction.question_id}`, () => inner.correct(correction), {
          ...uncertain,
          rare: true,
        }),
      corrections: (quizId) => process.call('reads corrections', () => inner.corrections(quizId), rarely),
      register(id, address) {
        moments.happen()
        return process.call(`registers as ${id}`, () => inner.register(id, address), rarely)
      },
      beat: (id) => process.call('', () => inner.beat(id), fails),
      replicas: () => process.call('lists the replicas', async () => random.shuffle(await inner.replicas()), rarely),
      fence: (id) => process.call(`fences ${id}`, () => inner.fence(id), rarely),
      close: async () => {},
    }),
  }
}

const describe = (changes: readonly PlayerChange[]): string => {
  const of = ({ record, expected_version, answers }: PlayerChange) =>
    `${record.user_id}@${expected_version} ${answers.map(({ question_id, seq }) => `${question_id}#${seq}`).join(' ')}`
  return `commits ${changes.map(of).join(', ')}`
}

/** `onLease`: told of each lease that was taken. */
export const createSimBoardStore = (
  { random }: Scheduler,
  onLease: (partition: number, epoch: number) => void,
): Durable<BoardStore> => {
  const inner = createMemoryBoardStore()
  const failure = () => new Error('the board store is away')
  const fails = { failure }
  const uncertain = { failure, givenUp: failure, late: true, rare: true }
  return {
    inner,
    open: (process) => ({
      leases: () => process.call('', async () => random.shuffle(await inner.leases()), fails),
      acquire: (partition, owner, seen) =>
        process.call(
          `acquires partition ${partition} after epoch ${seen}`,
          async () => {
            const held = await inner.acquire(partition, owner, seen)
            if (held) onLease(partition, held.fence.epoch)
            return held
          },
          uncertain,
        ),
      release: (fence, to) =>
        process.call(`releases partition ${fence.partition} to ${to}`, () => inner.release(fence, to), uncertain),
      flush: (fence, rows, state) =>
        process.call(
          `flushes ${rows.length} rows of partition ${fence.partition} in epoch ${fence.epoch}`,
          () => inner.flush(fence, rows, state),
          uncertain,
        ),
      load: (quizId) =>
        process.call(`loads the board of ${quizId}`, async () => random.shuffle(await inner.load(quizId)), fails),
      close: async () => {},
    }),
  }
}

export const createSimMembership = ({ random }: Scheduler): Durable<Membership> => {
  const inner = createMemoryMembership()
  const fails = { failure: () => new Error('the membership is away') }
  return {
    inner,
    open: (process) => ({
      join: (...args) => process.call('joins the members', () => inner.join(...args), fails),
      beat: (...args) => process.call('', () => inner.beat(...args), fails),
      list: () => process.call('', async () => random.shuffle(await inner.list()), fails),
      remove: (id) => process.call(`removes member ${id}`, () => inner.remove(id), fails),
    }),
  }
}
