/** The quiz store of a simulated world, as far as the lifecycle, joins and the outbox need it. */
import type { OutboxRecord } from '@quizboard/quiz-service/domain/events.ts'
import type { Player, Quiz } from '@quizboard/quiz-service/domain/quiz.ts'
import { keyOf, type Regrade } from '@quizboard/quiz-service/domain/regrade.ts'
import { type QuizStore, type QuizWork, StoreUnavailable } from '@quizboard/quiz-service/ports/quiz-store.ts'
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'
import type { QuizWatch } from '../oracle/quiz-states.ts'
import { createLocks, type Hold } from './sim-locks.ts'

interface QuizState {
  quiz: Quiz
  questions: readonly Question[]
  players: Player[]
  /** Revision 1 first. */
  regrades: Regrade[]
}
export type LifecycleStore = Pick<
  QuizStore,
  'withQuiz' | 'unfinished' | 'revisions' | 'regradesUnderWay' | 'finishRegrade' | 'sendOutbox' | 'outboxSize'
>

export interface SimQuizStore {
  add(quiz: Quiz, questions: readonly Question[], records: readonly OutboxRecord[]): void
  quiz(quizId: string): Quiz | undefined
  players(quizId: string): readonly Player[]
  regrades(quizId: string): readonly Regrade[]
  open(process: Process): LifecycleStore
  readonly outboxSize: number
}

export const createSimQuizStore = (scheduler: Scheduler, onStored: QuizWatch): SimQuizStore => {
  const { now } = scheduler
  const quizzes = new Map<string, QuizState>()
  let outbox: { record: OutboxRecord; at: number }[] = []
  const locks = createLocks(scheduler)
  const away = () => new StoreUnavailable('the quiz store is away')
  const unavailable = { failure: away }
  const put = (records: readonly OutboxRecord[]) => outbox.push(...records.map((record) => ({ record, at: now() })))
  const following = ({ questions }: QuizState, { current }: Quiz): Question | null =>
    questions[current?.position ?? 0] ?? null

  /** Between BEGIN with a lock and COMMIT. `work` gives what to commit. */
  const transaction = async <T>(
    process: Process,
    key: string,
    work: (commit: (label: string, effect: () => void) => Promise<void>) => Promise<T>,
  ): Promise<T> => {
    let hold: Hold | undefined
    const begin = async () => {
      hold = await locks.acquire(key, process, away)
    }
    try {
      await process.call(`locks ${key}`, begin, unavailable)
      return await work((label, effect) =>
        process.call(
          label,
          () => {
            if (!hold?.isValid) throw new StoreUnavailable('the transaction was given up')
            effect()
            hold.release()
          },
          unavailable,
        ),
      )
    } finally {
      // Rolled back, if it was not committed.
      void process.call('', () => hold?.release())
    }
  }

  const withQuiz = <T>(process: Process, state: QuizState, work: (quiz: QuizWork) => Promise<T>): Promise<T> =>
    transaction(process, state.quiz.quizId, async (commit) => {
      let changed: Quiz | undefined
      const added: Player[] = []
      const records: OutboxRecord[] = []
      const regrades: { regrade: Regrade; question: Question }[] = []
      const { quiz } = state
      const result = await work({
        quiz,
        save: async (next) => {
          changed = next
        },
        joined: async (ids) => state.players.filter(({ joinId }) => joinId !== null && ids.includes(joinId)),
        taken: async (names) => new Set(state.players.map(({ name }) => name).filter((name) => names.includes(name))),
        add: async (players) => void added.push(...players),
        publish: async (more) => void records.push(...more),
        question: async (questionId) => {
          const i = state.questions.findIndex(({ question_id }) => question_id === questionId)
          const question = state.questions[i]
          return question && { position: i + 1, question, openedAt: null, deadline: null }
        },
        regrade: async (question, before, madeAt) => {
          const { question_id: questionId } = question
          const revision = state.regrades.length + regrades.length + 1
          const made = { quizId: quiz.quizId, revision, questionId, ...keyOf(question), was: keyOf(before), madeAt }
          const regrade: Regrade = { ...made, doneAt: null, answers: 0, changed: 0 }
          regrades.push({ regrade, question })
          return regrade
        },
      })
      if (!changed && added.length === 0 && records.length === 0 && regrades.length === 0) return result
      const label = `commits quiz ${quiz.quizId} ${changed?.state ?? ''} ${added.map(({ userId }) => userId).join(' ')}`
      await commit(label, () => {
        const next = changed ?? state.quiz
        if (added.length > 0) onStored.joined(state.quiz, state.players, added)
        state.players.push(...added)
        for (const { regrade, question } of regrades) {
          state.regrades.push(regrade)
          const before = state.questions.find((q) => q.question_id === question.question_id) ?? question
          state.questions = state.questions.map((q) => (q === before ? question : q))
          onStored.corrected(before, question)
        }
        const current = next.current && {
          ...next.current,
          question: state.questions[next.current.position - 1] ?? next.current.question,
        }
        state.quiz = { ...next, current, players: state.players.length, following: following(state, next) }
        put(records)
        if (changed || regrades.length > 0) onStored.quiz(state.quiz)
      })
      return result
    })

  const openFor = (process: Process): LifecycleStore => ({
    async withQuiz(quizId, work) {
      const state = quizzes.get(quizId)
      return state && withQuiz(process, state, work)
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
    revisions: () =>
      process.call(
        'reads the revisions',
        () => [...quizzes.values()].map(({ quiz: { quizId, revision } }) => ({ quizId, revision })),
        unavailable,
      ),
    regradesUnderWay: () =>
      process.call(
        'looks for regrades',
        () => [...quizzes.values()].flatMap(({ regrades }) => regrades.filter(({ doneAt }) => doneAt === null)),
        unavailable,
      ),
    finishRegrade: ({ quizId, revision, doneAt, answers, changed }) =>
      process.call(
        `finishes regrade ${revision} of ${quizId}`,
        () => {
          const regrades = quizzes.get(quizId)?.regrades ?? []
          const regrade = regrades[revision - 1]
          if (regrade?.doneAt === null) regrades[revision - 1] = { ...regrade, doneAt, answers, changed }
        },
        unavailable,
      ),
    sendOutbox: (send) =>
      transaction(process, 'the quiz outbox', async (commit) => {
        const rows = await process.call('reads the quiz outbox', () => outbox.slice(0, 50), unavailable)
        if (rows.length === 0) return { sent: 0, more: false }
        await send(rows.map(({ record }) => record))
        await commit(`deletes ${rows.length} quiz outbox rows`, () => {
          outbox = outbox.filter((row) => !rows.includes(row))
        })
        return { sent: rows.length, more: outbox.length > 0 }
      }),
    outboxSize: async () => ({ records: outbox.length, oldestMs: now() - (outbox[0]?.at ?? now()) }),
  })

  return {
    add(quiz, questions, records) {
      const state: QuizState = { quiz, questions, players: [], regrades: [] }
      quizzes.set(quiz.quizId, state)
      put(records)
      onStored.quiz(quiz)
    },
    quiz: (quizId) => quizzes.get(quizId)?.quiz,
    regrades: (quizId) => quizzes.get(quizId)?.regrades ?? [],
    players: (quizId) => quizzes.get(quizId)?.players ?? [],
    open: openFor,
    get outboxSize() {
      return outbox.length
    },
  }
}
