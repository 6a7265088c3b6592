import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../kit/system.ts'
import { HOST, isProblem, JSON_TYPE, post, raw, startRouter } from '../testing/router-fixture.ts'

const product = await startRouter()
const { call } = product

describe('[Q9] bodies that are too large or too slow', () => {
  it('a declared length over the limit is refused at once, before the body', async () => {
    const text = await raw(product.port, [post('/answers/quiz', 'Content-Length: 70000'), 50, 'x'.repeat(70_000)])
    expect(text).toMatch(/^HTTP\/1.1 413[\s\S]*connection: close[\s\S]*body\/too_large/i)
  })
  it('a chunked body over the limit is refused while it comes, and the client can read why', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const text = await raw(product.port, [post('/decks', 'Transfer-Encoding: chunked'), ...Array(200).fill(chunk)])
    expect(text).toMatch(/^HTTP\/1.1 413[\s\S]*body\/too_large[\s\S]*}$/)
  })
  it('a client that writes all of 8 MB before it reads gets the reply too', async () => {
    const got = await call('POST', '/decks', { raw: Buffer.alloc(8_000_000, 32), token: HOST })
    isProblem(got, 413, 'body/too_large')
  })
  it('exactly the limit is fine', async () => {
    const body = JSON.stringify({ title: '' })
    const fit = body.replace('""', `"${'x'.repeat(65_536 - body.length)}"`)
    expect((await call('POST', '/decks', { raw: fit, type: JSON_TYPE, token: HOST })).status).toBe(200)
    isProblem(await call('POST', '/decks', { raw: `${fit} `, type: JSON_TYPE, token: HOST }), 413, 'body/too_large')
  })
  it('a small chunked body is fine, so is Expect: 100-continue, and the connection stays', async () => {
    const headers = `Authorization: Bearer ${HOST}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked`
    const chunked = `${post('/decks', `${headers}\r\nExpect: 100-continue`)}b\r\n{"title":"t\r\n2\r\n"}\r\n0\r\n\r\n`
    const last = `GET /quizzes/quiz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
    const text = await raw(product.port, [chunked, 100, last])
    expect(text).toMatch(/^HTTP\/1.1 100 Continue[\s\S]*HTTP\/1.1 200 OK[\s\S]*"title":"t"[\s\S]*HTTP\/1.1 200 OK/)
  })
  it('a slow body is 408, its connection is closed, and neighbours are served meanwhile', async () => {
    const slow = await startRouter({ bodyMs: 200 })
    const dripping = raw(slow.port, [post('/decks', 'Content-Length: 100'), 'a', 100, 'b', 60, 'c', 100, 'd', 100, 'e'])
    expect((await slow.call('GET', '/quizzes/quiz')).status).toBe(200)
    expect(await dripping).toMatch(/^HTTP\/1.1 408[\s\S]*connection: close[\s\S]*body\/too_slow/i)
  })
  it('all bodies together have a limit: 503 with Retry-After', async () => {
    const small = await startRouter({ bodyBudgetBytes: 10_000 })
    const held = connect(small.port, '127.0.0.1')
    held.write(`${post('/decks', 'Content-Length: 9000')}${'x'.repeat(8_000)}`)
    await systemClock.sleep(100)
    const got = await small.call('POST', '/decks', { raw: 'x'.repeat(5_000) })
    isProblem(got, 503, 'service/unavailable')
    expect(got.headers['retry-after']).toBe('1')
    held.destroy()
    await systemClock.sleep(50)
    isProblem(await small.call('POST', '/decks', { raw: 'x'.repeat(5_000) }), 401, 'auth/missing')
  })
  it('a client that goes away in the middle is no error of ours', async () => {
    const own = await startRouter()
    const socket = connect(own.port, '127.0.0.1')
    socket.write(`${post('/decks', 'Content-Length: 100')}abc`)
    await systemClock.sleep(50)
    socket.destroy()
    await systemClock.sleep(50)
    expect(own.logs).toEqual([])
    expect(await own.metrics.registry.metrics()).toMatch(/_count\{.*route="\/decks".*status="aborted"/)
  })
})

describe('[Q9.3] limits and failures', () => {
  it('wrong tokens are limited by address; a right one from there still works', async () => {
    const own = await startRouter({ wrongTokens: { ratePerS: 0.5, burst: 3 } })
    const wrong = () => own.call('GET', '/decks/x', { token: 'wrong' })
    for (let i = 0; i < 3; i++) isProblem(await wrong(), 401, 'auth/invalid')
    const limited = await wrong()
    isProblem(limited, 429, 'rate/limited')
    expect(limited.headers['retry-after']).toBe('2')
    expect((await own.call('GET', '/decks/x', { token: HOST })).status).toBe(200)
    isProblem(await own.call('GET', '/decks/x'), 401, 'auth/missing')
  })
  it('behind a proxy of ours the address is the one that it saw, not one that the client claims', async () => {
    const own = await startRouter({ wrongTokens: { ratePerS: 0.01, burst: 1 } }, 1)
    const from = (chain: string) =>
      own.call('GET', '/decks/x', { token: 'wrong', headers: { 'x-forwarded-for': chain } })
    isProblem(await from('192.0.2.1'), 401, 'auth/invalid')
    isProblem(await from('192.0.2.2'), 401, 'auth/invalid')
    isProblem(await from('192.0.2.99, 192.0.2.1'), 429, 'rate/limited')
    isProblem(await from('nonsense'), 401, 'auth/invalid')
    isProblem(await from('other nonsense'), 429, 'rate/limited')
  })
  it('Retry-After is in whole seconds', async () => {
    const got = await call('GET', '/fails/busy')
    isProblem(got, 503, 'service/unavailable')
    expect(got.headers['retry-after']).toBe('3')
  })
  it('what was not expected is 500 with an id that the log has, and nothing else', async () => {
    for (const how of ['throws', 'bigint']) {
      const got = await call('GET', `/fails/${how}`)
      isProblem(got, 500, 'service/failed')
      expect(got.text).not.toMatch(/hunter2|Error|BigInt/)
      const id = /[0-9a-f-]{36}/.exec(got.text)?.[0] ?? 'none'
      expect(product.logs.filter((line) => line.includes(id))).toHaveLength(1)
    }
    expect(product.logs.join('')).toContain('hunter2')
  })
  it('requests are measured by pattern, method and status, with bounded labels', async () => {
    await call('PROPFIND', '/quizzes/quiz')
    await call('GET', '/some/path/of/a/scanner')
    const text = await product.metrics.registry.metrics()
    expect(text).toMatch(/_count\{.*route="\/quizzes\/:quiz_id",method="other",status="405"/)
    expect(text).toMatch(/_count\{.*route="none",method="GET",status="404"/)
    expect(text).not.toContain('scanner')
  })
})

describe('[Q9] what is no HTTP', () => {
  it('garbage is 400, a huge header 431, both problem documents, both closed', async () => {
    expect(await raw(product.port, ['\u0016\u0003\u0001 nonsense\r\n\r\n'])).toMatch(
      /^HTTP\/1.1 400 [\s\S]*body\/not_json/,
    )
    const huge = `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`
    expect(await raw(product.port, [huge])).toMatch(/^HTTP\/1.1 431 [\s\S]*headers\/too_large/)
  })
  it('two lengths, or a length and chunks, are refused', async () => {
    const smuggled = post('/decks', 'Content-Length: 5\r\nTransfer-Encoding: chunked')
    expect(await raw(product.port, [smuggled, '0\r\n\r\n'])).toMatch(/^HTTP\/1.1 400 /)
    expect(await raw(product.port, [post('/decks', 'Content-Length: 5\r\nContent-Length: 6')])).toMatch(
      /^HTTP\/1.1 400 /,
    )
  })
  it('a broken chunk in the middle of a body ends that connection alone', async () => {
    const text = await raw(product.port, [post('/decks', 'Transfer-Encoding: chunked'), '5\r\nhello\r\n', 'zz\r\n'])
    expect(text).toMatch(/^HTTP\/1.1 400 /)
    expect((await call('GET', '/quizzes/quiz')).status).toBe(200)
  })
})
