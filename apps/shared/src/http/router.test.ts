import { describe, expect, it } from 'vitest'
import { HOST, isProblem, JSON_TYPE, json, type Sent, startRouter, tokenOf } from '../testing/router-fixture.ts'

const product = await startRouter()
const { call } = product
const player = await tokenOf('u1', 'QUIZ')
const stranger = await tokenOf('u2', 'OTHER')

describe('[Q9.2] the order of errors: each request has every later thing wrong too', () => {
  const big = 'x'.repeat(70_000)
  const rows: [number, string, string, string, () => Sent][] = [
    [413, 'body/too_large', 'POST', '/decks', () => ({ raw: big })],
    [413, 'body/too_large', 'PATCH', '/nothing', () => ({ raw: big })],
    [413, 'body/too_large', 'POST', '/answers/nope', () => ({ raw: 'x'.repeat(65_537) })],
    [401, 'auth/missing', 'PATCH', '/answers/nope', () => ({ raw: '{' })],
    [401, 'auth/missing', 'POST', '/decks', () => ({ raw: '{', headers: { authorization: 'Basic eDp5' } })],
    [401, 'auth/missing', 'GET', '/decks/x', () => ({ headers: { authorization: 'Bearer ' } })],
    [401, 'auth/missing', 'GET', '/decks/%zz', () => ({})],
    [401, 'auth/invalid', 'PATCH', '/answers/nope', () => ({ raw: '{', token: 'a b' })],
    [404, 'route/unknown', 'PATCH', '/nothing/%zz?%zz', () => ({ raw: '{', token: 'wrong' })],
    [404, 'route/unknown', 'POST', '/decks/x/y', () => ({ raw: '{' })],
    [404, 'route/unknown', 'GET', '/DECKS/x', () => ({ token: HOST })],
    [404, 'quiz/unknown', 'PATCH', '/answers/nope', () => ({ raw: '{', token: stranger })],
    [404, 'quiz/unknown', 'POST', '/quizzes/nope/open', () => ({ raw: '{', token: player })],
    [404, 'quiz/unknown', 'GET', '/quizzes/qu%00iz', () => ({})],
    [404, 'deck/unknown', 'GET', '/decks/%00', () => ({ token: HOST })],
    [405, 'method/not_allowed', 'PATCH', '/answers/quiz', () => ({ raw: '{', token: stranger })],
    [405, 'method/not_allowed', 'PUT', '/quizzes/quiz/open', () => ({ raw: '{', token: player })],
    [405, 'method/not_allowed', 'OPTIONS', '/quizzes/quiz', () => ({})],
    [403, 'auth/not_host', 'POST', '/quizzes/quiz/open', () => ({ raw: '{', type: 'text/plain', token: stranger })],
    [403, 'auth/not_host', 'POST', '/decks', () => ({ raw: '{', type: 'text/plain', token: player })],
    [403, 'auth/not_player', 'POST', '/answers/quiz', () => ({ raw: '{', type: 'text/plain', token: HOST })],
    [403, 'auth/other_quiz', 'POST', '/answers/quiz', () => ({ raw: '{', type: 'text/plain', token: stranger })],
    [403, 'auth/other_quiz', 'GET', '/answers/quiz?limit=x&%zz', () => ({ token: stranger })],
    [415, 'body/unsupported_type', 'POST', '/decks?%zz', () => ({ raw: '{', type: 'text/plain', token: HOST })],
    [400, 'body/not_json', 'POST', '/decks', () => ({ raw: '{', type: JSON_TYPE, token: HOST })],
    [400, 'body/not_json', 'POST', '/decks?%zz', () => ({ raw: '{}', type: JSON_TYPE, token: HOST })],
    [400, 'body/not_json', 'GET', '/answers/quiz?limit=0&x=%', () => ({ token: player })],
    [400, 'body/not_json', 'GET', '/quizzes/%zz', () => ({})],
    [400, 'body/not_json', 'GET', '/answers/%E0%A4%A', () => ({ token: player })],
    [422, 'body/invalid', 'POST', '/decks', () => ({ ...json({}), token: HOST })],
    [422, 'body/invalid', 'GET', '/answers/quiz?limit=0', () => ({ token: player })],
  ]
  it.each(rows)('%i %s: %s %s', async (status, code, method, path, sent) => {
    const got = await call(method, path, sent())
    isProblem(got, status, code)
    if (status === 405)
      expect(got.headers.allow).toBe(path.startsWith('/answers') ? 'GET, HEAD, POST' : got.headers.allow)
    if (status === 405) expect(got.headers.allow).not.toContain(method)
  })
})

