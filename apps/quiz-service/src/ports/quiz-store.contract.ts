/** What every quiz store must keep. */
import type { Deck, Question } from '@quizboard/shared/contracts/rest.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definitionRecord, lifecycleRecord, type OutboxRecord, playerRecord } from '../domain/events.ts'
import { type Command, decide } from '../domain/lifecycle.ts'
import { draft, type Player, type Quiz } from '../domain/quiz.ts'
import type { Regrade } from '../domain/regrade.ts'
import { LOGIN_CODES_MAX, type QuizStore } from './quiz-store.ts'

export interface ContractStore {
  store: QuizStore
  /** How many connections or locks are held; 0 at rest. */
  held?(): number
  close(): Promise<void>
}

const T0 = Date.UTC(2026, 0, 1, 0, 0, 0, 123)
let made = 0
const unique = (prefix: string) => `${prefix}${++made}`

const question = (n: number, limit: number | null = null): Question => ({
  question_id: unique('q'),
  type: 'choice',
  prompt: `Number ${n}: “é🦉\n"`,
  options: ['a', "b'"],
  answer: 'a',
  points: 1_000,
  time_limit_ms: limit,
})
const newDeck = (): Deck => ({
  deck_id: unique('deck'),
  title: 'Wörter 🦉',
  questions: [question(1, 5_000), question(2)],
  created_at: toTimestamp(T0),
  updated_at: toTimestamp(T0),
})
const player = (quizId: string, name: string, joinId: string | null = null): Player => ({
  quizId,
  userId: unique('u'),
  name,
  joinId,
  joinedAt: T0,
})

