import type { LeaderboardFrame, QuizFrame } from '@quizboard/shared/contracts/frames.ts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeSocket, type FakeSocket } from './fake-socket.ts'
import { createLiveClient } from './socket.ts'

const quiz: QuizFrame = {
  type: 'quiz',
  quiz_id: 'q',
  revision: 1,
  state: 'open',
  mode: 'live',
  question_count: 3,
  players: 1,
  server_time: '2026-01-01T12:00:00.000Z',
}
const board = (version: number): LeaderboardFrame => ({
  type: 'leaderboard',
  quiz_id: 'q',
  epoch: 4,
  version,
  players: 1,
  top: [],
})

const open = (token?: string) => {
  const sockets: FakeSocket[] = []
  const client = createLiveClient({
    connect: () => {
      const socket = createFakeSocket()
      sockets.push(socket)
      return socket
    },
    token,
    top: 10,
    now: () => Date.now(),
    random: () => 1,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
  })
  client.start()
  const latest = () => {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('no socket was opened')
    return socket
  }
  const goLive = () => {
    latest().open()
    latest().receive(quiz)
    latest().receive(board(7))
  }
  return { client, sockets, latest, goLive }
}

describe('the live client', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('[Q5.2] says hello with its token at first, and with the newest version after a loss', () => {
    const { client, latest, goLive } = open('token')
    goLive()
    expect(latest().sent).toEqual([{ type: 'hello', top: 10, token: 'token' }])
    expect(client.getState().link).toEqual({ status: 'live' })
    latest().drop(1006)
    vi.advanceTimersByTime(500)
    latest().open()
    expect(latest().sent).toEqual([{ type: 'hello', top: 10, token: 'token', epoch: 4, version: 7 }])
  })

  it('[Q11.2] keeps showing the last state while it waits, with waits that double up to a cap', () => {
    const { client, latest, goLive, sockets } = open()
    goLive()
    const waits: number[] = []
    for (let round = 0; round < 8; round++) {
      latest().drop(1006)
      const { link } = client.getState()
      if (link.status !== 'waiting') throw new Error('it should wait')
      waits.push(link.retryAt - Date.now())
      vi.advanceTimersByTime(link.retryAt - Date.now())
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    expect(client.getState().board?.version).toBe(7)
    expect(sockets).toHaveLength(9)
  })

  it('[Q11.2] starts the waits anew once a connection has held', () => {
    const { client, latest, goLive } = open()
    for (const wait of [500, 1_000, 2_000, 4_000]) {
      latest().drop(1006)
      vi.advanceTimersByTime(wait)
    }
    goLive()
    vi.advanceTimersByTime(5_000)
    latest().drop(1006)
    expect(client.getState().link).toMatchObject({ status: 'waiting', retryAt: Date.now() + 500 })
  })

  it('[Q11.2] honours the retry_ms of a restarting server', () => {
    const { client, latest, goLive } = open()
    goLive()
    latest().receive({ type: 'error', code: 'service/restarting', detail: 'back soon', retry_ms: 3_210 })
    latest().drop(1012)
    expect(client.getState().link).toMatchObject({ status: 'waiting', retryAt: Date.now() + 3_210 })
  })

  it.each([4401, 4403, 4404])('[Q11.2] gives up for good on close code %i, with a reason to read', (code) => {
    const { client, latest, sockets } = open('token')
    latest().open()
    latest().drop(code)
    expect(client.getState().link).toMatchObject({ status: 'ended', code, reason: expect.stringMatching(/\w+/) })
    vi.advanceTimersByTime(60_000)
    client.wake(60_000)
    expect(sockets).toHaveLength(1)
  })

  it('[Q11.2] treats a connection without any frame for ten seconds as lost', () => {
    const { client, latest, sockets } = open()
    latest().open()
    vi.advanceTimersByTime(10_000)
    expect(client.getState().link.status).toBe('waiting')
    expect(sockets[0]?.isClosed).toBe(true)
  })

  it('[Q11.2] does not wait any longer when the page wakes up, nor trust a connection that slept through', () => {
    const { client, latest, goLive, sockets } = open()
    goLive()
    client.wake(1_000)
    expect(sockets).toHaveLength(1)
    client.wake(30_000)
    expect(sockets).toHaveLength(2)
    expect(client.getState().link.status).toBe('live')
    latest().drop(1006)
    client.wake(0)
    expect(sockets).toHaveLength(3)
  })

  it('[Q5.2] ignores late frames of an earlier connection, and frames that are not known or not JSON', () => {
    const { client, sockets, latest, goLive } = open()
    goLive()
    latest().drop(1006)
    vi.advanceTimersByTime(500)
    sockets[0]?.receive(board(99))
    latest().receive('{"type":"news"}')
    latest().receive('not json')
    latest().receive('null')
    expect(client.getState().board?.version).toBe(7)
    expect(client.getState().link.status).toBe('connecting')
  })

  it('[Q11.2] does nothing more after stop', () => {
    const { client, latest, sockets, goLive } = open()
    goLive()
    client.stop()
    expect(latest().isClosed).toBe(true)
    client.wake(60_000)
    vi.advanceTimersByTime(60_000)
    expect(sockets).toHaveLength(1)
  })
})
