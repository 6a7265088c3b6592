/** The quiz store in memory: for fast tests and simulation. Nothing survives the process. */
import type { Deck, Question } from '@quizboard/shared/contracts/rest.ts'
import type { OutboxRecord } from '../domain/events.ts'
import type { Player, Quiz, QuizQuestion } from '../domain/quiz.ts'
import { keyOf, type Regrade } from '../domain/regrade.ts'
import { LOGIN_CODES_MAX, type PageRequest, type QuizStore, type QuizWork } from '../ports/quiz-store.ts'

interface Stored {
  quiz: Quiz
  questions: QuizQuestion[]
  players: Player[]
  /** Revision 1 first. */
  regrades: Regrade[]
}

const page = <T>(items: ReadonlyMap<number, T>, { limit, after }: PageRequest) => {
  const ordinals = [...items.keys()].filter((ordinal) => after === undefined || ordinal < after).sort((a, b) => b - a)
  const shown = ordinals.slice(0, limit)
  return {
    items: shown.flatMap((ordinal) => items.get(ordinal) ?? []),
    next: ordinals.length > limit ? (shown.at(-1) ?? null) : null,
  }
}

/** One at a time for each key. */
const createLocks = () => {
  const last = new Map<string, Promise<unknown>>()
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key) ?? Promise.resolve()
    const mine = before.then(work)
    const settled = mine.catch(() => {})
    last.set(key, settled)
    try {
      return await mine
    } finally {
      if (last.get(key) === settled) last.delete(key)
    }
  }
}

export const createMemoryQuizStore = (): QuizStore => {
  let ordinal = 0
  const decks = new Map<number, Deck>()
  const quizzes = new Map<number, Stored>()
  const outbox: OutboxRecord[] = []
  const loginCodes = new Map<string, number>()
  const exclusively = createLocks()

  const deckEntry = (deckId: string) => [...decks].find(([, deck]) => deck.deck_id === deckId)
  const stored = (quizId: string) => [...quizzes.values()].find(({ quiz }) => quiz.quizId === quizId)
  const view = ({ quiz, questions, players }: Stored): Quiz => ({
    ...structuredClone(quiz),
    current: quiz.current && {
      ...structuredClone(quiz.current),
      question: structuredClone(questions[quiz.current.position - 1]?.question ?? quiz.current.question),
    },
    players: players.length,
    following: questions[quiz.current?.position ?? 0]?.question ?? null,
  })

  return {
    async addDeck(deck) {
      decks.set(++ordinal, structuredClone(deck))
    },
    async deck(deckId) {
      return structuredClone(deckEntry(deckId)?.[1])
    },
    async changeDeck(deckId, change) {
      const entry = deckEntry(deckId)
      if (!entry) return undefined
      const deck = structuredClone(change(structuredClone(entry[1])))
      decks.set(entry[0], deck)
      return structuredClone(deck)
    },
    async removeDeck(deckId) {
      const entry = deckEntry(deckId)
      return entry !== undefined && decks.delete(entry[0])
    },
    async decks(request) {
      const { items, next } = page(decks, request)
      const summaries = items.map(({ deck_id, title, questions, updated_at }) => ({
        deck_id,
        title,
        question_count: questions.length,
        updated_at,
      }))
      return { decks: summaries, next }
    },

    async addQuiz(quiz, questions: readonly Question[], records) {
      if (stored(quiz.quizId)) return false
      quizzes.set(++ordinal, {
        quiz: structuredClone(quiz),
        questions: questions.map((question, i) => ({
          position: i + 1,
          question: structuredClone(question),
          openedAt: null,
          deadline: null,
        })),
        players: [],
        regrades: [],
      })
      outbox.push(...records)
      return true
    },
    async quiz(quizId) {
      const found = stored(quizId)
      return found && view(found)
    },
    async questions(quizId) {
      return structuredClone(stored(quizId)?.questions ?? [])
    },
    async quizzes(request) {
      const { items, next } = page(quizzes, request)
      return { quizzes: items.map(view), next }
    },
    revisions: async () => [...quizzes.values()].map(({ quiz: { quizId, revision } }) => ({ quizId, revision })),
    async player(quizId, joinId) {
      return structuredClone(stored(quizId)?.players.find((player) => player.joinId === joinId))
    },
    async withQuiz(quizId, work) {
      const found = stored(quizId)
      if (!found) return undefined
      return exclusively(quizId, async () => {
        const { staged, commit } = stage(found, view(found), outbox)
        const result = await work(staged)
        commit()
        return result
      })
    },
    async unfinished(until, limit) {
      return [...quizzes.values()]
        .flatMap(({ quiz }) => {
          const { quizId, current } = quiz
          if (!current || current.state === 'closed') return []
          const { position, state, deadline } = current
          const isDue = state === 'closing' || (deadline !== null && deadline <= until)
          return isDue ? [{ quizId, position, state, deadline }] : []
        })
        .sort((a, b) => (a.deadline ?? -1) - (b.deadline ?? -1))
        .slice(0, limit)
    },

    async regrades(quizId, request) {
      const byRevision = new Map(stored(quizId)?.regrades.map((regrade) => [regrade.revision, regrade]))
      const { items, next } = page(byRevision, request)
      return { regrades: structuredClone(items), next }
    },
    async regradesUnderWay(limit) {
      const all = [...quizzes.values()].flatMap(({ regrades }) => regrades.filter(({ doneAt }) => doneAt === null))
      return structuredClone(all.sort((a, b) => a.madeAt - b.madeAt).slice(0, limit))
    },
    async finishRegrade({ quizId, revision, doneAt, answers, changed }) {
      const regrade = stored(quizId)?.regrades[revision - 1]
      if (regrade?.doneAt === null) Object.assign(regrade, { doneAt, answers, changed })
    },

    async addLoginCode(digest, expiresAt) {
      loginCodes.set(digest, expiresAt)
      for (const oldest of loginCodes.keys()) if (loginCodes.size > LOGIN_CODES_MAX) loginCodes.delete(oldest)
    },
    async takeLoginCode(digest, now) {
      const expiresAt = loginCodes.get(digest)
      return loginCodes.delete(digest) && expiresAt !== undefined && now < expiresAt
    },
    sendOutbox: (send) =>
      exclusively('', async () => {
        const records = outbox.slice(0, 1_000)
        if (records.length > 0) await send(records)
        outbox.splice(0, records.length)
        return { sent: records.length, more: outbox.length > 0 }
      }),
    async outboxSize() {
      return { records: outbox.length, oldestMs: 0 }
    },
  }
}