export const quizStoreContract = (name: string, open: () => Promise<ContractStore>): void => {
  describe(`a quiz store: ${name}`, () => {
    let opened: ContractStore
    let store: QuizStore
    beforeAll(async () => {
      opened = await open()
      store = opened.store
    })
    afterAll(async () => {
      try {
        expect(opened.held?.() ?? 0).toBe(0)
      } finally {
        await opened.close()
      }
    })

    const newQuiz = async (questions = [question(1, 5_000), question(2)]): Promise<Quiz> => {
      const quiz = draft({
        quizId: unique('QUIZ'),
        deckId: 'deck',
        title: 'Words',
        mode: 'live',
        scoring: 'streak',
        feedback: 'reveal',
        reanswer: 'never',
        questions,
        now: T0,
      })
      expect(await store.addQuiz(quiz, questions, [definitionRecord(quiz, questions), lifecycleRecord(quiz)])).toBe(
        true,
      )
      return quiz
    }
    const command = (quizId: string, wanted: Command, now = T0, stopped?: number) =>
      store.withQuiz(quizId, async (work) => {
        const decision = decide(work.quiz, wanted, now, stopped)
        if ('quiz' in decision && decision.quiz) {
          await work.save(decision.quiz)
          await work.publish([lifecycleRecord(decision.quiz)])
        }
        return decision.kind
      })
    const drain = async (all: OutboxRecord[] = []): Promise<OutboxRecord[]> => {
      const take = async (records: readonly OutboxRecord[]) => {
        all.push(...records)
      }
      while ((await store.sendOutbox(take)).more);
      return all
    }

    describe('decks', () => {
      it('[Q1.4] gives back what was added', async () => {
        const deck = newDeck()
        await store.addDeck(deck)
        expect(await store.deck(deck.deck_id)).toEqual(deck)
        expect(await store.deck('nothing')).toBeUndefined()
      })
      it('[Q1.4] changes a deck, or nothing if the change throws', async () => {
        const deck = newDeck()
        await store.addDeck(deck)
        const changed = { ...deck, title: 'New', questions: [question(1)], updated_at: toTimestamp(T0 + 1) }
        expect(
          await store.changeDeck(deck.deck_id, (before) => ({ ...changed, created_at: before.created_at })),
        ).toEqual(changed)
        const failure = new Error('no')
        const failing = store.changeDeck(deck.deck_id, () => {
          throw failure
        })
        await expect(failing).rejects.toBe(failure)
        expect(await store.deck(deck.deck_id)).toEqual(changed)
        expect(await store.changeDeck('nothing', () => changed)).toBeUndefined()
      })
      it('[Q1.4] loses no change of many at once', async () => {
        const deck = newDeck()
        await store.addDeck(deck)
        const add = (before: Deck) => ({ ...before, questions: [...before.questions, question(9)] })
        await Promise.all(Array.from({ length: 20 }, () => store.changeDeck(deck.deck_id, add)))
        expect((await store.deck(deck.deck_id))?.questions).toHaveLength(22)
      })
      it('[Q1.4] removes a deck once', async () => {
        const deck = newDeck()
        await store.addDeck(deck)
        expect([await store.removeDeck(deck.deck_id), await store.removeDeck(deck.deck_id)]).toEqual([true, false])
        expect(await store.deck(deck.deck_id)).toBeUndefined()
      })
      it('[Q9] pages go from the newest to the oldest and are not disturbed by decks that come or go', async () => {
        const decks = Array.from({ length: 5 }, newDeck)
        for (const deck of decks) await store.addDeck(deck)
        const first = await store.decks({ limit: 2, after: undefined })
        expect(first.decks.map((deck) => deck.deck_id)).toEqual([decks[4]?.deck_id, decks[3]?.deck_id])
        expect(first.decks[0]).toEqual({
          deck_id: decks[4]?.deck_id,
          title: 'Wörter 🦉',
          question_count: 2,
          updated_at: toTimestamp(T0),
        })
        await store.addDeck(newDeck())
        await store.removeDeck(decks[3]?.deck_id ?? '')
        const second = await store.decks({ limit: 2, after: first.next ?? undefined })
        expect(second.decks.map((deck) => deck.deck_id)).toEqual([decks[2]?.deck_id, decks[1]?.deck_id])
        let next: number | null = second.next
        let seen = 0
        while (next !== null) {
          const page = await store.decks({ limit: 3, after: next })
          seen += page.decks.length
          next = page.next
        }
        expect(seen).toBeGreaterThan(0)
      })
    })

    describe('quizzes', () => {
      it('[Q1.4] gives back a draft with its questions, and says which question follows', async () => {
        const questions = [question(1, 5_000), question(2)]
        const quiz = await newQuiz(questions)
        expect(await store.quiz(quiz.quizId)).toEqual(quiz)
        expect(quiz.following).toEqual(questions[0])
        expect(await store.questions(quiz.quizId)).toEqual(
          questions.map((one, i) => ({ position: i + 1, question: one, openedAt: null, deadline: null })),
        )
        expect([await store.quiz('NOTHING'), await store.questions('NOTHING')]).toEqual([undefined, []])
      })
      it('[Q9] refuses a quiz_id that is taken, and leaves nothing of it', async () => {
        const quiz = await newQuiz()
        await drain()
        const again = { ...quiz, title: 'Other' }
        expect(await store.addQuiz(again, [question(1)], [lifecycleRecord(again)])).toBe(false)
        expect((await store.quiz(quiz.quizId))?.title).toBe('Words')
        expect(await store.questions(quiz.quizId)).toHaveLength(2)
        expect(await drain()).toEqual([])
      })
      it('[Q1.4] [Q5.3] keeps every step of a quiz', async () => {
        const { quizId } = await newQuiz()
        const place = async () => {
          const quiz = await store.quiz(quizId)
          return [
            quiz?.state,
            quiz?.revision,
            quiz?.current?.position,
            quiz?.current?.state,
            quiz?.following?.question_id,
          ]
        }
        const [first, second] = (await store.questions(quizId)).map((one) => one.question.question_id)
        expect(await place()).toEqual(['draft', 1, undefined, undefined, first])
        await command(quizId, { kind: 'open' })
        await command(quizId, { kind: 'start' }, T0 + 7)
        expect(await place()).toEqual(['running', 3, 1, 'open', second])
        expect((await store.quiz(quizId))?.current).toMatchObject({ openedAt: T0 + 7, deadline: T0 + 5_007 })
        expect(await command(quizId, { kind: 'next' })).toBe('stop_answers')
        expect(await place()).toEqual(['running', 4, 1, 'closing', second])
        await command(quizId, { kind: 'next' }, T0 + 9, 1)
        expect(await place()).toEqual(['running', 5, 2, 'open', undefined])
        expect(await store.questions(quizId)).toMatchObject([
          { openedAt: T0 + 7, deadline: T0 + 5_007 },
          { openedAt: T0 + 9, deadline: null },
        ])
        await command(quizId, { kind: 'close' })
        await command(quizId, { kind: 'close' }, T0 + 11, 2)
        expect(await place()).toEqual(['closed', 7, 2, 'closed', undefined])
        expect((await store.quiz(quizId))?.closedAt).toBe(T0 + 11)
      })
      it('[Q1.4] keeps nothing of work that throws, and gives its error', async () => {
        const quiz = await newQuiz()
        await drain()
        const failure = new Error('no')
        const failing = store.withQuiz(quiz.quizId, async (work) => {
          await work.save({ ...work.quiz, state: 'open', revision: 2 })
          await work.add([player(quiz.quizId, 'Anna')])
          await work.publish([lifecycleRecord(quiz)])
          throw failure
        })
        await expect(failing).rejects.toBe(failure)
        expect(await store.quiz(quiz.quizId)).toEqual(quiz)
        expect(await drain()).toEqual([])
        expect(await store.withQuiz('NOTHING', async () => 1)).toBeUndefined()
      })
      it('[Q8.3] works on one quiz one at a time, each seeing what the one before left', async () => {
        const { quizId } = await newQuiz()
        const seen = await Promise.all(
          Array.from({ length: 50 }, () =>
            store.withQuiz(quizId, async (work) => {
              await work.save({ ...work.quiz, revision: work.quiz.revision + 1 })
              return work.quiz.revision
            }),
          ),
        )
        expect(seen.sort((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
        expect((await store.quiz(quizId))?.revision).toBe(51)
      })
      it('[Q9] pages go from the newest to the oldest', async () => {
        const ids: string[] = []
        for (let i = 0; i < 4; i++) ids.unshift((await newQuiz()).quizId)
        const first = await store.quizzes({ limit: 3, after: undefined })
        expect(first.quizzes.map(({ quizId }) => quizId)).toEqual(ids.slice(0, 3))
        const second = await store.quizzes({ limit: 1, after: first.next ?? undefined })
        expect(second.quizzes.map(({ quizId }) => quizId)).toEqual(ids.slice(3))
      })
    })

    describe('unfinished questions', () => {
      it('[Q7.2] [Q10.2] are those that are due or being closed', async () => {
        const due = (await newQuiz()).quizId
        const closing = (await newQuiz([question(1)])).quizId
        const endless = (await newQuiz([question(1)])).quizId
        for (const quizId of [due, closing, endless]) {
          await command(quizId, { kind: 'open' })
          await command(quizId, { kind: 'start' }, T0)
        }
        await command(closing, { kind: 'reveal' })
        const find = async (until: number) =>
          (await store.unfinished(until, 100)).filter(({ quizId }) => [due, closing, endless].includes(quizId))
        expect(await find(T0 + 4_999)).toEqual([{ quizId: closing, position: 1, state: 'closing', deadline: null }])
        expect(await find(T0 + 5_000)).toEqual([
          { quizId: closing, position: 1, state: 'closing', deadline: null },
          { quizId: due, position: 1, state: 'open', deadline: T0 + 5_000 },
        ])
        await command(closing, { kind: 'reveal' }, T0, 1)
        await command(due, { kind: 'close' })
        await command(due, { kind: 'close' }, T0, 1)
        expect(await find(T0 + 9_999_999)).toEqual([])
      })
    })

    describe('players', () => {
      it('[Q8.2] are found by join_id, and counted', async () => {
        const { quizId } = await newQuiz()
        const [anna, bea] = [player(quizId, 'Anna', 'j1'), player(quizId, 'Bea')]
        await store.withQuiz(quizId, (work) => work.add([anna, bea]))
        expect((await store.quiz(quizId))?.players).toBe(2)
        expect([await store.player(quizId, 'j1'), await store.player(quizId, 'j2')]).toEqual([anna, undefined])
        const found = await store.withQuiz(quizId, async (work) => ({
          joined: await work.joined(['j1', 'j2']),
          taken: await work.taken(['Anna', 'anna', 'Bea', 'Anna ', 'Cleo']),
        }))
        expect(found).toEqual({ joined: [anna], taken: new Set(['Anna', 'Bea']) })
      })
      it.each([
        ['a name', (a: Player, quizId: string) => ({ ...player(quizId, a.name) })],
        ['a join_id', (a: Player, quizId: string) => ({ ...player(quizId, 'Other'), joinId: a.joinId })],
        ['a user_id', (a: Player, quizId: string) => ({ ...player(quizId, 'Other'), userId: a.userId })],
      ])('[Q8.2] are refused as a whole if one has %s that is there', async (_, second) => {
        const { quizId } = await newQuiz()
        const anna = player(quizId, 'Anna', 'j1')
        await store.withQuiz(quizId, (work) => work.add([anna]))
        const adding = store.withQuiz(quizId, (work) => work.add([player(quizId, 'Cleo'), second(anna, quizId)]))
        await expect(adding).rejects.toThrow()
        expect((await store.quiz(quizId))?.players).toBe(1)
        const elsewhere = (await newQuiz()).quizId
        await store.withQuiz(elsewhere, (work) => work.add([{ ...anna, quizId: elsewhere }]))
      })
    })

    it('[Q5.4] tells the revision of every quiz', async () => {
      const { quizId } = await newQuiz()
      const revision = async () => (await store.revisions()).find((quiz) => quiz.quizId === quizId)?.revision
      expect(await revision()).toBe(1)
      await store.withQuiz(quizId, (work) => work.save({ ...work.quiz, state: 'open', revision: 2 }))
      expect(await revision()).toBe(2)
    })

    describe('regrades', () => {
      it('[Q12.1] change the quiz’s own copy of the question, also of the current one, and nothing else of it', async () => {
        const [first, second] = [question(1), question(2)]
        const { quizId } = await newQuiz([first, second])
        for (const kind of ['open', 'start'] as const) await command(quizId, { kind })
        const corrected = { ...first, answer: "b'", accept: ['“é🦉', 'a'] }
        const regrade = await store.withQuiz(quizId, (work) => work.regrade(corrected, first, T0))
        const { question_id: questionId } = first
        const key = { quizId, revision: 1, questionId, answer: "b'", accept: ['“é🦉', 'a'] }
        const was = { answer: 'a', accept: [] }
        expect(regrade).toEqual({ ...key, was, madeAt: T0, doneAt: null, answers: 0, changed: 0 })
        expect((await store.quiz(quizId))?.current).toMatchObject({ position: 1, state: 'open', question: corrected })
        expect((await store.questions(quizId)).map((each) => each.question)).toEqual([corrected, second])
        const found = await store.withQuiz(quizId, (work) => Promise.all([questionId, 'nobody'].map(work.question)))
        expect(found?.map((each) => each?.question)).toEqual([corrected, undefined])
      })

      it('[Q12.4] are under way until they are done, once, and listed with the newest first', async () => {
        const first = question(1)
        const { quizId } = await newQuiz([first])
        const make = (ms: number) => store.withQuiz(quizId, (work) => work.regrade(first, first, T0 + ms))
        const all = [await make(2), await make(1), await make(3)]
        await expect(
          store.withQuiz(quizId, async (work) => {
            await work.regrade(first, first, T0)
            throw new Error('the transaction fails')
          }),
        ).rejects.toThrow('the transaction fails')
        const [one] = all as [Regrade]
        const mine = async () => (await store.regradesUnderWay(100)).filter((regrade) => regrade.quizId === quizId)
        expect((await mine()).map(({ revision }) => revision)).toEqual([2, 1, 3])
        const done = { ...one, doneAt: T0 + 9, answers: 7, changed: 5 }
        await store.finishRegrade(done)
        await store.finishRegrade({ ...done, answers: 99 })
        expect((await mine()).map(({ revision }) => revision)).toEqual([2, 3])
        const page = await store.regrades(quizId, { limit: 2, after: undefined })
        expect(page).toMatchObject({ regrades: [{ revision: 3 }, { revision: 2 }], next: 2 })
        expect(await store.regrades(quizId, { limit: 2, after: 2 })).toEqual({ regrades: [done], next: null })
      })
    })

    describe('login codes', () => {
      it('[Q7.5] are taken by one caller, and not once they have expired', async () => {
        await store.addLoginCode('one', 1_000)
        await store.addLoginCode('two', 1_000)
        const takers = await Promise.all([1, 2, 3].map(() => store.takeLoginCode('one', 999)))
        expect(takers.filter(Boolean)).toHaveLength(1)
        expect(await store.takeLoginCode('two', 1_000)).toBe(false)
        expect(await store.takeLoginCode('never made', 0)).toBe(false)
      })
      it('[Q9] are kept up to a limit, the newest', async () => {
        for (let i = 0; i < LOGIN_CODES_MAX + 5; i++) await store.addLoginCode(`code ${i}`, 1_000_000 + i)
        expect(await store.takeLoginCode('code 4', 0)).toBe(false)
        expect(await store.takeLoginCode('code 5', 0)).toBe(true)
      })
    })

    describe('the outbox', () => {
      it('[Q3.4] gives the records of a quiz in their order, once they were stored, until they are sent', async () => {
        await drain()
        const quiz = await newQuiz()
        await store.withQuiz(quiz.quizId, async (work) => {
          await work.publish(['1', '2', '3'].map((value) => ({ ...playerRecord(player(quiz.quizId, value)), value })))
        })
        await store.withQuiz(quiz.quizId, (work) => work.publish([{ ...lifecycleRecord(quiz), value: '4' }]))
        expect((await store.outboxSize()).records).toBe(6)
        const failure = new Error('the log is away')
        await expect(store.sendOutbox(() => Promise.reject(failure))).rejects.toBe(failure)
        const records = await drain()
        expect(records.map(({ topic }) => topic)).toEqual([
          'quiz.definitions',
          'quiz.lifecycle',
          'quiz.players',
          'quiz.players',
          'quiz.players',
          'quiz.lifecycle',
        ])
        expect(records.slice(2).map(({ value }) => value)).toEqual(['1', '2', '3', '4'])
        expect(records[2]?.key).toMatch(new RegExp(`^${quiz.quizId}/u`))
        expect(new Set(records.map(({ quizId }) => quizId))).toEqual(new Set([quiz.quizId]))
        expect(await store.outboxSize()).toEqual({ records: 0, oldestMs: 0 })
      })
      it('[Q3.4] gives no record to two callers', async () => {
        const quiz = await newQuiz()
        await drain()
        const values = Array.from({ length: 1_500 }, (_, i) => String(i))
        await store.withQuiz(quiz.quizId, (work) =>
          work.publish(values.map((value) => ({ ...lifecycleRecord(quiz), value }))),
        )
        const got: OutboxRecord[] = []
        await Promise.all([drain(got), drain(got), drain(got)])
        expect(got.map(({ value }) => value)).toEqual(values)
      })
      it('[Q9] sends megabytes in pieces', async () => {
        const quiz = await newQuiz()
        await drain()
        const value = 'x'.repeat(3 * 1024 * 1024)
        for (let i = 0; i < 4; i++)
          await store.withQuiz(quiz.quizId, (work) => work.publish([{ ...lifecycleRecord(quiz), value }]))
        const all = await drain()
        expect(all.map((record) => record.value.length)).toEqual(Array(4).fill(value.length))
      })
    })
  })
}
