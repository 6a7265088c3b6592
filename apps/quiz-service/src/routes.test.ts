/** The quiz-service over HTTP, on a store in memory. */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AnswersUnavailable } from './ports/answers.ts'
import { CHOICE, type Got, HOST, type QuizFixture, startQuizFixture, TYPED } from './testing/quiz-fixture.ts'

let f: QuizFixture
beforeAll(async () => {
  f = await startQuizFixture()
})
afterAll(() => f.stop())

const isProblem = (got: Got, status: number, code: string) => {
  expect({ status: got.status, code: got.body?.code, detail: got.body?.detail }).toMatchObject({ status, code })
  expect(got.headers.get('content-type')).toBe('application/problem+json')
}
const post = (path: string, body: unknown) => f.host('POST', path, body)

describe('decks', () => {
  it('[Q9.1] are made, read, listed, replaced, removed', async () => {
    const made = await post('/decks', { title: 'Words', questions: [CHOICE, TYPED] })
    expect(made.status).toBe(201)
    const path = `/decks/${made.body.deck_id}`
    expect(made.headers.get('location')).toBe(`/api/v1${path}`)
    expect((await f.host('GET', path)).body).toEqual(made.body)
    const listed = await f.host('GET', '/decks?limit=1')
    expect(listed.body.decks).toEqual([
      { deck_id: made.body.deck_id, title: 'Words', question_count: 2, updated_at: made.body.updated_at },
    ])
    const [first] = made.body.questions
    const put = await f.host('PUT', path, { title: 'New', questions: [TYPED, { ...first, prompt: 'Changed' }] })
    expect(put.status).toBe(200)
    expect(put.body.questions[1]).toEqual({ ...first, prompt: 'Changed' })
    expect((await f.host('GET', path)).body).toEqual(put.body)
    expect((await f.host('DELETE', path)).status).toBe(204)
    isProblem(await f.host('GET', path), 404, 'deck/unknown')
    isProblem(await f.host('DELETE', path), 404, 'deck/unknown')
    isProblem(await f.host('PUT', path, {}), 404, 'deck/unknown')
  })
  it('[Q9.1] are refused with unknown question ids, and keep what they had', async () => {
    const made = await post('/decks', { title: 'Words', questions: [CHOICE] })
    const path = `/decks/${made.body.deck_id}`
    const put = await f.host('PUT', path, { title: 'New', questions: [{ ...TYPED, question_id: 'nope' }] })
    isProblem(put, 422, 'question/unknown')
    expect(put.body.errors).toEqual([
      { pointer: '/questions/0/question_id', detail: 'is no question of this deck', value: 'nope' },
    ])
    expect((await f.host('GET', path)).body).toEqual(made.body)
  })
  it('[Q9] come in pages that a client can follow to the end', async () => {
    for (let i = 0; i < 5; i++) await post('/decks', { title: `Page ${i}`, questions: [TYPED] })
    const seen: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const page: Got = await f.host('GET', `/decks?limit=2${after && `&after=${encodeURIComponent(after)}`}`)
      seen.push(...page.body.decks.map((deck: { deck_id: string }) => deck.deck_id))
      after = page.body.next
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(5)
    for (const query of [
      'after=x',
      'after=',
      'after=-1',
      'after=0',
      'after=1&after=2',
      'after=1e3',
      'limit=0',
      'limit=1001',
      'limit=a',
    ])
      for (const list of ['decks', 'quizzes']) {
        const refused = await f.host('GET', `/${list}?${query}`)
        isProblem(refused, 422, 'body/invalid')
        expect(refused.body.errors[0].parameter).toBe(query.split('=')[0])
      }
  })
  it('[Q9.1] are imported from a table, with the rows that are wrong', async () => {
    const send = (title: string, raw: string, type = 'text/csv') =>
      f.call('POST', `/decks/import${title}`, { token: HOST, raw, type })
    const table = 'type,prompt,answer\r\ntyped,"Plural, of ox?",oxen\r\nessay,x,y\r\n'
    const made = await send('?title=Oxen', table)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      title: 'Oxen',
      questions: [{ type: 'typed', prompt: 'Plural, of ox?', answer: 'oxen', points: 1_000, time_limit_ms: null }],
      errors: [{ row: 3, column: 'type', value: 'essay' }],
    })
    expect((await f.host('GET', made.headers.get('location')?.replace('/api/v1', '') ?? '')).body.title).toBe('Oxen')
    const none = await send('?title=None', 'type,prompt,answer\nessay,x,y')
    isProblem(none, 422, 'body/invalid')
    expect(none.body.errors).toEqual([{ row: 2, column: 'type', detail: expect.any(String), value: 'essay' }])
    isProblem(await send('', table), 422, 'body/invalid')
    isProblem(await send('?title=', table), 422, 'body/invalid')
    isProblem(await send(`?title=${'x'.repeat(101)}`, table), 422, 'body/invalid')
    isProblem(await send('?title=x', table, 'application/json'), 415, 'body/unsupported_type')
    isProblem(await send('?title=x', ''), 422, 'body/invalid')
    isProblem(await f.host('GET', '/decks/import'), 405, 'method/not_allowed')
    isProblem(await post('/decks/generate', {}), 404, 'deck/unknown')
  })
})

