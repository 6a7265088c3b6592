import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { createSigner, createVerifier, generateKey } from '@quizboard/shared/auth/tokens.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { answerDoc, answerResult } from '@quizboard/shared/contracts/rest.ts'
import { createRouter } from '@quizboard/shared/http/router.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock, systemRandom as random } from '@quizboard/shared/kit/system.ts'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSqliteAnswerStore } from './adapters/sqlite-answer-store/sqlite-answer-store.ts'
import { StoreUnavailable } from './ports/answer-store.ts'
import { answerPage } from './routes.ts'
import { type AnswerService, createAnswerService } from './service.ts'
import { answerTo, definitionEvent, lifecycleEvent, type Moment } from './testing/samples.ts'

const HOST = 'the-host-token-of-this-test'
const signer = createSigner({ privateJwk: await generateKey(), clock })
const eventLog = createMemoryEventLog({ partitions: 3, clock })
const store = await openSqliteAnswerStore({ file: ':memory:' })
const metrics = createTestMetrics()
let service: AnswerService
let server: Server
let origin = ''

beforeAll(async () => {
  const settings = { waitMs: 50, answers: { ratePerS: 1, burst: 20 } }
  service = createAnswerService({ store, eventLog, clock, random, logger: silentLogger(), metrics, settings })
  const verifier = createVerifier({ jwks: signer.publicJwks, hostToken: HOST, clock })
  const app = express().use(createRouter({ routes: service.routes, verifier, clock, logger: silentLogger(), metrics }))
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await service.stop()
  await eventLog.close()
  await store.close()
})