describe('what is right gets through', () => {
  it('parameters are decoded, ids of any case pass, caller and resource are there', async () => {
    const got = await call('POST', '/answers/qUi%7A?x=1', { ...json({ answer: 'a', more: 1 }), token: player })
    expect(got.status).toBe(200)
    expect(got.body).toEqual({
      params: { quiz_id: 'qUiz' },
      query: {},
      body: { answer: 'a' },
      caller: { role: 'player', quiz_id: 'QUIZ', user_id: 'u1' },
      resource: { canonical: 'QUIZ' },
    })
    expect(got.headers).toMatchObject({
      'content-type': JSON_TYPE,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-length': String(Buffer.byteLength(got.text)),
    })
  })
  it('a member is the host or a player of the quiz; a route without a token reads none', async () => {
    for (const token of [HOST, player]) expect((await call('GET', '/answers/quiz', { token })).status).toBe(200)
    expect((await call('GET', '/quizzes/quiz', { token: 'wrong' })).body?.caller).toBeNull()
    const lower = await call('GET', '/answers/quiz', { headers: { authorization: `bearer   ${HOST}` } })
    expect(lower.status).toBe(200)
  })
  it('an optional body may be empty, with whatever type, or an object', async () => {
    const rows: Sent[] = [{}, { raw: '' }, { raw: '', type: 'text/plain' }, json({})]
    for (const sent of rows) {
      const got = await call('POST', '/quizzes/quiz/open', { ...sent, token: HOST })
      expect([got.status, got.body?.body]).toEqual([200, {}])
    }
    isProblem(await call('POST', '/quizzes/quiz/open', { ...json(null), token: HOST }), 422, 'body/invalid')
    isProblem(
      await call('POST', '/quizzes/quiz/open', { raw: ' ', type: JSON_TYPE, token: HOST }),
      400,
      'body/not_json',
    )
  })
  it('HEAD is GET without the body', async () => {
    const [get, head] = [
      await call('GET', '/decks/x', { token: HOST }),
      await call('HEAD', '/decks/x', { token: HOST }),
    ]
    expect(head).toMatchObject({ status: 200, text: '' })
    for (const name of ['content-length', 'content-type', 'etag']) expect(head.headers[name]).toBe(get.headers[name])
    expect(await call('HEAD', '/decks/x')).toMatchObject({ status: 401, text: '' })
  })
  it('204 has no body', async () => {
    const got = await call('DELETE', '/decks/x', { token: HOST })
    expect([got.status, got.text, got.headers['content-length']]).toEqual([204, '', undefined])
  })
  it('a fixed path goes before a parameter', async () => {
    const got = await call('POST', '/decks/import?size=3', { raw: 'a,b\n', type: 'text/csv', token: HOST })
    expect(got.body).toMatchObject({ body: 'a,b\n', query: { size: 3 } })
    isProblem(await call('GET', '/decks/import', { token: HOST }), 405, 'method/not_allowed')
  })
  it('`before` answers first, whatever else the body says', async () => {
    const got = await call('POST', '/answers/quiz', { ...json({ again: 1, answer: 7 }), token: player })
    expect([got.status, got.text]).toEqual([200, '"first"'])
  })
  it('a trailing slash and an absolute target are the same path', async () => {
    expect((await call('GET', '/quizzes/quiz/')).status).toBe(200)
    expect((await call('GET', 'http://example.org/quizzes/quiz?x=1')).body?.params).toEqual({ quiz_id: 'quiz' })
  })
})

