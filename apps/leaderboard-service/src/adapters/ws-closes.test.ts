/** Every row of the contract's close table, over real sockets. */
import { eventually } from '@quizboard/shared/testing/eventually.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, connect, type Live, startLive } from '../testing/live-client.ts'

let live: Live
beforeAll(async () => {
  live = await startLive({ live: { helloMs: 300 }, edge: { knowledgeMs: 100, patienceMs: 500 } })
  live.feed.add('QUIZ')
  live.feed.add('OTHER')
  live.feed.add('LONGAGO', { state: 'closed', closed_at: new Date(Date.now() - 24 * 3_600_000).toISOString() })
  live.feed.add('JUSTNOW', { state: 'closed', closed_at: new Date(Date.now() - 23 * 3_600_000).toISOString() })
  for (const quiz of ['QUIZ', 'OTHER', 'LONGAGO', 'JUSTNOW']) live.feed.change(quiz, { user_id: 'ann' })
})
afterAll(() => live.stop())

const hello = (more: object = {}) => JSON.stringify({ type: 'hello', ...more })
type Row = [what: string, act: (client: Client) => void, close: number, code: string, path?: string]
const sends =
  (...frames: string[]) =>
  ({ socket }: Client) => {
    for (const frame of frames) socket.send(frame)
  }

const ROWS: Row[] = [
  ['no JSON', sends('hello'), 4400, 'hello/invalid'],
  ['an empty frame', sends(''), 4400, 'hello/invalid'],
  ['a list', sends('[]'), 4400, 'hello/invalid'],
  ['null', sends('null'), 4400, 'hello/invalid'],
  ['another type', sends('{"type":"you"}'), 4400, 'hello/invalid'],
  ['no type', sends('{"token":"host"}'), 4400, 'hello/invalid'],
  ['top 0', sends(hello({ top: 0 })), 4400, 'hello/invalid'],
  ['top 101', sends(hello({ top: 101 })), 4400, 'hello/invalid'],
  ['top 1.5', sends(hello({ top: 1.5 })), 4400, 'hello/invalid'],
  ['top "10"', sends(hello({ top: '10' })), 4400, 'hello/invalid'],
  ['top null', sends(hello({ top: null })), 4400, 'hello/invalid'],
  ['a negative epoch', sends(hello({ epoch: -1 })), 4400, 'hello/invalid'],
  ['an epoch of 1e999', sends('{"type":"hello","epoch":1e999}'), 4400, 'hello/invalid'],
  ['a version in a list', sends(hello({ version: [1] })), 4400, 'hello/invalid'],
  ['a token that is a number', sends(hello({ token: 5 })), 4400, 'hello/invalid'],
  ['2,000 nested lists', sends('['.repeat(2_000) + ']'.repeat(2_000)), 4400, 'hello/invalid'],
  ['a second hello', sends(hello(), hello()), 4400, 'frame/unexpected'],
  ['anything after the hello', sends(hello(), '{}'), 4400, 'frame/unexpected'],
  ['a wrong token', sends(hello({ token: 'x.y.z' })), 4401, 'auth/invalid'],
  ['an empty token', sends(hello({ token: '' })), 4401, 'auth/invalid'],
  ['an expired token', sends(hello({ token: 'expired' })), 4401, 'auth/expired'],
  ["a token 24 h after the quiz's close", sends(hello({ token: 'LONGAGO/ann' })), 4401, 'auth/expired', 'LONGAGO'],
  ['a token of another quiz', sends(hello({ token: 'OTHER/ann' })), 4403, 'auth/other_quiz'],
  ['an unknown quiz', sends(hello()), 4404, 'quiz/unknown', 'NOPE'],
  ['an unknown quiz with a percent in it', sends(hello()), 4404, 'quiz/unknown', '%F0%9F%A6%84%00'],
  ['a wrong token for an unknown quiz', sends(hello({ token: 'x' })), 4401, 'auth/invalid', 'NOPE'],
  ['no hello', () => {}, 4408, 'hello/timeout'],
  ['a ping, but no hello', ({ socket }) => socket.ping(), 4408, 'hello/timeout'],
  ['half a hello', ({ socket }) => socket.send('{"type":', { fin: false }), 4408, 'hello/timeout'],
  ['binary', ({ socket }) => socket.send(Buffer.from(hello())), 1003, 'frame/binary'],
  [
    'binary after the hello',
    ({ socket }) => {
      socket.send(hello())
      socket.send(Buffer.alloc(9))
    },
    1003,
    'frame/binary',
  ],
  [
    'not UTF-8',
    ({ socket }) => socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false }),
    1007,
    'frame/not_utf8',
  ],
  [
    'half a surrogate',
    ({ socket }) => socket.send(Buffer.from([0xed, 0xa0, 0x80]), { binary: false }),
    1007,
    'frame/not_utf8',
  ],
  ['4,097 bytes', sends(hello({ pad: 'x'.repeat(4_097 - 25) })), 1009, 'frame/too_large'],
  [
    '4,097 bytes in two fragments',
    ({ socket }) => {
      socket.send('x'.repeat(4_000), { fin: false })
      socket.send('x'.repeat(97))
    },
    1009,
    'frame/too_large',
  ],
  ['10 MB', sends('x'.repeat(10_000_000)), 1009, 'frame/too_large'],
  ['100 text frames', sends(...Array<string>(100).fill('{}')), 4429, 'rate/limited'],
  ['a hello, then 100 more', sends(...Array<string>(101).fill(hello())), 4429, 'rate/limited'],
  ['21 pings', ({ socket }) => void Array.from({ length: 21 }, () => socket.ping()), 4429, 'rate/limited'],
  ['21 pongs', ({ socket }) => void Array.from({ length: 21 }, () => socket.pong()), 4429, 'rate/limited'],
  [
    '200 fragments',
    ({ socket }) => void Array.from({ length: 200 }, () => socket.send('', { fin: false })),
    4429,
    'rate/limited',
  ],
]

