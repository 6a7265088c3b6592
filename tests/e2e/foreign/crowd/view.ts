/**
 * One client's live socket among thousands: it connects to any replica, comes back with growing waits, and holds what it is shown
 * against Q4 and Q5 all the time.
 */
import WebSocket from 'ws'
import type { Json, Seeded } from '../api.ts'
import type { Tally } from './tally.ts'

interface Row {
  user_id: string
  rank: number
  score: number
}
interface BoardFrame {
  epoch: number
  version: number
  players: number
  top: Row[]
}
interface YouFrame {
  epoch: number
  version: number
  rank: number
  score: number
}
interface QuizFrame {
  revision: number
  state: string
  question?: { position: number; state: string; answer?: string }
}

export interface View {
  readonly board: BoardFrame | undefined
  readonly you: YouFrame | undefined
  readonly quiz: QuizFrame | undefined
  readonly isOpen: boolean
  /** The own points are `score` by an answer that was to be sent at `intended`: notes how old that is when the screen shows it. */
  expect(score: number, intended: number): void
  close(): void
}

/** A socket ended that its client did not end. */
export interface Ended {
  replica: string
  code: number
  /** Code and detail of the error frame before it, or ws's reason. */
  why: string
  /** Whether it had been shown anything, or was still waiting for the answer to its hello; and for how long, ms. */
  stage: 'live' | 'waiting'
  ms: number
  /** Date.now(). */
  at: number
}

export interface ViewOptions {
  quizId: string
  /** For people. */
  name: string
  /** undefined: a viewer. */
  player?: { user_id: string; token: string }
  top: number
  /** Of the replicas that take sockets. */
  replicas: readonly string[]
  random: Seeded
  tally: Tally
  onEnded(ended: Ended): void
  /** The key of the question at `position` was shown. */
  onKey(position: number): void
}

const CONNECT_MS = 5_000
const WAIT_MIN_MS = 50
const WAIT_MAX_MS = 2_000

export const openView = (options: ViewOptions): View => {
  const { quizId, name, player, top, replicas, random, tally, onEnded, onKey } = options
  let socket: WebSocket | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let tries = 0
  let seen = { epoch: 0, version: 0 }
  let board: BoardFrame | undefined
  let you: YouFrame | undefined
  let quiz: QuizFrame | undefined
  /** By the newest answer that changed the points, and whether the screen has shown it. */
  let expected: { score: number; intended: number } | undefined
  let isNoted = false
  /** The newest board came by this connection, and so its `you` has come before the next. */
  let isWhole = false

  const place = (frame: { epoch: number; version: number }) => `${frame.epoch}.${frame.version}`
  const advance = (type: string, frame: { epoch: number; version: number; reset?: boolean }) => {
    const isBack = frame.epoch < seen.epoch || (frame.epoch === seen.epoch && frame.version < seen.version)
    if (isBack && !frame.reset) tally.wrong('view went back', `${name}: ${type} from ${place(seen)} to ${place(frame)}`)
    seen = { epoch: frame.epoch, version: frame.version }
  }
  /** [Q4.3] [Q4.4] The player's row of a board is the newest `you` up to it. */
  const compare = () => {
    const row = player && board?.top.find(({ user_id }) => user_id === player.user_id)
    if (!board || !you || !row) return
    if (row.rank !== you.rank || row.score !== you.score)
      tally.wrong('view disagrees', `${name} at ${place(board)}: ${JSON.stringify(row)}, you ${JSON.stringify(you)}`)
  }
  const takeBoard = (frame: BoardFrame) => {
    if (isWhole) compare()
    advance('leaderboard', frame)
    board = frame
    isWhole = true
    let [rank, above] = [0, Number.POSITIVE_INFINITY]
    for (const [index, row] of frame.top.entries()) {
      if (row.score < above) rank = index + 1
      if (row.score > above || row.rank !== rank)
        tally.wrong('rank', `${name}: board ${place(frame)} has ${JSON.stringify(row)} at ${index}`)
      above = row.score
    }
  }
  const noteShown = () => {
    if (!expected || you?.score !== expected.score || isNoted) return
    isNoted = true
    tally.shown.add(performance.now() - expected.intended)
  }
  const takeYou = (frame: YouFrame) => {
    advance('you', frame)
    you = frame
    noteShown()
    if (board && place(board) === place(frame)) compare()
  }
  const takeQuiz = (frame: QuizFrame) => {
    if (quiz && frame.revision < quiz.revision)
      tally.wrong('view went back', `${name}: quiz from revision ${quiz.revision} to ${frame.revision}`)
    quiz = frame
    const { question } = frame
    if (question?.answer === undefined) return
    if (question.state !== 'closed') tally.wrong('key too early', `${name}: ${JSON.stringify(frame)}`)
    onKey(question.position)
  }
  const take = (frame: Json) => {
    tally.frames++
    if (frame.type === 'leaderboard') takeBoard(frame)
    else if (frame.type === 'you') takeYou(frame)
    else if (frame.type === 'quiz') takeQuiz(frame)
    // What comes after is of another state, which a client is to take as it is.
    if (frame.type !== 'quiz' && frame.reset) isWhole = false
  }
  const connectLater = () => {
    const wait = Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** tries++)
    timer = setTimeout(connect, wait * (0.5 + random.next()))
  }
  const connect = () => {
    if (closed) return
    const replica = random.pick(replicas)
    const made = new WebSocket(`${replica.replace('http', 'ws')}/live/${quizId}`, {
      perMessageDeflate: false,
      handshakeTimeout: CONNECT_MS,
    })
    socket = made
    isWhole = false
    let openedAt: number | undefined
    let stage: Ended['stage'] = 'waiting'
    let why = ''
    made.on('open', () => {
      openedAt = Date.now()
      const last = seen.epoch > 0 ? seen : {}
      made.send(JSON.stringify({ type: 'hello', top, ...last, ...(player ? { token: player.token } : {}) }))
    })
    made.on('message', (data) => {
      const frame = JSON.parse(String(data))
      if (frame.type === 'error') why = `${frame.code}: ${frame.detail}`
      else {
        tries = 0
        stage = 'live'
        take(frame)
      }
    })
    made.on('error', () => {})
    made.on('close', (code, reason) => {
      if (closed) return
      if (openedAt !== undefined) {
        tally.reconnects++
        const at = Date.now()
        onEnded({ replica, code, why: why || String(reason) || 'no reason', stage, ms: at - openedAt, at })
      }
      connectLater()
    })
  }
  connect()
  return {
    get board() {
      return board
    },
    get you() {
      return you
    },
    get quiz() {
      return quiz
    },
    expect(score, intended) {
      if (score === (expected?.score ?? 0)) return
      expected = { score, intended }
      isNoted = false
      noteShown()
    },
    get isOpen() {
      return socket?.readyState === WebSocket.OPEN
    },
    close() {
      closed = true
      clearTimeout(timer)
      socket?.terminate()
    },
  }
}