describe('[Q9.2] media types and syntax', () => {
  const decks = (sent: Sent) => call('POST', '/decks', { ...sent, token: HOST })
  const raw = '{"title":"t"}'
  const right = [
    JSON_TYPE,
    'application/json; charset=utf-8',
    'Application/JSON;Charset="UTF-8"',
    'application/json;v=1',
  ]
  it.each(right)('%s is JSON', async (type) => expect((await decks({ raw, type })).status).toBe(200))
  const wrong = ['text/plain', 'application/json; charset=utf-16', 'application/jsonp', 'application/problem+json', 'x']
  it.each(wrong)('%s is 415', async (type) => isProblem(await decks({ raw, type }), 415, 'body/unsupported_type'))
  it('a body without a type is 415, an empty one where one is needed 400, unless its type is wrong', async () => {
    isProblem(await decks({ raw }), 415, 'body/unsupported_type')
    isProblem(await decks({}), 400, 'body/not_json')
    isProblem(await decks({ raw: '', type: JSON_TYPE }), 400, 'body/not_json')
    isProblem(await decks({ raw: '', type: 'text/plain' }), 415, 'body/unsupported_type')
  })
  it('compressed bodies are 415, identity is fine', async () => {
    const encoded = (encoding: string) => decks({ raw, type: JSON_TYPE, headers: { 'content-encoding': encoding } })
    isProblem(await encoded('gzip'), 415, 'body/unsupported_type')
    expect((await encoded('Identity')).status).toBe(200)
  })
  const notJson: [string, Buffer | string][] = [
    ['bad UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a lone surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['UTF-16', Buffer.from(`\ufeff${raw}`, 'utf16le')],
    ['half of it', raw.slice(0, -2)],
    ['two of them', raw + raw],
    ['a comment', `${raw}//`],
    ['NaN', '{"title":NaN}'],
    ['white space', '  '],
    ['a zero byte', '\0'],
  ]
  it.each(notJson)('%s is 400', async (_, bytes) => {
    const got = await decks({ raw: bytes, type: JSON_TYPE })
    isProblem(got, 400, 'body/not_json')
  })
  it('a byte order mark is tolerated; of duplicate keys the last wins', async () => {
    expect((await decks({ raw: `\ufeff${raw}`, type: JSON_TYPE })).body?.body).toEqual({ title: 't' })
    const twice = await decks({ raw: '{"title":1,"title":"b"}', type: JSON_TYPE })
    expect(twice.body?.body).toEqual({ title: 'b' })
  })
})

describe('[Q9.1] bodies that are not valid', () => {
  const decks = (text: string) => call('POST', '/decks', { raw: text, type: JSON_TYPE, token: HOST })
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
  it('50,000 nested lists are told, cut', async () => {
    for (const text of [deep, `{"title":${deep}}`, `{"title":"t","x":${deep}}`]) {
      const got = await decks(text)
      isProblem(got, 422, 'body/invalid')
      expect(got.text.length).toBeLessThan(600)
    }
  })
  it('prototype keys are unknown fields and do no harm', async () => {
    const got = await decks('{"title":"t","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    isProblem(got, 422, 'body/invalid')
    expect(got.body).toMatchObject({ errors: [{ pointer: '/__proto__' }, { pointer: '/constructor' }] })
    expect('polluted' in {}).toBe(false)
    const ignored = await call('POST', '/answers/quiz', {
      raw: '{"answer":"a","__proto__":{"polluted":1}}',
      type: JSON_TYPE,
      token: player,
    })
    expect(ignored.body?.body).toEqual({ answer: 'a' })
  })
  it('all problems of query and body come together', async () => {
    const got = await call('POST', '/decks/import?size=10&size=2', { raw: '', type: 'text/csv', token: HOST })
    expect(got.body?.errors).toEqual([{ parameter: 'size', detail: 'must be given only once', value: ['10', '2'] }])
  })
  it("[Q7.5] the caller's token is in no error", async () => {
    for (const token of [HOST, player]) {
      const path = token === HOST ? '/decks' : '/answers/quiz'
      const got = await call('POST', path, { ...json({ title: [token], answer: { a: token } }), token })
      isProblem(got, 422, 'body/invalid')
      expect(got.text).not.toContain(token)
      expect((await call('GET', `/answers/quiz?limit=${token}`, { token })).text).not.toContain(token)
    }
  })
})
