/** What live sockets promise beyond the close table, over real connections. */
import { connect as connectTcp, type Socket } from 'node:net'
import { createRateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import { systemClock } from '@quizboard/shared/kit/system.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { type Client, connect, type Live, type LiveOptions, startLive } from '../testing/live-client.ts'

const opened: { live: Live; clients: { terminate(): void }[] } = { live: undefined as unknown as Live, clients: [] }
afterEach(async () => {
  for (const client of opened.clients.splice(0)) client.terminate()
  await opened.live.stop()
})
const start = async (options: LiveOptions = {}): Promise<Live> => {
  opened.live = await startLive({ ...options, live: { closeMs: 500, ...options.live } })
  opened.live.feed.add('QUIZ')
  opened.live.feed.change('QUIZ', { user_id: 'ann' }, { user_id: 'bob' })
  return opened.live
}
const watch = async (live: Live, hello?: object, quiz = 'QUIZ'): Promise<Client> => {
  const client = await connect(`${live.url}/live/${quiz}`, hello)
  opened.clients.push(client.socket)
  return client
}
/** Rejects when it does not hold within 10 s. */
const eventually = async (holds: () => boolean, meanwhile = () => {}): Promise<void> => {
  for (let i = 0; !holds(); i++) {
    if (i > 5_000) throw new Error('it did not come')
    meanwhile()
    await sleep(2)
  }
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const upgradeRequest = (path: string, fields: Record<string, string> = {}, method = 'GET') => {
  const headers = {
    Host: 'x',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
const tcp = async (live: Live): Promise<Socket> => {
  const socket = connectTcp(live.port, '127.0.0.1')
  opened.clients.push({ terminate: () => socket.destroy() })
  await new Promise((resolve) => socket.once('connect', resolve))
  return socket
}
/** All that the server says until it ends the connection. */
const readAll = async (socket: Socket): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}
const maskedText = (text: string) =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])

describe('the upgrade', () => {
  it.each(['/', '/live', '/live/', '/live/a/b', '/live/a/', '/live/%zz', '/lives/QUIZ', '/api/v1/quizzes'])(
    'elsewhere than /live/{id} is HTTP 404 with a problem: %s',
    async (path) => {
      const live = await start()
      const socket = await tcp(live)
      socket.write(upgradeRequest(path))
      const [head = '', body = ''] = (await readAll(socket)).split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1.1 404 .*\r\n.*application\/problem\+json/s)
      expect(JSON.parse(body)).toMatchObject({
        status: 404,
        code: 'route/unknown',
        type: 'urn:quizboard:route/unknown',
      })
    },
  )

  it('that is none is refused with a problem', async () => {
    const live = await start()
    const cases: [string, RegExp][] = [
      [upgradeRequest('/live/QUIZ', { 'Sec-WebSocket-Key': 'short' }), /^HTTP\/1.1 400 .*"body\/not_json"/s],
      [upgradeRequest('/live/QUIZ', { 'Sec-WebSocket-Version': '7' }), /^HTTP\/1.1 400 .*Sec-WebSocket-Version: 13/s],
      [upgradeRequest('/live/QUIZ', {}, 'POST'), /^HTTP\/1.1 405 .*Allow: GET.*"method\/not_allowed"/s],
    ]
    for (const [request, expected] of cases) {
      const socket = await tcp(live)
      socket.write(request)
      expect(await readAll(socket)).toMatch(expected)
    }
  })

  it('is accepted from any origin, with a query, whatever the case and the percent-encoding of the id', async () => {
    const live = await start()
    for (const path of ['quiz', 'QUIZ?x=1', '%51uiz']) {
      const client = await watch(live, { token: 'quiz/ann' }, path)
      await client.until((frames) => frames.length === 3)
      expect(client.frames[2]).toMatchObject({ quiz_id: 'QUIZ', rank: 1 })
    }
  })

  it('with the hello in the same packet is as good', async () => {
    const live = await start()
    const socket = await tcp(live)
    const chunks: string[] = []
    socket.on('data', (chunk) => chunks.push(chunk.toString('latin1')))
    socket.write(Buffer.concat([Buffer.from(upgradeRequest('/live/QUIZ')), maskedText('{"type":"hello"}')]))
    await eventually(() => chunks.join('').includes('"leaderboard"'))
  })
})

