/** Bad input and attacks over REST: the contract's error each, and the neighbours undisturbed. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'
import { call, type Reply } from './foreign/api.ts'

let product: Product
let quizId: string
let otherId: string
let player: { token: string; user_id: string }
let questionId: string

const host = (method: string, path: string, body?: unknown) =>
  call(product, method, `/api/v1${path}`, { token: product.hostToken, ...(body === undefined ? {} : { body }) })
const choice = { type: 'choice', prompt: 'p', options: ['right', 'wrong'], answer: 'right' }

beforeAll(async () => {
  product = await startProduct()
  const deck = await host('POST', '/decks', {
    title: 'd',
    questions: [choice, { type: 'typed', prompt: 'q', answer: 'key' }],
  })
  const make = async () => {
    const quiz = await host('POST', '/quizzes', { deck_id: deck.body.deck_id })
    await host('POST', `/quizzes/${quiz.body.quiz_id}/open`)
    return quiz.body.quiz_id as string
  }
  quizId = await make()
  otherId = await make()
  const joined = await call(product, 'POST', `/api/v1/quizzes/${quizId}/players`, { body: { name: 'Ada' } })
  player = joined.body as unknown as typeof player
  await host('POST', `/quizzes/${quizId}/start`)
  questionId = deck.body.questions[0].question_id
})
afterAll(() => product.stop())

const isProblem = (reply: Reply, status: number, code: string) => {
  expect({ status: reply.status, code: reply.body?.code, text: reply.text.slice(0, 300) }).toMatchObject({
    status,
    code,
  })
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(reply.body).toMatchObject({
    type: `urn:quizboard:${code}`,
    status,
    title: expect.any(String),
    detail: expect.any(String),
  })
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const [header, payload, signature] = [0, 1, 2].map((i) => (n: string) => n.split('.')[i] as string) as [
  (t: string) => string,
  (t: string) => string,
  (t: string) => string,
]

describe('[Q7] tokens', () => {
  const forged: [string, (token: string) => string][] = [
    ['alg none', (t) => `${base64({ alg: 'none' })}.${payload(t)}.`],
    ['alg none with a signature', (t) => `${base64({ alg: 'none' })}.${payload(t)}.${signature(t)}`],
    ['a changed payload', (t) => `${header(t)}.${base64({ sub: 'x', quiz_id: quizId, role: 'host' })}.${signature(t)}`],
    [
      'HS256 signed with public material',
      (t) => {
        const head = base64({ alg: 'HS256', kid: JSON.parse(Buffer.from(header(t), 'base64url').toString()).kid })
        return `${head}.${payload(t)}.${createHmac('sha256', 'public')
          .update(`${head}.${payload(t)}`)
          .digest('base64url')}`
      },
    ],
    [
      'a foreign Ed25519 key under our kid',
      (t) => {
        const { privateKey } = generateKeyPairSync('ed25519')
        return `${header(t)}.${payload(t)}.${sign(null, Buffer.from(`${header(t)}.${payload(t)}`), privateKey).toString('base64url')}`
      },
    ],
    ['half a token', (t) => t.slice(0, t.length / 2)],
    ['four parts', (t) => `${t}.x`],
    ['no token but words', () => 'hello'],
    ['5,000 characters', () => 'x'.repeat(5_000)],
    [
      'an own signing key in the header',
      (t) =>
        `${base64({ alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } })}.${payload(t)}.${signature(t)}`,
    ],
  ]
  it.each(forged)('refuses %s with 401 auth/invalid', async (_, forge) => {
    const token = forge(player.token)
    const reply = await call(product, 'GET', `/api/v1/answers/${quizId}`, { token })
    isProblem(reply, 401, 'auth/invalid')
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(reply.text).not.toContain(token)
  })
  it('tells what is missing, and who may not', async () => {
    isProblem(await call(product, 'GET', `/api/v1/answers/${quizId}`), 401, 'auth/missing')
    isProblem(
      await call(product, 'GET', `/api/v1/answers/${quizId}`, { headers: { authorization: 'Basic eDp5' } }),
      401,
      'auth/missing',
    )
    isProblem(await call(product, 'GET', `/api/v1/answers/${otherId}`, { token: player.token }), 403, 'auth/other_quiz')
    isProblem(
      await call(product, 'GET', `/api/v1/leaderboards/${otherId}`, { token: player.token }),
      403,
      'auth/other_quiz',
    )
    isProblem(
      await call(product, 'GET', `/api/v1/quizzes/${otherId}/questions`, { token: player.token }),
      403,
      'auth/other_quiz',
    )
    isProblem(await call(product, 'GET', '/api/v1/decks', { token: player.token }), 403, 'auth/not_host')
    isProblem(
      await call(product, 'POST', `/api/v1/quizzes/${quizId}/close`, { token: player.token }),
      403,
      'auth/not_host',
    )
    isProblem(
      await host('POST', `/answers/${quizId}`, { question_id: questionId, answer: 'right' }),
      403,
      'auth/not_player',
    )
  })
})

describe('the order of errors', () => {
  const rows: [string, () => Promise<Reply>, number, string][] = [
    [
      'too large before no token',
      () => call(product, 'POST', '/api/v1/decks', { raw: Buffer.alloc(2 * 1024 * 1024 + 1, 32) }),
      413,
      'body/too_large',
    ],
    [
      'too large answer',
      () => call(product, 'POST', `/api/v1/answers/${quizId}`, { raw: Buffer.alloc(70_000, 32), token: player.token }),
      413,
      'body/too_large',
    ],
    ['no token before no quiz', () => call(product, 'GET', '/api/v1/answers/NOPE'), 401, 'auth/missing'],
    [
      'no quiz before not the host',
      () => call(product, 'POST', '/api/v1/quizzes/NOPE/open', { token: player.token }),
      404,
      'quiz/unknown',
    ],
    [
      'no quiz before other quiz',
      () => call(product, 'GET', '/api/v1/leaderboards/NOPE', { token: player.token }),
      404,
      'quiz/unknown',
    ],
    [
      'no quiz for answers',
      () => call(product, 'POST', '/api/v1/answers/NOPE', { token: player.token, raw: '{' }),
      404,
      'quiz/unknown',
    ],
    ['no quiz without a token', () => call(product, 'GET', '/api/v1/quizzes/NOPE'), 404, 'quiz/unknown'],
    ['no quiz to join', () => call(product, 'POST', '/api/v1/quizzes/NOPE/players', { body: {} }), 404, 'quiz/unknown'],
    ['no deck', () => host('GET', '/decks/nope'), 404, 'deck/unknown'],
    ['no such route', () => host('GET', '/nothing'), 404, 'route/unknown'],
    ['no such player', () => host('GET', `/leaderboards/${quizId}/players/nobody`), 404, 'player/unknown'],
    [
      '405 before not the host',
      () => call(product, 'PUT', `/api/v1/quizzes/${quizId}/open`, { token: player.token, raw: '{' }),
      405,
      'method/not_allowed',
    ],
    [
      'not the host before the type',
      () => call(product, 'POST', '/api/v1/decks', { token: player.token, raw: 'x', type: 'text/plain' }),
      403,
      'auth/not_host',
    ],
    [
      'the type before the syntax',
      () => call(product, 'POST', '/api/v1/decks', { token: product.hostToken, raw: '{', type: 'text/plain' }),
      415,
      '',
    ],
    [
      'the syntax',
      () => call(product, 'POST', '/api/v1/decks', { token: product.hostToken, raw: '{"title":' }),
      400,
      'body/not_json',
    ],
    [
      'bad UTF-8',
      () =>
        call(product, 'POST', `/api/v1/answers/${quizId}`, {
          token: player.token,
          raw: Buffer.from([0x22, 0xff, 0x22]),
        }),
      400,
      'body/not_json',
    ],
    ['bad percent-encoding', () => call(product, 'GET', '/api/v1/quizzes/%zz'), 400, 'body/not_json'],
    [
      'no body',
      () => call(product, 'POST', '/api/v1/decks', { token: product.hostToken, raw: '' }),
      400,
      'body/not_json',
    ],
    [
      'an answer to a draft',
      async () => {
        const decks = await host('GET', '/decks')
        const quiz = await host('POST', '/quizzes', { deck_id: decks.body.decks[0].deck_id })
        return call(product, 'POST', `/api/v1/quizzes/${quiz.body.quiz_id}/players`, { body: { name: 'x' } })
      },
      409,
      'quiz/not_open',
    ],
    [
      'start of a quiz that runs is nothing, next from open is not',
      () => host('POST', `/quizzes/${otherId}/next`),
      409,
      'quiz/wrong_state',
    ],
  ]
  it.each(rows)('%s', async (_, send, status, code) => {
    const reply = await send()
    if (code) isProblem(reply, status, code)
    else expect(reply.status).toBe(status)
    if (status === 405) expect(reply.headers.allow).toContain('POST')
  })
})

describe('[Q9] bodies that are not valid are refused with pointer and value', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  const deck = (question: unknown) => ({ title: 't', questions: [question] })
  const rows: [string, string, unknown, string][] = [
    ['a list', '/decks', [], ''],
    ['null', '/decks', null, ''],
    ['no title', '/decks', { questions: [choice] }, '/title'],
    ['an empty title', '/decks', { title: '', questions: [choice] }, '/title'],
    ['a long title', '/decks', { title: '🦉'.repeat(101), questions: [choice] }, '/title'],
    ['no questions', '/decks', { title: 't', questions: [] }, '/questions'],
    ['501 questions', '/decks', { title: 't', questions: Array(501).fill(choice) }, '/questions'],
    ['a typo', '/decks', { title: 't', questions: [choice], tittle: 1 }, '/tittle'],
    ['a typo in a question', '/decks', deck({ ...choice, pionts: 1 }), '/questions/0/pionts'],
    ['a prototype key', '/decks', JSON.parse('{"title":"t","questions":[],"__proto__":{"x":1}}'), ''],
    ['an unknown type', '/decks', deck({ ...choice, type: 'essay' }), '/questions/0/type'],
    ['one option', '/decks', deck({ ...choice, options: ['right'] }), '/questions/0/options'],
    ['nine options', '/decks', deck({ ...choice, options: ['right', ...'12345678'] }), '/questions/0/options'],
    ['an answer that is no option', '/decks', deck({ ...choice, answer: 'Right' }), '/questions/0/answer'],
    ['the same option twice', '/decks', deck({ ...choice, options: ['right', 'right'] }), ''],
    [
      'options of a typed question',
      '/decks',
      deck({ type: 'typed', prompt: 'p', answer: 'a', options: ['a', 'b'] }),
      '/questions/0/options',
    ],
    ['points in words', '/decks', deck({ ...choice, points: '10' }), '/questions/0/points'],
    ['half a point', '/decks', deck({ ...choice, points: 0.5 }), '/questions/0/points'],
    ['too many points', '/decks', deck({ ...choice, points: 10_001 }), '/questions/0/points'],
    ['points below nothing', '/decks', deck({ ...choice, points: -1 }), '/questions/0/points'],
    ['too short a time', '/decks', deck({ ...choice, time_limit_ms: 999 }), '/questions/0/time_limit_ms'],
    ['a long prompt', '/decks', deck({ ...choice, prompt: 'p'.repeat(501) }), '/questions/0/prompt'],
    ['a quiz of no deck', '/quizzes', {}, '/deck_id'],
    ['an unknown scoring', '/quizzes', { deck_id: 'x', scoring: 'luck' }, '/scoring'],
  ]
  it.each(rows)('%s', async (_, path, body, pointer) => {
    const reply = await host('POST', path, body)
    isProblem(reply, 422, 'body/invalid')
    expect(reply.body.errors.length).toBeGreaterThan(0)
    if (pointer) expect(reply.body.errors.map((e: { pointer?: string }) => e.pointer)).toContain(pointer)
  })
  it('overflowing numbers and 50,000 nested lists', async () => {
    const raw = (text: string) => call(product, 'POST', '/api/v1/decks', { token: product.hostToken, raw: text })
    isProblem(
      await raw(`{"title":"t","questions":[{"type":"typed","prompt":"p","answer":"a","points":1e999}]}`),
      422,
      'body/invalid',
    )
    isProblem(await raw(deep), 422, 'body/invalid')
    isProblem(await raw(`{"title":${deep},"questions":${deep}}`), 422, 'body/invalid')
    isProblem(await host('POST', '/quizzes', { deck_id: 'nothing' }), 422, 'deck/unknown')
  })
  it('names', async () => {
    const bad = ['', '   ', 'x'.repeat(41), 'a\u0000b', 'a\u202eb', 'a\nb', 7, null, ['x']]
    for (const name of bad)
      isProblem(
        await call(product, 'POST', `/api/v1/quizzes/${quizId}/players`, { body: { name } }),
        422,
        'body/invalid',
      )
    const odd = ['🦉'.repeat(40), 'e\u0301', '__proto__', 'constructor', '<script>', 'نور', "'; DROP TABLE players; --"]
    for (const name of odd) {
      const reply = await call(product, 'POST', `/api/v1/quizzes/${quizId}/players`, { body: { name, surplus: 1 } })
      expect([reply.status, reply.body.name]).toEqual([201, name.normalize('NFC')])
    }
    isProblem(
      await call(product, 'POST', `/api/v1/quizzes/${quizId}/players`, { body: { name: 'x', join_id: 'no spaces' } }),
      422,
      'body/invalid',
    )
  })
  it('answers', async () => {
    const answer = (body: unknown) => call(product, 'POST', `/api/v1/answers/${quizId}`, { token: player.token, body })
    isProblem(await answer({ question_id: questionId, answer: '' }), 422, 'body/invalid')
    isProblem(await answer({ question_id: questionId, answer: 'x'.repeat(201) }), 422, 'body/invalid')
    isProblem(await answer({ question_id: questionId, answer: 'Right' }), 422, 'body/invalid')
    isProblem(await answer({ question_id: questionId, answer: 1 }), 422, 'body/invalid')
    isProblem(await answer({ question_id: 'nope', answer: 'right' }), 422, 'question/unknown')
    isProblem(await answer({ question_id: '__proto__', answer: 'right' }), 422, 'question/unknown')
    isProblem(await answer({ question_id: questionId, answer: 'right', answer_id: 'a b' }), 422, 'body/invalid')
    isProblem(await answer([]), 422, 'body/invalid')
    const refused = await answer({})
    expect(refused.body.errors.map((e: { pointer?: string }) => e.pointer).sort()).toEqual(['/answer', '/question_id'])
    const decks = await host('GET', '/decks')
    const deck = await host('GET', `/decks/${decks.body.decks.at(-1)?.deck_id}`)
    for (const question of deck.body.questions) expect(refused.text).not.toContain(question.answer)
  })
  it('query parameters', async () => {
    for (const query of ['limit=0', 'limit=1001', 'limit=ten', 'limit=1.5', 'limit=', 'offset=-1', 'offset=1e9x']) {
      const reply = await host('GET', `/leaderboards/${quizId}?${query}`)
      isProblem(reply, 422, 'body/invalid')
      expect(reply.body.errors[0]?.parameter).toBe(query.split('=')[0])
    }
    expect((await host('GET', `/leaderboards/${quizId}?offset=100000&unknown=1`)).body.standings).toEqual([])
  })
})

describe('[Q9] sockets that misbehave', () => {
  const raw = (bytes: string, untilMs: number) =>
    new Promise<string>((resolve) => {
      const url = new URL(product.url)
      const socket = connect(Number(url.port), url.hostname)
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      socket.on('error', () => resolve(text))
      socket.write(bytes)
      setTimeout(() => socket.destroy(), untilMs)
    })
  it('garbage, a huge header, and a chunked body past the limit', async () => {
    expect(await raw('\u0016\u0003\u0001 nonsense\r\n\r\n', 2_000)).toMatch(/400/)
    expect(await raw(`GET /readyz HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`, 2_000)).toMatch(/431/)
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const head = `POST /api/v1/answers/${quizId} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
    expect(await raw(head + chunk + chunk, 3_000)).toMatch(/413[\s\S]*body\/too_large/)
  })
  it('and the neighbours go on', async () => {
    const reply = await call(product, 'POST', `/api/v1/answers/${quizId}`, {
      token: player.token,
      body: { question_id: questionId, answer: 'right' },
    })
    expect(reply).toMatchObject({ status: 200, body: { is_correct: true, score: 1000 } })
    expect((await call(product, 'GET', '/readyz')).status).toBe(200)
  })
  it('a player over 50 answers a second is told when to come back', async () => {
    const joined = await call(product, 'POST', `/api/v1/quizzes/${quizId}/players`, { body: { name: 'Flood' } })
    const replies = await Promise.all(
      Array.from({ length: 400 }, () =>
        call(product, 'POST', `/api/v1/answers/${quizId}`, {
          token: joined.body.token,
          body: { question_id: questionId, answer: 'wrong' },
        }),
      ),
    )
    const limited = replies.filter((r) => r.status === 429)
    expect(limited.length).toBeGreaterThan(50)
    expect(limited[0]?.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect(replies.filter((r) => r.status === 200).length).toBeGreaterThanOrEqual(200)
    expect(replies.every((r) => r.status === 200 || r.status === 429)).toBe(true)
  })
})
