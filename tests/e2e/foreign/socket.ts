/** A viewer's or player's live socket: keeps every frame's facts, reconnects, and checks that nothing ever goes back. */
import WebSocket from 'ws'
import type { Target } from './api.ts'

interface Frame {
  type: string
  epoch?: number
  version?: number
  reset?: boolean
  [field: string]: unknown
}

export interface Live {
  /** The newest frame of each type. */
  newest: Map<string, Frame>
  /** What was seen to be wrong; empty in the end. */
  wrongs: string[]
  /** Every frame as it came. */
  raw: string[]
  connections: number
  onQuiz?: (frame: Frame) => void
  drop(): void
  close(): void
}

export const openLive = (
  target: Target,
  quizId: string,
  options: { token?: string; top?: number; keepRaw?: boolean },
): Live => {
  let socket: WebSocket | undefined
  let closed = false
  let seen = { epoch: 0, version: 0 }
  let board: { epoch: number; version: number; rows: Record<string, unknown>[] } | undefined
  let me: string | undefined
  if (options.token) {
    const claims = JSON.parse(Buffer.from(options.token.split('.')[1] ?? '', 'base64url').toString()) as {
      sub?: string
    }
    me = claims.sub
  }
  const live: Live = { newest: new Map(), wrongs: [], raw: [], connections: 0, drop: () => socket?.terminate(), close }

  function check(frame: Frame): void {
    if (frame.type === 'quiz') {
      const last = live.newest.get('quiz')
      if (last && (frame.revision as number) < (last.revision as number)) live.wrongs.push('quiz revision fell')
      return
    }
    if (frame.type !== 'leaderboard' && frame.type !== 'you') return
    const { epoch = -1, version = -1 } = frame
    const back = epoch < seen.epoch || (epoch === seen.epoch && version < seen.version)
    if (back && !frame.reset)
      live.wrongs.push(`${frame.type} went back from ${seen.epoch}.${seen.version} to ${epoch}.${version}`)
    seen = { epoch, version }
    if (frame.type === 'leaderboard') {
      board = { epoch, version, rows: frame.top as Record<string, unknown>[] }
      let above = Number.POSITIVE_INFINITY
      for (const row of board.rows) {
        if ((row.score as number) > above) live.wrongs.push('board out of order')
        above = row.score as number
      }
    } else if (board && board.epoch === epoch && board.version === version) {
      const row = board.rows.find((r) => r.user_id === me)
      if (row && (row.rank !== frame.rank || row.score !== frame.score))
        live.wrongs.push(
          `board and you disagree at ${epoch}.${version}: ${JSON.stringify(row)} ${JSON.stringify(frame)}`,
        )
    }
  }

  function connect(): void {
    if (closed) return
    live.connections++
    socket = new WebSocket(`${target.url.replace('http', 'ws')}/live/${quizId}`)
    const order: string[] = []
    const last = seen.epoch > 0 ? { epoch: seen.epoch, version: seen.version } : {}
    socket.on('open', () => {
      const { token, top } = options
      socket?.send(JSON.stringify({ type: 'hello', ...(token ? { token } : {}), ...(top ? { top } : {}), ...last }))
    })
    socket.on('message', (data) => {
      const text = data.toString()
      if (options.keepRaw) live.raw.push(text)
      const frame = JSON.parse(text) as Frame
      const expected = ['quiz', 'leaderboard', ...(options.token && me ? ['you'] : [])]
      if (order.length < expected.length && frame.type !== 'error') {
        if (frame.type !== expected[order.length]) live.wrongs.push(`frame ${order.length} was ${frame.type}`)
        order.push(frame.type)
      }
      check(frame)
      live.newest.set(frame.type, frame)
      if (frame.type === 'quiz') live.onQuiz?.(frame)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      if (!closed) setTimeout(connect, 50)
    })
  }
  function close(): void {
    closed = true
    socket?.terminate()
  }
  connect()
  return live
}