describe('limits', () => {
  it('[Q9.4] a socket over the limit is told so and closed with 1013; the others stay', async () => {
    const live = await start({ live: { socketsMax: 2 } })
    const [first, second] = [await watch(live, {}), await watch(live, {})]
    const third = await watch(live, {})
    expect(await third.closed).toBe(1013)
    expect(third.frames).toMatchObject([{ type: 'error', code: 'service/full', retry_ms: expect.any(Number) }])
    first.socket.close()
    await first.closed
    await sleep(20)
    const fourth = await watch(live, {})
    await fourth.until((frames) => frames.length === 2)
    expect(second.socket.readyState).toBe(second.socket.OPEN)
  })

  it('[Q9.4] silent sockets have a limit of their own', async () => {
    const live = await start({ live: { pendingMax: 2 } })
    await watch(live)
    await watch(live)
    expect(await (await watch(live)).closed).toBe(1013)
  })

  it('[Q9.3] wrong tokens are limited by address', async () => {
    const wrongTokens = createRateLimiter({ ratePerS: 1, burst: 2, clock: systemClock })
    const live = await start({ more: { wrongTokens } })
    const codes: number[] = []
    for (let i = 0; i < 3; i++) codes.push(await (await watch(live, { token: 'x' })).closed)
    expect(codes).toEqual([4401, 4401, 4429])
    const right = await watch(live, { token: 'QUIZ/ann' })
    await right.until((frames) => frames.length === 3)
  })
})

describe('raw bytes', () => {
  const frames: [string, number[], number][] = [
    ['a frame without a mask', [0x81, 2, 0x7b, 0x7d], 1002],
    ['a reserved bit', [0xc1, 0x80, 0, 0, 0, 0], 1002],
    ['a reserved opcode', [0x83, 0x80, 0, 0, 0, 0], 1002],
    ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0], 1002],
    ['a ping of 126 bytes', [0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002],
    ['a frame of 2⁶³ bytes', [0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0], 1009],
    ['a frame of 5,000 bytes that never come', [0x81, 0xfe, 0x13, 0x88, 0, 0, 0, 0], 1009],
  ]
  it.each(frames)('[Q9.4] %s ends that socket, after an error frame', async (_, bytes, code) => {
    const live = await start()
    const neighbour = await watch(live, {})
    const socket = await tcp(live)
    socket.write(Buffer.concat([Buffer.from(upgradeRequest('/live/QUIZ')), Buffer.from(bytes)]))
    const said = await readAll(socket)
    expect(said).toMatch(/"type":"error","code":"frame\//)
    // The last frame is the close: its code comes first.
    const at = said.lastIndexOf('\x88')
    expect((said.charCodeAt(at + 2) << 8) | said.charCodeAt(at + 3)).toBe(code)
    await neighbour.until((all) => all.length === 2)
  })

  it('a socket that ends without a close, or in the middle of a frame, leaves nothing behind', async () => {
    const live = await start()
    for (const tail of [Buffer.alloc(0), Buffer.from([0x81, 0x84, 0])]) {
      const socket = await tcp(live)
      socket.write(Buffer.concat([Buffer.from(upgradeRequest('/live/QUIZ')), maskedText('{"type":"hello"}'), tail]))
      await sleep(30)
      expect(live.live.sockets).toBe(1)
      socket.resetAndDestroy()
      await eventually(() => live.live.sockets === 0)
    }
    live.feed.change('QUIZ', { user_id: 'eve' })
    await sleep(20)
    expect(await live.metrics.registry.getSingleMetricAsString('quizboard_live_viewers')).toMatch(/role="viewer".* 0/)
  })
})

it('[Q4.3] every frame is a whole text frame, the board before the own rank, and both of one version agree', async () => {
  const live = await start()
  const clients = [await watch(live, { token: 'QUIZ/ann' }), await watch(live, { token: 'QUIZ/ann', top: 100 })]
  await watch(live, { token: 'QUIZ/bob' })
  const names = Array.from({ length: 120 }, (_, i) => ({ user_id: `u${i}`, name: `Nämé ${i} 🦄`, score: i }))
  live.feed.change('QUIZ', ...names)
  const began = performance.now()
  for (let score = 1; score <= 200; score++) {
    live.feed.change('QUIZ', { user_id: 'ann', score })
    await sleep(2)
  }
  for (const client of clients) {
    await client.until((frames) => frames.some((frame) => frame.type === 'you' && frame.score === 200))
    const ticks = (performance.now() - began) / live.edge.settings.minMs
    let board: { version: number; mine: object | undefined } = { version: 0, mine: undefined }
    for (const frame of client.frames) {
      if (frame.type === 'leaderboard') {
        const mine = frame.top.find((row) => row.user_id === 'ann')
        board = { version: frame.version, mine: mine && { rank: mine.rank, score: mine.score } }
      } else if (frame.type === 'you' && frame.version === board.version && board.mine) {
        expect({ rank: frame.rank, score: frame.score }).toEqual(board.mine)
      }
    }
    expect(client.of('leaderboard').length).toBeLessThan(ticks + 5)
    expect(client.of('leaderboard').at(-1)?.top[0]).toEqual({ rank: 1, user_id: 'ann', name: 'ann', score: 200 })
    const versions = client.frames.filter(({ type }) => type !== 'quiz').map(({ version }) => version)
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
  }
})

