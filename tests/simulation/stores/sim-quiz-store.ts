/** The quiz store of a simulated world, as far as the lifecycle, joins and the outbox need it. */
import type { OutboxRecord } from '@quizboard/quiz-service/domain/events.ts'
import type { Player, Quiz } from '@quizboard/quiz-service/domain/quiz.ts'
import { type QuizStore, type QuizWork, StoreUnavailable } from '@quizboard/quiz-service/ports/quiz-store.ts'
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import type { Process } from '../engine/process.ts'

interface QuizState {
  quiz: Quiz
  questions: readonly Question[]
  players: Player[]
}
export type LifecycleStore = Pick<QuizStore, 'withQuiz' | 'unfinished' | 'sendOutbox' | 'outboxSize'>

export interface SimQuizStore {
  add(quiz: Quiz, questions: readonly Question[], records: readonly OutboxRecord[]): void
  quiz(quizId: string): Quiz | undefined
  players(quizId: string): readonly Player[]
  open(process: Process): LifecycleStore
  readonly outboxSize: number
}

/** `onSave`: told of each state of a quiz that was stored. */
export const createSimQuizStore = (now: () => number, onSave: (quiz: Quiz) => void): SimQuizStore => {
  const quizzes = new Map<string, QuizState>()
  let outbox: { record: OutboxRecord; at: number }[] = []
  const unavailable = { failure: () => new StoreUnavailable('the quiz store is away') }
  const put = (records: readonly OutboxRecord[]) => outbox.push(...records.map((record) => ({ record, at: now() })))
  const following = ({ questions }: QuizState, { current }: Quiz): Question | null =>
    questions[current?.position ?? 0] ?? null

  const transaction = async <T>(
    process: Process,
    state: QuizState,
    work: (quiz: QuizWork) => Promise<T>,
  ): Promise<T> => {
    let changed: Quiz | undefined
    const added: Player[] = []
    const records: OutboxRecord[] = []
    const quiz = await process.call(`locks ${state.quiz.quizId}`, () => state.quiz, unavailable)
    const result = await work({
      quiz,
      save: async (next) => {
        changed = next
      },
      joined: async (ids) => state.players.filter(({ joinId }) => joinId !== null && ids.includes(joinId)),
      taken: async (names) => new Set(state.players.map(({ name }) => name).filter((name) => names.includes(name))),
      add: async (players) => void added.push(...players),
      publish: async (more) => void records.push(...more),
    })
    if (!changed && added.length === 0 && records.length === 0) return result
    const label = `commits quiz ${quiz.quizId} ${changed?.state ?? ''} ${added.map(({ userId }) => userId).join(' ')}`
    await process.call(
      label,
      () => {
        // The lock of a crashed process is gone, and with it its transaction.
        if (state.quiz !== quiz) throw new StoreUnavailable('the transaction was given up')
        const next = changed ?? state.quiz
        state.players.push(...added)
        state.quiz = { ...next, players: state.players.length, following: following(state, next) }
        put(records)
        if (changed) onSave(state.quiz)
      },
      unavailable,
    )
    return result
  }

  const openFor = (process: Process): LifecycleStore => {
    let sending: Promise<unknown> = Promise.resolve()
    const locks = new Map<string, Promise<unknown>>()
    return {
      async withQuiz(quizId, work) {
        const state = quizzes.get(quizId)
        if (!state) return undefined
        const before = locks.get(quizId) ?? Promise.resolve()
        const mine = before.then(
          () => transaction(process, state, work),
          () => transaction(process, state, work),
        )
        locks.set(quizId, mine)
        return mine
      },
      unfinished: (until) =>
        process.call('looks for deadlines', () =>
          [...quizzes.values()].flatMap(({ quiz }) => {
            const { quizId, state, current } = quiz
            if (state !== 'running' || !current || current.state === 'closed') return []
            const isDue = current.state === 'closing' || (current.deadline !== null && current.deadline <= until)
            const { position, deadline } = current
            return isDue ? [{ quizId, position, state: current.state, deadline }] : []
          }),
        ),
      async sendOutbox(send) {
        const mine = sending.then(async () => {
          const rows = await process.call('reads the quiz outbox', () => outbox.slice(0, 50), unavailable)
          if (rows.length === 0) return { sent: 0, more: false }
          await send(rows.map(({ record }) => record))
          await process.call(
            `deletes ${rows.length} quiz outbox rows`,
            () => {
              outbox = outbox.filter((row) => !rows.includes(row))
            },
            unavailable,
          )
          return { sent: rows.length, more: outbox.length > 0 }
        })
        sending = mine.catch(() => {})
        return mine
      },
      outboxSize: async () => ({ records: outbox.length, oldestMs: now() - (outbox[0]?.at ?? now()) }),
    }
  }

  return {
    add(quiz, questions, records) {
      const state: QuizState = { quiz, questions, players: [] }
      quizzes.set(quiz.quizId, state)
      put(records)
      onSave(quiz)
    },
    quiz: (quizId) => quizzes.get(quizId)?.quiz,
    players: (quizId) => quizzes.get(quizId)?.players ?? [],
    open: openFor,
    get outboxSize() {
      return outbox.length
    },
  }
}