describe('[Q9.4] a socket that misbehaves is closed with its code, after an error frame', () => {
  it.each(ROWS)('%s', async (_, act, close, code, path = 'QUIZ') => {
    const neighbour = await connect(`${live.url}/live/QUIZ`, { token: 'QUIZ/ann' })
    const client = await connect(`${live.url}/live/${path}`)
    act(client)
    expect(await client.closed).toBe(close)
    expect(client.frames.at(-1)).toMatchObject({ type: 'error', code, detail: expect.any(String) })
    await neighbour.until((frames) => frames.length === 3)
    expect(neighbour.socket.readyState).toBe(neighbour.socket.OPEN)
    neighbour.socket.terminate()
  })
})

it("[Q9.4] a player's token is good until 24 h after the close", async () => {
  const client = await connect(`${live.url}/live/JUSTNOW`, { token: 'JUSTNOW/ann' })
  await client.until((frames) => frames.length === 3)
  client.socket.terminate()
})

it('[Q9.4] 4,096 bytes, 20 fragments and 20 pings are not too many', async () => {
  const client = await connect(`${live.url}/live/QUIZ`)
  const text = hello({ pad: 'x'.repeat(4_096 - 25) })
  expect(text.length).toBe(4_096)
  let pongs = 0
  client.socket.on('pong', () => pongs++)
  for (let i = 0; i < 20; i++) client.socket.send(text.slice(i * 205, (i + 1) * 205), { fin: i === 19 })
  await client.until((frames) => frames.length === 2)
  for (let i = 0; i < 20; i++) client.socket.ping()
  live.feed.change('QUIZ', { user_id: 'eve' })
  await client.until((frames) => frames.length === 4)
  await eventually('every ping is answered', () => pongs === 20)
  client.socket.terminate()
})

it('[Q9.7] an unknown quiz is asked for again later while the log cannot be read', async () => {
  live.feed.hasLog = false
  const client = await connect(`${live.url}/live/NOPE`)
  client.socket.send(hello())
  expect(await client.closed).toBe(1013)
  live.feed.hasLog = true
})