/** A board that fills the buffers between the two ends quickly. */
const WIDE = Array.from({ length: 100 }, (_, i) => ({ user_id: `player-${i}`, name: '🦄'.repeat(40), score: i }))

describe('[Q9.5] a reader who has stopped', () => {
  it('is not queued for, and gets the newest board when it reads again', async () => {
    const live = await start({ edge: { minMs: 1 } })
    live.feed.change('QUIZ', ...WIDE)
    const slow = await watch(live, { token: 'QUIZ/ann', top: 100 })
    await slow.until((frames) => frames.length === 3)
    slow.socket.pause()
    let score = 0
    const change = () => live.feed.change('QUIZ', { user_id: 'ann', score: ++score })
    await eventually(() => live.edge.behind > 0, change)
    const sent = live.edge.counts.leaderboard
    for (let i = 0; i < 100; i++) {
      change()
      await sleep(2)
    }
    expect(live.edge.counts.leaderboard).toBe(sent)
    slow.socket.resume()
    await slow.until((frames) => frames.some((frame) => frame.type === 'you' && frame.score === score))
    expect(slow.frames.length).toBeLessThan(2 * score)
    expect(slow.of('leaderboard').at(-1)?.top[0]?.score).toBe(score)
  }, 30_000)

  it('is closed when it is stuck', async () => {
    const live = await start({ edge: { minMs: 1, stuckMs: 300 } })
    live.feed.change('QUIZ', ...WIDE)
    const [stuck, other] = [await watch(live, { top: 100 }), await watch(live, { top: 100 })]
    await stuck.until((frames) => frames.length === 2)
    stuck.socket.pause()
    let score = 1_000
    await eventually(
      () => live.live.sockets === 1,
      () => live.feed.change('QUIZ', { user_id: 'ann', score: ++score }),
    )
    expect(other.socket.readyState).toBe(other.socket.OPEN)
    stuck.socket.resume()
    const refused = await live.metrics.registry.getSingleMetricAsString('quizboard_live_refused_total')
    expect(refused).toMatch(/code="client\/too_slow".* 1/)
  }, 30_000)
})

it('a connection that answers no ping is ended; one that does stays', async () => {
  const live = await start({ live: { pingIntervalMs: 100 } })
  const alive = await watch(live, {})
  const dead = await tcp(live)
  dead.write(Buffer.concat([Buffer.from(upgradeRequest('/live/QUIZ')), maskedText('{"type":"hello"}')]))
  dead.on('data', () => {})
  dead.on('error', () => {})
  await new Promise((resolve) => dead.once('close', resolve))
  await sleep(300)
  expect(alive.socket.readyState).toBe(alive.socket.OPEN)
})

it('a restart sends everybody away with 1012 and a time to come back, spread', async () => {
  const live = await start()
  const clients = await Promise.all(
    Array.from({ length: 20 }, (_, i) => watch(live, i % 2 ? {} : { token: 'QUIZ/ann' })),
  )
  const silent = await watch(live)
  await Promise.all(clients.map((client) => client.until((frames) => frames.length >= 2)))
  await live.live.stop()
  const times = new Set<number | undefined>()
  for (const client of [...clients, silent]) {
    expect(await client.closed).toBe(1012)
    expect(client.frames.at(-1)).toMatchObject({
      type: 'error',
      code: 'service/restarting',
      retry_ms: expect.any(Number),
    })
    times.add(client.frames.at(-1)?.retry_ms)
  }
  expect(times.size).toBeGreaterThan(10)
  await expect(connect(`${live.url}/live/QUIZ`)).rejects.toThrow(/503/)
  await live.live.stop()
})

it('a client that never answers the close is cut off', async () => {
  const live = await start({ live: { closeMs: 100 } })
  const socket = await tcp(live)
  socket.write(Buffer.concat([Buffer.from(upgradeRequest('/live/QUIZ')), maskedText('{"type":"goodbye"}')]))
  socket.on('data', () => {})
  await new Promise((resolve) => socket.once('close', resolve))
  await eventually(() => live.live.sockets === 0)
})
