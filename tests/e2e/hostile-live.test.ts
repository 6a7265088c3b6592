/** Bad input and attacks over the WebSocket: every row of the contract's close table. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type Product, startProduct } from '../support/product.ts'
import { call, sleep } from './foreign/api.ts'

let product: Product
let quizId: string
let otherToken: string
let token: string
let userId: string

beforeAll(async () => {
  product = await startProduct()
  const host = (path: string, body: unknown) =>
    call(product, 'POST', `/api/v1${path}`, { token: product.hostToken, body })
  const deck = await host('/decks', { title: 'd', questions: [{ type: 'typed', prompt: 'q', answer: 'secretkey' }] })
  const make = async () => {
    const quiz = await host('/quizzes', { deck_id: deck.body.deck_id })
    await host(`/quizzes/${quiz.body.quiz_id}/open`, {})
    const joined = await call(product, 'POST', `/api/v1/quizzes/${quiz.body.quiz_id}/players`, {
      body: { name: 'Ada' },
    })
    return { id: quiz.body.quiz_id as string, token: joined.body.token as string, user: joined.body.user_id as string }
  }
  const [mine, other] = [await make(), await make()]
  quizId = mine.id
  token = mine.token
  userId = mine.user
  otherToken = other.token
})
afterAll(() => product.stop())

interface Ended {
  frames: { type: string; code?: string; [field: string]: unknown }[]
  close: number
}
/** Opens, lets `act` speak, and waits for the close. */
const talk = (path: string, act: (socket: WebSocket) => void, patienceMs = 5_000): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${product.url.replace('http', 'ws')}${path}`)
    const frames: Ended['frames'] = []
    const timer = setTimeout(() => {
      socket.terminate()
      resolve({ frames, close: 0 })
    }, patienceMs)
    socket.on('open', () => act(socket))
    socket.on('message', (data) => frames.push(JSON.parse(data.toString())))
    socket.on('error', reject)
    socket.on('close', (close) => {
      clearTimeout(timer)
      resolve({ frames, close })
    })
  })
const hello = (more: object = {}) => JSON.stringify({ type: 'hello', ...more })

const sendAll = (socket: WebSocket, ...frames: string[]) => {
  for (const frame of frames) socket.send(frame)
}

describe('[Q9] the close table', () => {
  const rows: [string, (s: WebSocket) => void, number][] = [
    ['not JSON', (s) => s.send('hello'), 4400],
    ['not an object', (s) => s.send('[]'), 4400],
    ['another type', (s) => s.send('{"type":"goodbye"}'), 4400],
    ['top 0', (s) => s.send(hello({ top: 0 })), 4400],
    ['top 101', (s) => s.send(hello({ top: 101 })), 4400],
    ['top in words', (s) => s.send(hello({ top: 'ten' })), 4400],
    ['an epoch of 1e999', (s) => s.send('{"type":"hello","epoch":1e999}'), 4400],
    ['a token that is a number', (s) => s.send(hello({ token: 5 })), 4400],
    ['a second hello', (s) => sendAll(s, hello(), hello()), 4400],
    ['anything after', (s) => sendAll(s, hello(), '{}'), 4400],
    ['a wrong token', (s) => s.send(hello({ token: 'x.y.z' })), 4401],
    ['an empty token', (s) => s.send(hello({ token: '' })), 4401],
    ['a token of another quiz', (s) => s.send(hello({ token: otherToken })), 4403],
    ['binary', (s) => s.send(Buffer.from(hello())), 1003],
    ['not UTF-8', (s) => s.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false }), 1007],
    ['over 4 KiB', (s) => s.send(hello({ pad: 'x'.repeat(5_000) })), 1009],
  ]
  it.each(rows)('%s', async (_, act, code) => {
    const { frames, close } = await talk(`/live/${quizId}`, act)
    expect(close).toBe(code)
    if (close >= 4000)
      expect(frames.at(-1)).toMatchObject({ type: 'error', code: expect.any(String), detail: expect.any(String) })
    expect(JSON.stringify(frames)).not.toContain('secretkey')
  })
  it('an unknown quiz closes with 4404 after the upgrade', async () => {
    expect((await talk('/live/NOPE', (s) => s.send(hello()))).close).toBe(4404)
  })
  it('silence closes with 4408 within 10 s', async () => {
    expect((await talk(`/live/${quizId}`, () => {}, 12_000)).close).toBe(4408)
  })
  it('a flood closes with 4429 or 4400', async () => {
    const { close } = await talk(`/live/${quizId}`, (s) => {
      for (let i = 0; i < 100; i++) s.send('{}')
    })
    expect([4400, 4429]).toContain(close)
  })
  it('an upgrade elsewhere is HTTP 404', async () => {
    for (const path of ['/', '/live', '/live/', '/live/a/b', '/api/v1/quizzes'])
      await expect(talk(path, () => {})).rejects.toThrow(/404/)
  })
})

it('a player gets quiz, leaderboard and you at once, in this order, whatever the case of the id', async () => {
  const { frames, close } = await talk(
    `/live/${quizId.toLowerCase()}`,
    (s) => s.send(hello({ token, unknown: 1 })),
    1_000,
  )
  expect(close).toBe(0)
  expect(frames.map((f) => f.type)).toEqual(['quiz', 'leaderboard', 'you'])
  expect(frames[1]).toMatchObject({
    quiz_id: quizId,
    players: 1,
    top: [{ rank: 1, user_id: userId, name: 'Ada', score: 0 }],
  })
  expect(frames[2]).toMatchObject({
    quiz_id: quizId,
    rank: 1,
    score: 0,
    version: frames[1]?.version,
    epoch: frames[1]?.epoch,
  })
})
it('[Q5] a client that has seen more than the server knows gets the state with reset', async () => {
  const future = { epoch: Number.MAX_SAFE_INTEGER, version: 5 }
  const { frames } = await talk(`/live/${quizId}`, (s) => s.send(hello({ token, ...future })), 1_500)
  expect(frames.find((f) => f.type === 'leaderboard')).toMatchObject({ reset: true })
})
it('raw bytes that are no WebSocket frame end that socket alone', async () => {
  const url = new URL(product.url)
  const neighbour = new WebSocket(`${product.url.replace('http', 'ws')}/live/${quizId}`)
  let neighbourClosed = false
  neighbour.on('close', () => {
    neighbourClosed = true
  })
  neighbour.on('open', () => neighbour.send(hello({ token })))
  await new Promise<void>((resolve) => {
    const socket = connect(Number(url.port), url.hostname)
    socket.on('close', () => resolve())
    socket.on('error', () => resolve())
    socket.write(
      `GET /live/${quizId} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    setTimeout(() => socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3])), 200)
    setTimeout(() => socket.destroy(), 4_000)
  })
  await sleep(200)
  expect(neighbourClosed).toBe(false)
  neighbour.terminate()
})