describe('quizzes', () => {
  it('[Q9.1] are made of a deck with defaults, and copy it', async () => {
    const deck = (await post('/decks', { title: 'Words', questions: [CHOICE, TYPED] })).body
    const made = await post('/quizzes', { deck_id: deck.deck_id })
    expect(made.status).toBe(201)
    expect(made.body).toEqual({
      quiz_id: expect.stringMatching(/^[2-9B-Z]{6}$/),
      title: 'Words',
      state: 'draft',
      mode: 'live',
      scoring: 'accuracy',
      feedback: 'instant',
      reanswer: 'allowed',
      question_count: 2,
      players: 0,
      position: null,
    })
    const id = made.body.quiz_id
    expect(made.headers.get('location')).toBe(`/api/v1/quizzes/${id}`)
    await f.host('PUT', `/decks/${deck.deck_id}`, { title: 'Other', questions: [TYPED] })
    await f.host('DELETE', `/decks/${deck.deck_id}`)
    expect((await f.call('GET', `/quizzes/${id.toLowerCase()}`)).body).toEqual(made.body)
    const questions = (await f.host('GET', `/quizzes/${id}/questions`)).body.questions
    expect(questions.map((q: { question_id: string }) => q.question_id)).toEqual(
      deck.questions.map((q: { question_id: string }) => q.question_id),
    )
    const definition = f.log.find(({ topic, key }) => topic === TOPICS.definitions && key === id)
    expect(JSON.parse(definition?.value ?? '{}')).toEqual({
      quiz_id: id,
      mode: 'live',
      scoring: 'accuracy',
      feedback: 'instant',
      reanswer: 'allowed',
      questions: deck.questions,
    })
    expect((await f.host('GET', '/quizzes?limit=1')).body.quizzes).toEqual([made.body])
  })
  it.each([
    ['no deck', {}, '/deck_id', 'body/invalid'],
    ['a deck that is not there', { deck_id: 'nope' }, '/deck_id', 'deck/unknown'],
    ['a deck_id with U+0000', { deck_id: 'a\0' }, '/deck_id', 'deck/unknown'],
    ['a mode to come', { deck_id: 'x', mode: 'self_paced' }, '/mode', 'body/invalid'],
    ['an unknown scoring', { deck_id: 'x', scoring: 'luck' }, '/scoring', 'body/invalid'],
    ['an unknown feedback', { deck_id: 'x', feedback: 1 }, '/feedback', 'body/invalid'],
    ['an unknown reanswer', { deck_id: 'x', reanswer: null }, '/reanswer', 'body/invalid'],
    ['an empty title', { deck_id: 'x', title: '' }, '/title', 'body/invalid'],
    ['a typing error', { deck_id: 'x', scorring: 'speed' }, '/scorring', 'body/invalid'],
  ])('[Q9.1] are refused with %s', async (_, body, pointer, code) => {
    const got = await post('/quizzes', body)
    isProblem(got, 422, code)
    expect(got.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
  })
  it('[Q9.1] self_paced says that it is not available yet', async () => {
    expect((await post('/quizzes', { deck_id: 'x', mode: 'self_paced' })).body.errors[0].detail).toContain(
      'not available yet',
    )
  })
  it('[Q9.2] errors come in the contract’s order', async () => {
    const { id } = await f.quiz('draft')
    const player = await f.signer.player({ user_id: 'u', quiz_id: id, issued_at_ms: Date.now() })
    const other = await f.signer.player({ user_id: 'u', quiz_id: 'OTHER', issued_at_ms: Date.now() })
    isProblem(await f.call('POST', '/quizzes/NOPE/open', { raw: '{' }), 401, 'auth/missing')
    isProblem(await f.call('POST', '/quizzes/NOPE/open', { token: player, raw: '{' }), 404, 'quiz/unknown')
    isProblem(await f.call('PUT', `/quizzes/${id}/open`, { token: player }), 405, 'method/not_allowed')
    isProblem(await f.call('POST', `/quizzes/${id}/open`, { token: player, raw: '{' }), 403, 'auth/not_host')
    isProblem(await f.call('GET', `/quizzes/${id}/questions`, { token: other }), 403, 'auth/other_quiz')
    isProblem(
      await f.call('POST', `/quizzes/${id}/open`, { token: HOST, raw: 'x', type: 'text/plain' }),
      415,
      'body/unsupported_type',
    )
    isProblem(await f.call('POST', `/quizzes/${id}/start`, { token: HOST, raw: '{' }), 400, 'body/not_json')
    isProblem(await post(`/quizzes/${id}/start`, { position: 1 }), 422, 'body/invalid')
    isProblem(await post(`/quizzes/${id}/start`, {}), 409, 'quiz/wrong_state')
    for (const odd of ['NOPE', 'a%00b', '%E2%82%AC', 'ſſſſſſ', '__proto__', '..%2F'])
      isProblem(await f.call('GET', `/quizzes/${odd}`), 404, 'quiz/unknown')
    isProblem(await f.host('GET', '/decks/a%00b'), 404, 'deck/unknown')
  })
})

describe('the lifecycle', () => {
  it('[Q8.3] goes from draft to closed, and a step again changes nothing', async () => {
    const { id, deck } = await f.quiz('draft')
    const go = async (step: string, body?: unknown) => {
      const { status, body: got } = await f.host('POST', `/quizzes/${id.toLowerCase()}/${step}`, body)
      return status === 200 ? `${got.state} ${got.position}` : `${status} ${got.code}`
    }
    const steps = [
      ['start', undefined, '409 quiz/wrong_state'],
      ['close', undefined, '409 quiz/wrong_state'],
      ['open', undefined, 'open null'],
      ['open', {}, 'open null'],
      ['next', undefined, '409 quiz/wrong_state'],
      ['reveal', undefined, '409 quiz/wrong_state'],
      ['start', {}, 'running 1'],
      ['start', undefined, 'running 1'],
      ['open', undefined, '409 quiz/wrong_state'],
      ['next', { position: 2 }, '409 quiz/moved_on'],
      ['next', { position: 0 }, '422 body/invalid'],
      ['next', { position: 1.5 }, '422 body/invalid'],
      ['next', { postion: 1 }, '422 body/invalid'],
      ['reveal', { position: 1 }, 'running 1'],
      ['reveal', { position: 1 }, 'running 1'],
      ['next', { position: 1 }, 'running 2'],
      ['next', { position: 1 }, '409 quiz/moved_on'],
      ['reveal', { position: 1 }, '409 quiz/moved_on'],
      ['next', { position: 2 }, '409 quiz/no_next_question'],
      ['next', undefined, '409 quiz/no_next_question'],
      ['close', { position: 2 }, '422 body/invalid'],
      ['close', undefined, 'closed 2'],
      ['close', undefined, 'closed 2'],
      ['next', undefined, '409 quiz/wrong_state'],
      ['reveal', undefined, '409 quiz/wrong_state'],
      ['start', undefined, '409 quiz/wrong_state'],
    ] as const
    for (const [step, body, expected] of steps)
      expect([step, body, await go(step, body)]).toEqual([step, body, expected])
    const [first, second] = deck.questions
    const shown = f
      .lifecycle(id)
      .map((event) => `${event.revision} ${event.state} ${event.question?.state} ${event.question?.answer}`)
    expect(shown).toEqual([
      '1 draft undefined undefined',
      '2 open undefined undefined',
      '3 running open undefined',
      '4 running closing undefined',
      `5 running closed ${first.answer}`,
      '6 running open undefined',
      '7 running closing undefined',
      `8 closed closed ${second.answer}`,
    ])
    expect(f.lifecycle(id).at(-1)?.closed_at).toMatch(/^\d{4}-.*\.\d{3}Z$/)
  })
  it('[Q1.4] the reply comes after the event', async () => {
    const { id } = await f.quiz('open')
    for (let i = 0; i < 10; i++) {
      const { body } = await f.join(id, 'Ada')
      expect(f.log.some(({ key }) => key === `${id}/${body.user_id}`)).toBe(true)
    }
    await f.host('POST', `/quizzes/${id}/start`)
    expect(f.lifecycle(id).at(-1)?.state).toBe('running')
  })
})

describe('questions', () => {
  it('[Q7.1] a player sees the open one alone, without its key, and the counts meet in the end', async () => {
    const { id, deck } = await f.quiz('open', {
      questions: [CHOICE, TYPED, { ...TYPED, word: 'ox', time_limit_ms: 60_000 }],
    })
    const { token, user_id } = (await f.join(id, 'Ada')).body
    const ids = deck.questions.map((q: { question_id: string }) => q.question_id)
    const look = async () => {
      const { body, text } = await f.call('GET', `/quizzes/${id}/questions`, { token })
      expect(text).not.toMatch(/"answer"|"accept"|"word"|oxen/)
      const shown = body.questions.map((q: { question_id: string }) => ids.indexOf(q.question_id) + 1)
      return [body.state, body.question_count, body.answered, body.expired, ...shown]
    }
    const go = (step: string) => f.host('POST', `/quizzes/${id}/${step}`)
    expect(await look()).toEqual(['open', 3, 0, 0])
    await go('start')
    expect(await look()).toEqual(['running', 3, 0, 0, 1])
    f.answers.given.set(user_id, [ids[0]])
    expect(await look()).toEqual(['running', 3, 1, 0, 1])
    await go('reveal')
    expect(await look()).toEqual(['running', 3, 1, 0])
    await go('next')
    expect(await look()).toEqual(['running', 3, 1, 0, 2])
    await go('next')
    expect(await look()).toEqual(['running', 3, 1, 1, 3])
    const { body } = await f.call('GET', `/quizzes/${id}/questions`, { token })
    expect(body.questions[0]).toMatchObject({ position: 3, time_limit_ms: 60_000, points: 1_000 })
    expect(Date.parse(body.questions[0].deadline) - Date.parse(body.questions[0].opened_at)).toBe(60_000)
    f.answers.given.set(user_id, [ids[0], ids[2]])
    await go('close')
    expect(await look()).toEqual(['closed', 3, 2, 1])
  })
  it('[Q7.1] the host sees all, also without keys, and when each was opened', async () => {
    const { id } = await f.quiz('running')
    const { body, text } = await f.host('GET', `/quizzes/${id}/questions`)
    expect(text).not.toMatch(/"answer"|"accept"|oxen/)
    expect(body).toMatchObject({ quiz_id: id, state: 'running', question_count: 2, answered: 0, expired: 0 })
    expect(body.questions).toMatchObject([
      { position: 1, opened_at: expect.any(String), deadline: null },
      { position: 2, prompt: TYPED.prompt },
    ])
    expect(body.questions[1]).not.toHaveProperty('opened_at')
    expect(body.questions[1]).not.toHaveProperty('deadline')
  })
  it('[Q7.3] nothing is listed while the question is being closed, nor after its deadline', async () => {
    const clock = createFakeClock(Date.UTC(2026, 0, 1))
    const g = await startQuizFixture({ clock })
    const { id } = await g.quiz('open', { questions: [{ ...TYPED, time_limit_ms: 1_000 }] })
    const { token } = (await g.join(id, 'Ada')).body
    const count = async () => (await g.call('GET', `/quizzes/${id}/questions`, { token })).body.questions.length
    await g.host('POST', `/quizzes/${id}/start`)
    expect(await count()).toBe(1)
    let release = () => {}
    g.answers.gate = new Promise((resolve) => {
      release = resolve
    })
    await clock.advance(1_000)
    expect(await count()).toBe(0)
    expect(g.lifecycle(id).at(-1)?.question).not.toHaveProperty('answer')
    release()
    await clock.advance(0)
    expect((await g.call('GET', `/quizzes/${id}/questions`, { token })).body).toMatchObject({
      expired: 1,
      questions: [],
    })
    await g.stop()
  })
  it('[Q7.5] a player’s token ends a day after its quiz', async () => {
    const clock = createFakeClock(Date.UTC(2026, 0, 1))
    const g = await startQuizFixture({ clock })
    const { id } = await g.quiz('running')
    const { token } = (await g.join(id, 'Ada')).body
    await g.host('POST', `/quizzes/${id}/close`)
    const other = await g.quiz('running')
    clock.setNow(clock.now() + 86_399_999)
    expect((await g.call('GET', `/quizzes/${id}/questions`, { token })).status).toBe(200)
    clock.setNow(clock.now() + 1)
    isProblem(await g.call('GET', `/quizzes/${id}/questions`, { token }), 401, 'auth/expired')
    isProblem(await g.call('GET', `/quizzes/${other.id}/questions`, { token }), 403, 'auth/other_quiz')
    expect((await g.host('GET', `/quizzes/${id}/questions`)).status).toBe(200)
    await g.stop()
  })
})

describe('the host’s login', () => {
  it('[Q7.5] exchanges a code once for a token that works', async () => {
    const code = await f.service.createLoginCode()
    const got = await f.call('POST', '/host/sessions', { body: { code } })
    expect(got.status).toBe(201)
    expect(Date.parse(got.body.expires_at)).toBeGreaterThan(Date.now() + 86_400_000)
    expect((await f.call('GET', '/decks', { token: got.body.token })).status).toBe(200)
    isProblem(await f.call('POST', '/host/sessions', { body: { code } }), 401, 'auth/invalid')
    isProblem(await f.call('POST', '/host/sessions', { body: {} }), 422, 'body/invalid')
    isProblem(await f.call('GET', '/host/sessions'), 405, 'method/not_allowed')
  })
  it('[Q9.3] lets nobody guess', async () => {
    const g = await startQuizFixture({ settings: { logins: { ratePerS: 1, burst: 3 } } })
    const codes = ['a', 'b', 'c', 'd'].map((code) => g.call('POST', '/host/sessions', { body: { code } }))
    const replies = await Promise.all(codes)
    expect(replies.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429])
    expect(replies.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('1')
    await g.stop()
  })
})

it('[Q9.6] while no answer-service is available, a close is a 503 that can be asked again', async () => {
  const { id } = await f.quiz('running')
  f.answers.gate = Promise.reject(new AnswersUnavailable('none'))
  f.answers.gate.catch(() => {})
  const got = await post(`/quizzes/${id}/reveal`, {})
  isProblem(got, 503, 'service/unavailable')
  expect(got.headers.get('retry-after')).toBe('1')
  f.answers.gate = undefined
  expect((await post(`/quizzes/${id}/reveal`, {})).status).toBe(200)
})