interface Got {
  status: number
  headers: Headers
  text: string
  body: Record<string, unknown>
}
const call = async (method: string, path: string, token?: string, body?: unknown): Promise<Got> => {
  const reply = await fetch(`${origin}${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await reply.text()
  return { status: reply.status, headers: reply.headers, text, body: JSON.parse(text) }
}
const isProblem = (got: Got, status: number, code: string) => {
  expect({ status: got.status, code: got.body.code }).toEqual({ status, code })
  expect(got.headers.get('content-type')).toBe('application/problem+json')
}
const pointers = (got: Got) => (got.body.errors as { pointer: string }[]).map(({ pointer }) => pointer)

let quizzes = 0
/** A running quiz with question 1 open, a player of it, and what they send. */
const startQuiz = async (rules?: Parameters<typeof definitionEvent>[1]) => {
  const id = `Quiz${++quizzes}`
  const definition = definitionEvent(id, rules)
  let revision = 0
  const say = async (moment: Moment) => {
    const value = JSON.stringify(lifecycleEvent(definition, ++revision, { opened_at: clock.now(), ...moment }))
    await eventLog.append([{ topic: TOPICS.lifecycle, key: id, value }])
    await clock.sleep(5)
  }
  await eventLog.append([{ topic: TOPICS.definitions, key: id, value: JSON.stringify(definition) }])
  await say({ state: 'running', position: 1 })
  const player = async (user_id: string) => {
    const token = await signer.player({ user_id, quiz_id: id, issued_at_ms: clock.now() })
    const post = (body: unknown, path = id) => call('POST', `/api/v1/answers/${path}`, token, body)
    const answer = (position: number, right: boolean, answer_id?: string) =>
      post({ question_id: `q${position}`, answer: answerTo(position, right), ...(answer_id ? { answer_id } : {}) })
    return { token, post, answer, read: (path = id) => call('GET', `/api/v1/answers/${path}`, token) }
  }
  return { id, say, player, anna: await player('anna') }
}

it('[Q9] says 503 until the topics are known, and is ready then', async () => {
  const { anna } = await startQuiz()
  expect(service.unready()).toHaveLength(1)
  const early = await anna.answer(1, true)
  isProblem(early, 503, 'service/unavailable')
  expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0)
  await service.start()
  expect(service.unready()).toEqual([])
  expect((await anna.answer(1, true)).status).toBe(200)
})

it('[Q9.6] says 503, never 500, while the store or the log is away', async () => {
  const { anna, id } = await startQuiz()
  const { list } = store
  store.list = () => Promise.reject(new StoreUnavailable('away'))
  for (const got of [await anna.read(), await call('GET', `/api/v1/answers/${id}`, HOST)])
    isProblem(got, 503, 'service/unavailable')
  store.list = list
  expect((await anna.read()).status).toBe(200)
})

describe('POST /answers/{id}', () => {
  it('[Q2.1] gives the result by the contract, whatever the case of the id', async () => {
    const { id, anna } = await startQuiz()
    const got = await anna.post({ question_id: 'q1', answer: 'right1', unknown: [1] }, id.toUpperCase())
    expect(got.status).toBe(200)
    expect(answerResult.strict().parse(got.body)).toEqual({
      question_id: 'q1',
      seq: 1,
      is_correct: true,
      score: 1_000,
      total: 1_000,
    })
    const page = answerPage.strict().parse((await anna.read(id.toLowerCase())).body)
    expect(page).toMatchObject({ quiz_id: id, next: null, answers: [{ quiz_id: id, user_id: 'anna', seq: 1 }] })
    expect(answerDoc.strict().parse(page.answers[0])).not.toHaveProperty('streak')
  })

  it('[Q7.4] under reveal a right and a wrong answer get the same bytes', async () => {
    const { anna, player } = await startQuiz({ feedback: 'reveal', scoring: 'speed' })
    const ben = await player('ben')
    const [right, wrong] = [await anna.answer(1, true), await ben.answer(1, false)]
    expect(right.text).toBe('{"question_id":"q1","seq":1}')
    expect(wrong.text).toBe(right.text)
    const lengths = (got: Got) => got.text.replace(/(right|wrong)1/, '').replace(/anna|ben/, '').length
    expect(lengths(await anna.read())).toBe(lengths(await ben.read()))
  })

  it('[Q8.1] a repeat of an answer_id gets the first reply, byte by byte, whatever the body says', async () => {
    const { anna, say } = await startQuiz()
    const first = await anna.answer(1, true, 'same')
    await anna.answer(1, false, 'other')
    const bodies = [
      { answer_id: 'same' },
      { answer_id: 'same', question_id: 5, answer: [] },
      { answer_id: 'same', question_id: 'nope', answer: 'x' },
      { answer_id: 'same', question_id: 'q3', answer: 'no option' },
    ]
    for (const body of bodies) expect((await anna.post(body)).text).toBe(first.text)
    await say({ state: 'closed', position: 1, question: 'closed', closed_at: clock.now() })
    for (const body of bodies) expect((await anna.post(body)).text).toBe(first.text)
    isProblem(await anna.post({ answer_id: 'new' }), 422, 'body/invalid')
    isProblem(await anna.answer(1, true, 'new'), 409, 'quiz/closed')
  })

  it('[Q9.1] tells every problem of a body with its pointer', async () => {
    const { anna } = await startQuiz()
    const rows: [unknown, string[]][] = [
      [{}, ['/answer', '/question_id']],
      [{ question_id: 'q1', answer: '' }, ['/answer']],
      [{ question_id: 'q1', answer: '🦉'.repeat(201) }, ['/answer']],
      [{ question_id: 1, answer: null, answer_id: 'a b' }, ['/answer', '/answer_id', '/question_id']],
      [{ question_id: 'q1', answer: 'x', answer_id: 'x'.repeat(65) }, ['/answer_id']],
      [[], ['']],
      ['null', ['']],
      [{ question_id: 'q1', answer: 'Right1' }, ['/answer']],
      [{ question_id: 'q1', answer: 'right1\0' }, ['/answer']],
    ]
    for (const [body, expected] of rows) {
      const got = await anna.post(body)
      isProblem(got, 422, 'body/invalid')
      expect(pointers(got).sort()).toEqual(expected)
    }
    for (const question_id of ['nope', '__proto__', 'x'.repeat(50_000)]) {
      const got = await anna.post({ question_id, answer: 'right1' })
      isProblem(got, 422, 'question/unknown')
      expect(pointers(got)).toEqual(['/question_id'])
      expect(got.text.length).toBeLessThan(600)
    }
    isProblem(await anna.post('{'), 400, 'body/not_json')
    expect((await anna.read()).body.answers).toEqual([])
  })

  it('[Q9.2] 409 says what the quiz does not allow', async () => {
    const { anna, say } = await startQuiz({ reanswer: 'never' })
    isProblem(await anna.answer(2, true), 409, 'question/not_open')
    expect((await anna.answer(1, true)).status).toBe(200)
    isProblem(await anna.answer(1, true), 409, 'answer/already_given')
    await say({ state: 'running', position: 2 })
    isProblem(await anna.answer(1, true), 409, 'question/closed')
    await say({ state: 'open' })
    isProblem(await anna.answer(2, true), 409, 'quiz/not_running')
  })

  it('[Q9.3] a player who sends too much is told when to come back; repeats count, others go on', async () => {
    const { anna, player } = await startQuiz()
    const ben = await player('ben')
    const replies = await Promise.all(Array.from({ length: 25 }, () => anna.answer(1, true, 'same')))
    const limited = replies.filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThanOrEqual(4)
    for (const got of limited) {
      isProblem(got, 429, 'rate/limited')
      expect(got.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    }
    expect(new Set(replies.filter(({ status }) => status === 200).map(({ text }) => text)).size).toBe(1)
    expect((await ben.answer(1, true)).status).toBe(200)
  })
})

describe('who may call', () => {
  it('[Q9.6] a player of a quiz that is not known here yet gets 503: the token says that there is one', async () => {
    const token = await signer.player({ user_id: 'anna', quiz_id: 'ONITSWAY', issued_at_ms: clock.now() })
    const got = await call('POST', '/api/v1/answers/onitsway', token, { question_id: 'q', answer: 'a' })
    isProblem(got, 503, 'service/unavailable')
    expect(got.headers.get('retry-after')).toBe('1')
    const { anna } = await startQuiz()
    isProblem(await call('POST', '/api/v1/answers/onitsway', anna.token, '{'), 404, 'quiz/unknown')
  })
  it('[Q9.2] 401, 404, 405, 403 in this order', async () => {
    const { id, anna } = await startQuiz()
    const other = await startQuiz()
    const path = `/api/v1/answers/${id}`
    isProblem(await call('POST', path), 401, 'auth/missing')
    isProblem(await call('GET', '/api/v1/answers/NOPE'), 401, 'auth/missing')
    isProblem(await call('POST', '/api/v1/answers/NOPE', anna.token, '{'), 404, 'quiz/unknown')
    const wrongMethod = await call('PUT', path, other.anna.token, '{')
    isProblem(wrongMethod, 405, 'method/not_allowed')
    expect(wrongMethod.headers.get('allow')).toContain('POST')
    isProblem(await call('POST', path, HOST, '{'), 403, 'auth/not_player')
    isProblem(await call('POST', path, other.anna.token, '{'), 403, 'auth/other_quiz')
    isProblem(await call('GET', path, other.anna.token), 403, 'auth/other_quiz')
  })

  it('[Q7.5] a player’s token ends a day after the quiz; the host reads on', async () => {
    const { id, anna, say } = await startQuiz()
    const closed = { state: 'closed', position: 1, question: 'closed' } as const
    await say({ ...closed, closed_at: clock.now() - 24 * 3_600_000 + 60_000 })
    expect((await anna.read()).status).toBe(200)
    await say({ ...closed, closed_at: clock.now() - 24 * 3_600_000 })
    const expired = await anna.read()
    isProblem(expired, 401, 'auth/expired')
    expect(expired.headers.get('www-authenticate')).toBe('Bearer')
    isProblem(await anna.post('{'), 401, 'auth/expired')
    expect((await call('GET', `/api/v1/answers/${id}`, HOST)).status).toBe(200)
  })
})

describe('GET /answers/{id}', () => {
  it('gives a player the own answers whatever is asked for, and the host pages', async () => {
    const { id, anna, player } = await startQuiz()
    const ben = await player('ben')
    for (const each of [ben, anna]) await each.answer(1, true)
    const path = `/api/v1/answers/${id}`
    const own = await call('GET', `${path}?user_id=ben&limit=1`, anna.token)
    expect(own.body).toMatchObject({ answers: [{ user_id: 'anna' }], next: null })
    const first = await call('GET', `${path}?limit=1`, HOST)
    expect(first.body).toMatchObject({ answers: [{ user_id: 'anna' }], next: expect.any(String) })
    const second = await call('GET', `${path}?limit=1&after=${first.body.next}`, HOST)
    expect(second.body).toMatchObject({ answers: [{ user_id: 'ben' }], next: null })
    const ofBen = await call('GET', `${path}?user_id=ben&question_id=q1`, HOST)
    expect(ofBen.body).toMatchObject({ answers: [{ user_id: 'ben', question_id: 'q1' }], next: null })
    expect((await call('GET', `${path}?user_id=nobody`, HOST)).body).toEqual({ quiz_id: id, answers: [], next: null })
  })

  it.each(['limit=0', 'limit=1001', 'limit=x', 'limit=1.5', 'limit=1&limit=2', 'after=%25', 'after=W10', 'user_id='])(
    '[Q9.1] refuses ?%s',
    async (query) => {
      const { id } = await startQuiz()
      const got = await call('GET', `/api/v1/answers/${id}?${query}`, HOST)
      isProblem(got, 422, 'body/invalid')
      expect(got.body.errors).toMatchObject([{ parameter: query.split('=')[0] }])
    },
  )

  it('[Q7.1] no reply to a player has a key in it before the close', async () => {
    const { anna, say } = await startQuiz({ feedback: 'reveal' })
    const replies = [
      await anna.answer(1, false),
      await anna.answer(2, false),
      await anna.post({ question_id: 'q1', answer: 'x' }),
      await anna.read(),
    ]
    for (const { text } of replies) expect(text).not.toMatch(/right1|word2/)
    await say({ state: 'running', position: 1, question: 'closed' })
    expect((await anna.read()).text).toContain('"key":"right1"')
  })
})

it('counts in metrics what was accepted and refused', async () => {
  const text = await metrics.registry.metrics()
  expect(text).toMatch(/quizboard_answers_accepted_total\{service="test"\} [1-9]/)
  expect(text).toMatch(/quizboard_answers_rejected_total\{code="question\/closed",service="test"\} 1/)
  expect(text).toMatch(/quizboard_answers_commit_size_count/)
})

it('[Q10.3] stops cleanly, twice if asked', async () => {
  const { anna } = await startQuiz()
  await service.stop()
  await service.stop()
  isProblem(await anna.answer(1, true), 503, 'service/unavailable')
  expect(service.unready()).toHaveLength(1)
})
