/** What every answer store keeps: the suite runs on each adapter. */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Correction } from '../domain/correction.ts'
import { newPlayer, type PlayerRecord, type StoredAnswer } from '../domain/player.ts'
import { type AnswerStore, Fenced, type PlayerChange } from './answer-store.ts'

const QUIZ = 'QUIZ'
const AT = 1_000

const doc = (user_id: string, question_id: string, more: Partial<StoredAnswer> = {}): StoredAnswer => ({
  user_id,
  quiz_id: QUIZ,
  question_id,
  answer: 'an answer',
  is_correct: true,
  score: 10,
  update_ts: '2026-03-01T12:00:00.000Z',
  seq: 1,
  elapsed_ms: 5,
  held: false,
  ...more,
})
const eventOf = (record: PlayerRecord): ScoreEvent => ({
  quiz_id: record.quiz_id,
  user_id: record.user_id,
  score: 10,
  question_id: 'q1',
  total: record.total,
  seq: record.seq,
  revision: record.revision,
  answered_at: '2026-03-01T12:00:00.000Z',
})
/** The change from version `from` to the next. */
const change = (user_id: string, from: number, more: Partial<PlayerChange> = {}, quiz_id = QUIZ): PlayerChange => {
  const version = from + 1
  const total = version * 10
  const record = {
    ...newPlayer(quiz_id, user_id),
    version,
    seq: version,
    revision: version,
    total,
    counted_seq: version,
  }
  return { record, expected_version: from, answers: [], results: [], events: [], at: AT, ...more }
}
const withEvent = (user_id: string, from: number, at = AT): PlayerChange => {
  const made = change(user_id, from)
  return { ...made, events: [eventOf(made.record)], at }
}

