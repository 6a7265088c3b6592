/** Joins over HTTP, on a store in memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryQuizStore } from './adapters/memory-quiz-store.ts'
import { StoreUnavailable } from './ports/quiz-store.ts'
import { type Got, type QuizFixture, startQuizFixture } from './testing/quiz-fixture.ts'

let f: QuizFixture
beforeAll(async () => {
  f = await startQuizFixture({ settings: { joins: { ratePerS: 10_000, burst: 10_000 } } })
})
afterAll(() => f.stop())

const isProblem = (got: Got, status: number, code: string) =>
  expect({ status: got.status, code: got.body?.code, detail: got.body?.detail }).toMatchObject({ status, code })

describe('a join', () => {
  it('[Q9.1] is possible while the quiz is open or running', async () => {
    const { id } = await f.quiz('draft')
    isProblem(await f.join(id, 'Ada'), 409, 'quiz/not_open')
    await f.host('POST', `/quizzes/${id}/open`)
    const ada = await f.join(id.toLowerCase(), '  Ada ')
    expect(ada).toMatchObject({ status: 201, body: { quiz_id: id, name: 'Ada' } })
    expect(ada.body.user_id).toMatch(/^[0-9a-z]{16}$/)
    await f.host('POST', `/quizzes/${id}/start`)
    expect((await f.join(id, 'Ada')).body.name).toBe('Ada 2')
    expect((await f.call('GET', `/quizzes/${id}`)).body.players).toBe(2)
    await f.host('POST', `/quizzes/${id}/close`)
    isProblem(await f.join(id, 'Eve'), 409, 'quiz/closed')
    isProblem(await f.join('NOPE', 'Eve'), 404, 'quiz/unknown')
  })
  it.each([
    [{}, '/name'],
    [{ name: '' }, '/name'],
    [{ name: ' ' }, '/name'],
    [{ name: 'x'.repeat(41) }, '/name'],
    [{ name: 'a\u0000b' }, '/name'],
    [{ name: 'a\u202eb' }, '/name'],
    [{ name: 7 }, '/name'],
    [{ name: ['x'] }, '/name'],
    [{ name: '\ud800' }, '/name'],
    [{ name: 'x', join_id: 'no spaces' }, '/join_id'],
    [{ name: 'x', join_id: '' }, '/join_id'],
    [{ name: 'x', join_id: 'x'.repeat(65) }, '/join_id'],
    [{ name: 'x', join_id: null }, '/join_id'],
    [[], ''],
    [null, ''],
    ['x', ''],
  ])('[Q9.1] with %j is refused at %s', async (body, pointer) => {
    const { id } = await f.quiz('open')
    const got = await f.call('POST', `/quizzes/${id}/players`, { body })
    isProblem(got, 422, 'body/invalid')
    expect(got.body.errors[0].pointer).toBe(pointer)
    expect((await f.call('GET', `/quizzes/${id}`)).body.players).toBe(0)
  })
  it('[Q9.1] may have odd names and unknown fields', async () => {
    const { id } = await f.quiz('open')
    for (const name of ['🦉'.repeat(40), 'e\u0301', '__proto__', '<script>', 'نور', "'; drop table players; --"]) {
      const got = await f.call('POST', `/quizzes/${id}/players`, { body: { name, surplus: 1 } })
      expect([got.status, got.body.name]).toEqual([201, name.normalize('NFC')])
    }
  })
  it('[Q8.2] with the same join_id is the same player with the same token, whatever else', async () => {
    const { id } = await f.quiz('open')
    const first = await f.join(id, 'Ada', 'j1')
    const again = () => [
      f.join(id, 'Ada', 'j1'),
      f.join(id, 'Other', 'j1'),
      f.join(id, '', 'j1'),
      f.call('POST', `/quizzes/${id}/players`, { body: { name: 5, join_id: 'j1' } }),
    ]
    for (const got of await Promise.all(again())) expect([got.status, got.body]).toEqual([201, first.body])
    await f.host('POST', `/quizzes/${id}/close`)
    for (const got of await Promise.all(again())) expect([got.status, got.body]).toEqual([201, first.body])
    expect((await f.call('GET', `/quizzes/${id}`)).body.players).toBe(1)
    const other = await f.quiz('open')
    expect((await f.join(other.id, 'Ada', 'j1')).body.user_id).not.toBe(first.body.user_id)
    isProblem(await f.join(id, '', 'j2'), 422, 'body/invalid')
  })
  it('[Q8.2] many times at once with one join_id is one player', async () => {
    const { id } = await f.quiz('open')
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => f.join(id, `Ada ${i % 3}`, 'j1')))
    expect(new Set(all.map(({ text }) => text)).size).toBe(1)
    expect((await f.call('GET', `/quizzes/${id}`)).body.players).toBe(1)
  })
  it('[Q9] past the limit of players is refused, and a repeat is not', async () => {
    const g = await startQuizFixture({ settings: { playersMax: 3 } })
    const { id } = await g.quiz('open')
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => g.join(id, 'Ada', `j${i}`)))
    const joined = all.filter(({ status }) => status === 201)
    expect(joined).toHaveLength(3)
    for (const got of all) if (got.status !== 201) isProblem(got, 409, 'quiz/full')
    const again = await Promise.all(all.map((_, i) => g.join(id, 'Ada', `j${i}`)))
    expect(again.map(({ status }) => status)).toEqual(all.map(({ status }) => status))
    expect((await g.call('GET', `/quizzes/${id}`)).body.players).toBe(3)
    await g.stop()
  })
  it('[Q9.3] past an address’s rate is told when to come back', async () => {
    const g = await startQuizFixture({ settings: { joins: { ratePerS: 1, burst: 5 } } })
    const { id } = await g.quiz('open')
    const all = await Promise.all(Array.from({ length: 8 }, () => g.join(id, 'Ada')))
    expect(all.filter(({ status }) => status === 201)).toHaveLength(5)
    const refused = all.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(3)
    for (const got of refused) {
      isProblem(got, 429, 'rate/limited')
      expect(got.headers.get('retry-after')).toMatch(/^[1-9]$/)
    }
    expect((await g.host('GET', '/decks')).status).toBe(200)
    await g.stop()
  })
  it('[Q9.3] while the store is away is a 503, like every other call', async () => {
    const store = createMemoryQuizStore()
    let away = false
    const check = async () => {
      if (away) throw new StoreUnavailable('away')
    }
    const g = await startQuizFixture({
      store: {
        ...store,
        quiz: async (id) => check().then(() => store.quiz(id)),
        decks: async (page) => check().then(() => store.decks(page)),
        withQuiz: async (id, work) => check().then(() => store.withQuiz(id, work)),
      },
    })
    const { id } = await g.quiz('open')
    away = true
    for (const got of [
      await g.join(id, 'Ada'),
      await g.host('GET', '/decks'),
      await g.host('POST', `/quizzes/${id}/start`),
    ]) {
      isProblem(got, 503, 'service/unavailable')
      expect(got.headers.get('retry-after')).toBe('1')
    }
    away = false
    expect((await g.join(id, 'Ada')).status).toBe(201)
    await g.stop()
  })
})