/** A transaction: nothing is seen before `commit`, and all of it then. */
const stage = (found: Stored, quiz: Quiz, outbox: OutboxRecord[]) => {
  let saved: Quiz | undefined
  const players: Player[] = []
  const records: OutboxRecord[] = []
  const regrades: Regrade[] = []
  const questions = new Map<string, Question>()
  const all = () => [...found.players, ...players]
  const staged: QuizWork = {
    quiz,
    async save(next) {
      saved = structuredClone(next)
    },
    async joined(joinIds) {
      return all().filter(({ joinId }) => joinId !== null && joinIds.includes(joinId))
    },
    async taken(names) {
      const wanted = new Set(names)
      return new Set(
        all()
          .map(({ name }) => name)
          .filter((name) => wanted.has(name)),
      )
    },
    async add(added) {
      for (const player of added) {
        const clash = all().some(
          ({ name, userId, joinId }) =>
            name === player.name || userId === player.userId || (joinId !== null && joinId === player.joinId),
        )
        if (clash) throw new Error(`a player like ${JSON.stringify(player)} is there already`)
        players.push({ ...player })
      }
    },
    async publish(published) {
      records.push(...published)
    },
    async question(questionId) {
      return structuredClone(found.questions.find(({ question }) => question.question_id === questionId))
    },
    async regrade(question, before, madeAt) {
      questions.set(question.question_id, structuredClone(question))
      const { question_id: questionId } = question
      const revision = found.regrades.length + regrades.length + 1
      const regrade = { quizId: quiz.quizId, revision, questionId, ...keyOf(question), was: keyOf(before), madeAt }
      regrades.push({ ...regrade, doneAt: null, answers: 0, changed: 0 })
      return { ...regrade, doneAt: null, answers: 0, changed: 0 }
    },
  }
  const commit = () => {
    for (const each of found.questions) each.question = questions.get(each.question.question_id) ?? each.question
    found.regrades.push(...regrades)
    if (saved) {
      found.quiz = saved
      const { current } = saved
      const question = found.questions[(current?.position ?? 0) - 1]
      if (current && question) Object.assign(question, { openedAt: current.openedAt, deadline: current.deadline })
    }
    found.players.push(...players)
    outbox.push(...records)
  }
  return { staged, commit }
}