export const answerStoreContract = (name: string, open: () => Promise<AnswerStore>): void => {
  describe(`answer store: ${name}`, () => {
    let store: AnswerStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())
    const load = async (
      user_id: string,
      question_ids: string[] | 'all' = 'all',
      answer_ids: string[] = [],
      quiz_id = QUIZ,
    ) => {
      const [state] = await store.load([{ quiz_id, user_id, question_ids, answer_ids }])
      if (!state) throw new Error('no state')
      return state
    }
    const places = (docs: StoredAnswer[]) => docs.map(({ user_id, question_id }) => `${user_id}/${question_id}`)

    describe('players', () => {
      it('[Q1.2] one who is not stored has version 0 and nothing else', async () => {
        expect(await load('anna', ['q1'], ['a'])).toEqual({
          record: newPlayer(QUIZ, 'anna'),
          answers: new Map(),
          results: new Map(),
        })
      })

      it('[Q1.2] a commit stores record, documents, results and outbox rows together, every field as it was', async () => {
        const made = change('anna', 0)
        const record = { ...made.record, reached_at: '2026-03-01T12:00:00.000Z', counted_seq: 7 }
        const plain = doc('anna', 'q1')
        const rich = doc('anna', 'q2', {
          answer: ' Ünï\n“çødé” 🦉 ',
          is_correct: false,
          score: 0,
          seq: 2,
          streak: 3,
          held: true,
        })
        const result = { question_id: 'q1', seq: 1, is_correct: true, score: 10, total: 10 }
        const results = [{ answer_id: 'a', result }]
        const events = [eventOf(record)]
        expect(await store.commit([{ ...made, record, answers: [plain, rich], results, events }])).toEqual(['ok'])
        const state = await load('anna', 'all', ['a', 'b'])
        expect(state.record).toEqual(record)
        expect(state.answers).toEqual(
          new Map([
            ['q1', plain],
            ['q2', rich],
          ]),
        )
        expect(state.results).toEqual(new Map([['a', result]]))
        expect(await store.outbox(10)).toEqual([{ event: events[0], at: AT }])
        expect(Object.keys(state.answers.get('q1') ?? {})).not.toContain('streak')
      })

      it('load gives what was asked for, in the order of the keys', async () => {
        const answers = ['q1', 'q2', 'q3'].map((id) => doc('anna', id))
        await store.commit([change('anna', 0, { answers }), change('ben', 0)])
        const key = { quiz_id: QUIZ, answer_ids: [] }
        const states = await store.load([
          { ...key, user_id: 'ben', question_ids: 'all' },
          { ...key, user_id: 'anna', question_ids: ['q3', 'q9'] },
          { ...key, user_id: 'anna', question_ids: [] },
        ])
        expect(states.map(({ record }) => record.user_id)).toEqual(['ben', 'anna', 'anna'])
        expect(states.map((state) => [...state.answers.keys()])).toEqual([[], ['q3'], []])
      })

      it('[Q2.5] a document replaces the one of the same question', async () => {
        await store.commit([change('anna', 0, { answers: [doc('anna', 'q1', { streak: 2 })] })])
        const second = doc('anna', 'q1', { answer: 'other', score: 0, is_correct: false, seq: 2 })
        await store.commit([change('anna', 1, { answers: [second] })])
        expect((await load('anna')).answers).toEqual(new Map([['q1', second]]))
      })

      it('players of one name in two quizzes are two', async () => {
        await store.commit([change('anna', 0, { results: [{ answer_id: 'a', result: { question_id: 'q', seq: 1 } }] })])
        expect((await load('anna', 'all', ['a'], 'OTHER')).record.version).toBe(0)
        expect(await store.commit([change('anna', 0, {}, 'OTHER')])).toEqual(['ok'])
        expect((await load('anna', 'all', ['a'], 'OTHER')).results.size).toBe(0)
      })

      it('ids are told apart to the letter, prototype names and all', async () => {
        const users = ['anna', 'Anna', 'anna ', '__proto__', 'constructor', 'a/b', 'a%', "'; --"]
        await store.commit(users.map((user) => change(user, 0, { answers: [doc(user, '__proto__')] })))
        for (const user of users) expect((await load(user)).answers.get('__proto__')?.user_id).toBe(user)
        expect(await store.list(QUIZ, { limit: 100 })).toHaveLength(users.length)
      })
    })

    describe('conflicts', () => {
      const full = (user: string, from: number): PlayerChange => ({
        ...withEvent(user, from),
        answers: [doc(user, `q${from}`)],
        results: [{ answer_id: `a${from}`, result: { question_id: `q${from}`, seq: 1 } }],
      })

      it('[Q1.3] a change of another version than the stored one stores nothing, and leaves the others alone', async () => {
        await store.commit([full('anna', 0), full('ben', 0)])
        const outcomes = await store.commit([
          full('anna', 1),
          { ...full('ben', 4), expected_version: 0 },
          full('cleo', 0),
        ])
        expect(outcomes).toEqual(['ok', 'conflict', 'ok'])
        const ben = await load('ben', 'all', ['a0', 'a4'])
        expect(ben.record.version).toBe(1)
        expect([...ben.answers.keys()]).toEqual(['q0'])
        expect([...ben.results.keys()]).toEqual(['a0'])
        expect((await load('cleo')).record.version).toBe(1)
        expect((await store.outbox(10)).filter(({ event }) => event.user_id === 'ben')).toHaveLength(1)
      })

      it('[Q1.3] of two that begin at the same version one wins, in one commit or two at once', async () => {
        expect(await store.commit([full('anna', 0), full('anna', 0)])).toEqual(['ok', 'conflict'])
        const both = await Promise.all([store.commit([full('anna', 1)]), store.commit([full('anna', 1)])])
        expect(both.flat().sort()).toEqual(['conflict', 'ok'])
        expect((await load('anna')).record.version).toBe(2)
      })

      it('[Q3.1] the same commit again is a conflict: nothing is doubled', async () => {
        const changes = [full('anna', 0), full('ben', 0)]
        await store.commit(changes)
        expect(await store.commit(changes)).toEqual(['conflict', 'conflict'])
        expect(await store.outbox(10)).toHaveLength(2)
      })

      it('[Q3.1] commits that come in another order are conflicts, until their turn', async () => {
        expect(await store.commit([full('anna', 1)])).toEqual(['conflict'])
        expect(await store.commit([full('anna', 0)])).toEqual(['ok'])
        expect(await store.commit([full('anna', 2)])).toEqual(['conflict'])
        expect(await store.commit([full('anna', 1), full('anna', 2)])).toEqual(['ok', 'ok'])
        expect((await load('anna')).record.version).toBe(3)
      })

      const SEED = Date.now() % 1_000_000
      it(`[Q1.2] whoever loads, decides and commits again on conflict loses no step (SEED=${SEED})`, async () => {
        const random = createSeededRandom(SEED)
        const users = ['anna', 'ben', 'cleo']
        const done = new Map<string, number>()
        const client = async () => {
          for (let i = 0; i < 20; i++) {
            const user = random.pick(users)
            for (;;) {
              const { record } = await load(user, [])
              if (random.chance(0.3)) await load('nobody', [])
              const [outcome] = await store.commit([withEvent(user, record.version)])
              if (outcome === 'ok') break
            }
            done.set(user, (done.get(user) ?? 0) + 1)
          }
        }
        await Promise.all([client(), client(), client(), client()])
        for (const [user, count] of done)
          expect((await load(user, [])).record).toMatchObject({ version: count, total: count * 10 })
        const rows = await store.outbox(1_000)
        expect(rows).toHaveLength(80)
        for (const user of users) {
          const revisions = rows.filter(({ event }) => event.user_id === user).map(({ event }) => event.revision)
          expect(revisions).toEqual(revisions.map((_, i) => i + 1))
        }
      })
    })

    it('[Q8.1] beside a record there is nothing older, while others commit', async () => {
      const commits = 60
      const writing = (async () => {
        for (let i = 0; i < commits; i++) {
          const answers = [doc('anna', `q${i}`)]
          const results = [{ answer_id: `a${i}`, result: { question_id: `q${i}`, seq: i + 1 } }]
          await store.commit([change('anna', i, { answers, results })])
        }
      })()
      const ids = Array.from({ length: commits }, (_, i) => `a${i}`)
      for (let version = 0; version < commits; ) {
        const state = await load('anna', 'all', ids)
        version = state.record.version
        expect(state.results.size).toBeGreaterThanOrEqual(version)
        expect(state.answers.size).toBeGreaterThanOrEqual(version)
      }
      await writing
    })

    describe('documents', () => {
      beforeEach(async () => {
        const answers = (user: string) => ['q2', 'q10', 'q1'].map((id) => doc(user, id))
        const users = ['b', 'a', 'B', 'é', '🦉', '\uffee']
        await store.commit(users.map((user) => change(user, 0, { answers: answers(user) })))
        await store.commit([change('x', 0, { answers: [{ ...doc('x', 'q1'), quiz_id: 'OTHER' }] }, 'OTHER')])
      })

      it('are listed by user_id, then question_id, both by code points', async () => {
        const users = ['B', 'a', 'b', 'é', '\uffee', '🦉']
        const expected = users.flatMap((user) => ['q1', 'q10', 'q2'].map((id) => `${user}/${id}`))
        expect(places(await store.list(QUIZ, { limit: 100 }))).toEqual(expected)
      })

      it('come in pages that leave nothing out and give nothing twice, whatever their size', async () => {
        const all = places(await store.list(QUIZ, { limit: 100 }))
        for (const limit of [1, 2, 5, 18, 19]) {
          const seen: StoredAnswer[] = []
          for (;;) {
            const last = seen.at(-1)
            const page = await store.list(QUIZ, { limit, ...(last ? { after: last } : {}) })
            seen.push(...page)
            if (page.length < limit) break
          }
          expect(places(seen)).toEqual(all)
        }
        const after = { user_id: 'a', question_id: 'q1000' }
        expect(places(await store.list(QUIZ, { limit: 2, after }))).toEqual(['a/q2', 'b/q1'])
      })

      it('can be those of one player, of one question, or both', async () => {
        expect(places(await store.list(QUIZ, { limit: 9, user_id: 'a' }))).toEqual(['a/q1', 'a/q10', 'a/q2'])
        expect(places(await store.list(QUIZ, { limit: 3, question_id: 'q2' }))).toEqual(['B/q2', 'a/q2', 'b/q2'])
        const after = { user_id: 'a', question_id: 'q2' }
        expect(places(await store.list(QUIZ, { limit: 2, question_id: 'q2', after }))).toEqual(['b/q2', 'é/q2'])
        expect(places(await store.list(QUIZ, { limit: 9, user_id: 'a', question_id: 'q2' }))).toEqual(['a/q2'])
        expect(places(await store.list(QUIZ, { limit: 9, user_id: 'a', after }))).toEqual([])
        expect(await store.list(QUIZ, { limit: 9, user_id: 'nobody' })).toEqual([])
        expect(await store.list('NOPE', { limit: 9 })).toEqual([])
      })

      it('tell which questions a player has answered', async () => {
        expect(await store.answeredIds(QUIZ, 'a')).toEqual(['q1', 'q10', 'q2'])
        expect(await store.answeredIds(QUIZ, 'x')).toEqual([])
      })
    })

    describe('held answers', () => {
      it('[Q7.4] are found by question until they are stored as not held', async () => {
        const users = ['cleo', 'anna', 'ben']
        const held = (user: string) => [doc(user, 'q1', { held: true }), doc(user, 'q2', { held: user === 'ben' })]
        await store.commit(users.map((user) => change(user, 0, { answers: held(user) })))
        expect(places(await store.held(QUIZ, 'q1', '', 2))).toEqual(['anna/q1', 'ben/q1'])
        expect(places(await store.held(QUIZ, 'q1', 'ben', 2))).toEqual(['cleo/q1'])
        expect(places(await store.held(QUIZ, 'q2', '', 9))).toEqual(['ben/q2'])
        expect((await store.heldQuestions()).sort((a, b) => (a.question_id < b.question_id ? -1 : 1))).toEqual([
          { quiz_id: QUIZ, question_id: 'q1' },
          { quiz_id: QUIZ, question_id: 'q2' },
        ])
        expect((await store.stats()).held).toBe(4)
        await store.commit([change('ben', 1, { answers: [doc('ben', 'q2')] })])
        expect(await store.heldQuestions(QUIZ)).toEqual([{ quiz_id: QUIZ, question_id: 'q1' }])
        expect(await store.heldQuestions('OTHER')).toEqual([])
        expect(await store.held(QUIZ, 'q2', '', 9)).toEqual([])
        expect((await store.stats()).held).toBe(3)
      })
    })

    describe('replicas', () => {
      const addresses = async () => (await store.replicas()).map(({ id, address }) => `${id} ${address}`).sort()

      it('[Q7.3] are listed from their registration to their fence', async () => {
        expect(await store.replicas()).toEqual([])
        await store.register('one', 'http://one')
        await store.register('two', 'http://two')
        expect(await addresses()).toEqual(['one http://one', 'two http://two'])
        await store.fence('one')
        await store.fence('one')
        await store.fence('never there')
        expect(await addresses()).toEqual(['two http://two'])
      })

      it('[Q7.3] have a beat that rises, and learn by it that they are fenced', async () => {
        await store.register('one', 'http://one')
        const beat = async () => (await store.replicas())[0]?.beat ?? Number.NaN
        const first = await beat()
        expect(await store.beat('one')).toBe(true)
        expect(await beat()).toBeGreaterThan(first)
        await store.fence('one')
        expect(await store.beat('one')).toBe(false)
      })

      it('[Q7.3] commit nothing once they are fenced; others do, and a new registration too', async () => {
        await store.register('one', 'http://one')
        await store.register('two', 'http://two')
        expect(await store.commit([withEvent('anna', 0)], 'one')).toEqual(['ok'])
        await store.fence('one')
        await expect(store.commit([withEvent('anna', 1), withEvent('ben', 0)], 'one')).rejects.toThrow(Fenced)
        expect((await load('anna')).record.version).toBe(1)
        expect((await load('ben')).record.version).toBe(0)
        expect(await store.commit([withEvent('anna', 1)], 'two')).toEqual(['ok'])
        await store.register('one again', 'http://one')
        expect(await store.commit([withEvent('ben', 0)], 'one again')).toEqual(['ok'])
        await expect(store.commit([withEvent('cleo', 0)], 'never there')).rejects.toThrow(Fenced)
      })

      it('[Q7.3] a fence that comes in the middle of commits lets each through whole, or not at all', async () => {
        await store.register('one', 'http://one')
        const commits = Array.from({ length: 20 }, (_, i) =>
          store.commit([change(`a${i}`, 0), change(`b${i}`, 0)], 'one').then(
            () => true,
            (error: unknown) => {
              if (!(error instanceof Fenced)) throw error
              return false
            },
          ),
        )
        await commits[2]
        await store.fence('one')
        const versions = async (i: number) => [
          (await load(`a${i}`)).record.version,
          (await load(`b${i}`)).record.version,
        ]
        const atFence = await Promise.all(commits.map((_, i) => versions(i)))
        const outcomes = await Promise.all(commits)
        for (const [i, isStored] of outcomes.entries()) {
          expect(atFence[i]).toEqual(isStored ? [1, 1] : [0, 0])
          expect(await versions(i)).toEqual(atFence[i])
        }
        expect(outcomes).toContain(true)
      })

      it('[Q3.4] each leaves rows in the outbox that can be told apart', async () => {
        await store.register('one', 'http://one')
        await store.register('two', 'http://two')
        await store.commit([withEvent('anna', 0)], 'one')
        await store.commit([withEvent('ben', 0)], 'two')
        await store.commit([withEvent('cleo', 0)])
        const users = async (except?: string[]) => (await store.outbox(10, except)).map(({ event }) => event.user_id)
        expect(await users()).toEqual(['anna', 'ben', 'cleo'])
        expect(await users(['one'])).toEqual(['ben', 'cleo'])
        expect(await users(['one', 'two', 'three'])).toEqual(['cleo'])
      })
    })

    describe('the outbox', () => {
      it('[Q3.4] keeps rows in the order of their commits until they are deleted', async () => {
        await store.commit([withEvent('ben', 0, 5), withEvent('anna', 0, 5)])
        await store.commit([withEvent('anna', 1, 7)])
        const order = async () => (await store.outbox(10)).map(({ event }) => `${event.user_id}${event.revision}`)
        expect(await order()).toEqual(['ben1', 'anna1', 'anna2'])
        expect(await store.outbox(1)).toHaveLength(1)
        expect(await store.stats()).toEqual({ outbox: 3, oldest_at: 5, held: 0 })
        const keys = [
          { quiz_id: QUIZ, user_id: 'anna', revision: 1 },
          { quiz_id: QUIZ, user_id: 'anna', revision: 9 },
          { quiz_id: 'OTHER', user_id: 'ben', revision: 1 },
        ]
        await store.deleteOutbox(keys)
        await store.deleteOutbox(keys)
        await store.deleteOutbox([])
        expect(await order()).toEqual(['ben1', 'anna2'])
        await store.deleteOutbox((await store.outbox(10)).map(({ event }) => event))
        expect(await store.stats()).toEqual({ outbox: 0, oldest_at: undefined, held: 0 })
      })
    })

    describe('corrections', () => {
      const correction = (question_id: string, revision: number, more: Partial<Correction> = {}): Correction => ({
        ...{ quiz_id: QUIZ, question_id, revision, answer: `key ${revision}`, accept: ['Ω', '"'] },
        ...more,
      })

      it('[Q12.1] of each question the newest is kept, whatever the order', async () => {
        expect(await store.corrections(QUIZ)).toEqual([])
        await store.correct(correction('q2', 2))
        await store.correct(correction('q1', 1))
        await store.correct(correction('q1', 3, { accept: [] }))
        await store.correct(correction('q1', 2, { answer: 'older' }))
        await store.correct(correction('q1', 3, { answer: 'a repeat' }))
        await store.correct(correction('q1', 9, { quiz_id: 'OTHER' }))
        expect(await store.corrections(QUIZ)).toEqual([correction('q1', 3, { accept: [] }), correction('q2', 2)])
      })

      it('[Q12.1] of several at once the newest is kept', async () => {
        const revisions = Array.from({ length: 8 }, (_, i) => i + 1)
        await Promise.all(revisions.map((revision) => store.correct(correction('q1', revision))))
        expect(await store.corrections(QUIZ)).toEqual([correction('q1', 8)])
      })

      it('[Q12.2] an answer keeps how it was regraded', async () => {
        const regraded = { at: '2026-03-01T12:00:00.000Z', revision: 2, was: { is_correct: false, score: 0 } }
        await store.commit([change('anna', 0, { answers: [doc('anna', 'q1', { regraded }), doc('anna', 'q2')] })])
        const docs = [doc('anna', 'q1', { regraded }), doc('anna', 'q2')]
        expect(await store.list(QUIZ, { limit: 9 })).toEqual(docs)
        await store.commit([change('anna', 1, { answers: [doc('anna', 'q1')] })])
        expect((await store.list(QUIZ, { limit: 1 }))[0]).toEqual(doc('anna', 'q1'))
      })
    })

    it('an empty commit and an empty load give nothing', async () => {
      expect(await store.commit([])).toEqual([])
      expect(await store.load([])).toEqual([])
    })

    it('[Q9] holds a full batch of long answers', async () => {
      const answer = '🦉'.repeat(200)
      const users = Array.from({ length: 256 }, (_, i) => `user ${i}`)
      const outcomes = await store.commit(
        users.map((user) => change(user, 0, { answers: [doc(user, 'q1', { answer })] })),
      )
      expect(new Set(outcomes)).toEqual(new Set(['ok']))
      expect((await store.list(QUIZ, { limit: 1_000 })).every((each) => each.answer === answer)).toBe(true)
    })
  })
}
