/**
 * Players with a screen and a connection for answers each, in a process of their own: bare sockets, as cheap as can be. Answers are
 * sent at their times, whatever becomes of those before (one connection takes one at a time; who is early waits there, and is
 * timed from when it should have been sent). One player, the leader, answers ten times a second over many connections, always right, so
 * the points fall from answer to answer: whichever screen shows so few or fewer has shown that answer.
 */
import { connect, type Socket } from 'node:net'

export interface ScreensOrder {
  protocol: 'ours' | 'socket.io'
  quiz_id: string
  /** Of the players; the first is the leader. */
  tokens: string[]
  leader: string
  /** Of those who take answers and those who show boards; players are spread over them. */
  answerPorts: number[]
  screenPorts: number[]
}
export interface RunOrder {
  question_id: string
  options: string[]
  right: string
  /** Answers a second, the leader's among them. */
  rate: number
  seconds: number
}
export interface ScreensReport {
  /** Milliseconds from when the leader's answer was to be sent until a screen showed it. */
  p50: number
  p99: number
  max: number
  /** Milliseconds to the reply. */
  reply_p50: number
  reply_p99: number
  answers: number
  /** Replies a second while answers were sent. */
  perSecond: number
  /** Answers that were refused (429, 503). */
  refused: number
  /** Pairs of answer and screen that were not there at the end. */
  missing: number
  pairs: number
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const PROBE_MS = 100
const LEADER_CONNECTIONS = 64
/** Not counted: the first of a run. */
const WARM_MS = 1_000
/** After the last answer. */
const DRAIN_MS = 5_000
/** A pong that nobody asked for, masked: says that a screen is alive, without reading the server's frames. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const PONG_MS = 60_000
/** A row's length at most. */
const ROW_MAX = 300

/** A masked text frame; the mask is zero. */
const masked = (text: string): Buffer => {
  const payload = Buffer.from(text)
  const { length } = payload
  const head = length < 126 ? [0x81, 0x80 | length] : [0x81, 0xfe, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload])
}

/** What a screen has shown of the leader in this run: when, and so many points. */
interface Screen {
  times: number[]
  scores: number[]
  last: number
}

const openScreen = (order: ScreensOrder, i: number): Promise<Screen> =>
  new Promise((resolve, reject) => {
    const { protocol, quiz_id, tokens, leader, screenPorts } = order
    const socket = connect({ host: '127.0.0.1', port: screenPorts[i % screenPorts.length] ?? 0, noDelay: true })
    socket.setEncoding('latin1')
    const path = protocol === 'ours' ? `/live/${quiz_id}` : '/socket.io/?EIO=4&transport=websocket'
    const token = tokens[i]
    const hello = protocol === 'ours' ? JSON.stringify({ type: 'hello', token }) : `40${JSON.stringify({ token })}`
    const screen: Screen = { times: [], scores: [], last: -1 }
    const marker = `"user_id":"${leader}"`
    let greeted = false
    let rest = ''
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
    )
    socket.on('data', (chunk: string) => {
      if (!greeted) {
        greeted = true
        socket.write(masked(hello))
        if (protocol === 'ours') setInterval(() => socket.write(PONG), PONG_MS).unref()
        resolve(screen)
        return
      }
      const text = rest + chunk
      const at = text.lastIndexOf(marker)
      const [, score] = (at === -1 ? undefined : /"score":(\d+)[,}]/.exec(text.slice(at, at + ROW_MAX))) ?? []
      rest = score === undefined && at !== -1 ? text.slice(at) : text.slice(-marker.length)
      if (score === undefined || Number(score) === screen.last) return
      screen.last = Number(score)
      screen.times.push(performance.now())
      screen.scores.push(screen.last)
    })
    socket.once('error', reject)
    socket.on('close', () => fail(new Error(`a screen lost its connection: ${rest}`)))
  })

interface Answer {
  /** When it was to be sent. */
  at: number
  text: string
  done(status: number, total: number): void
}

interface Sender {
  send(answer: Answer): void
  /** What waits is not sent any more. */
  drop(): void
}

/** The leader's, over many connections in turn, so that a slow reply holds up none of those behind it. */
const openLeader = (ports: readonly number[]): Sender => {
  const all = Array.from({ length: LEADER_CONNECTIONS }, (_, i) => openAnswers(ports[i % ports.length] ?? 0))
  let turn = 0
  return {
    send: (answer) => all[turn++ % all.length]?.send(answer),
    drop() {
      for (const one of all) one.drop()
    },
  }
}

/** Sends one answer at a time. A connection that was idle for long may have been closed: the answer goes over the next one. */
const openAnswers = (port: number): Sender => {
  const waiting: Answer[] = []
  let socket: Socket | undefined
  let text = ''
  const send = (): void => {
    if (!waiting[0]) return
    socket ??= open()
    socket.write(waiting[0].text)
  }
  const open = () => {
    text = ''
    const opened = connect({ host: '127.0.0.1', port, noDelay: true })
    opened.setEncoding('latin1')
    opened.on('data', take)
    opened.on('error', () => {})
    opened.on('close', () => {
      socket = undefined
      send()
    })
    return opened
  }
  const take = (chunk: string) => {
    text += chunk
    const end = text.indexOf('\r\n\r\n')
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(text) ?? []
    if (end === -1 || text.length < end + 4 + Number(length ?? 0)) return
    const [, total] = /"total":(\d+)/.exec(text) ?? []
    const status = Number(text.slice(9, 12))
    text = ''
    waiting.shift()?.done(status, Number(total ?? Number.NaN))
    send()
  }
  return {
    send(answer) {
      if (waiting.push(answer) === 1) send()
    },
    drop: () => void waiting.splice(1),
  }
}

const fail = (error: unknown): never => {
  console.error(error)
  process.exit(1)
}

let order: ScreensOrder | undefined
let screens: Screen[] = []
let senders: Sender[] = []

const open = async (given: ScreensOrder) => {
  order = given
  for (let from = 0; from < given.tokens.length; from += 50) {
    const some = given.tokens.slice(from, from + 50).map((_, i) => from + i)
    screens = screens.concat(await Promise.all(some.map((i) => openScreen(given, i))))
    const { answerPorts } = given
    senders = senders.concat(some.map((i) => openAnswers(answerPorts[i % answerPorts.length] ?? 0)))
  }
  senders[0] = openLeader(given.answerPorts)
}

let ids = 0
const textOf = ({ quiz_id, tokens }: ScreensOrder, player: number, question_id: string, answer: string): string => {
  const body = JSON.stringify({ question_id, answer, answer_id: `${process.pid}-${++ids}` })
  return [
    `POST /api/v1/answers/${quiz_id} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${tokens[player]}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}

interface Probe {
  at: number
  /** NaN: not accepted. */
  total: number
}

const run = async ({ question_id, options, right, rate, seconds }: RunOrder): Promise<ScreensReport> => {
  if (!order) throw new Error('nothing is open')
  const on = order
  for (const screen of screens) Object.assign(screen, { times: [], scores: [] })
  const replies: number[] = []
  const probes: Probe[] = []
  const counts = { sent: 0, refused: 0, inTime: 0 }
  const begun = performance.now()
  const end = begun + seconds * 1_000
  const send = (player: number, at: number, answer: string, probe?: Probe) => {
    counts.sent++
    senders[player]?.send({
      at,
      text: textOf(on, player, question_id, answer),
      done(status, total) {
        const now = performance.now()
        if (now <= end) counts.inTime++
        if (status === 200 && probe) probe.total = total
        if (status === 200) replies.push(now - at)
        else if (status === 429 || status === 503) counts.refused++
        else fail(new Error(`an answer got ${status}`))
      },
    })
  }
  const others = Math.max(0.001, rate - 1_000 / PROBE_MS)
  let nextProbe = begun
  let nextOther = begun
  while (performance.now() < end) {
    const now = performance.now()
    for (; nextProbe <= now; nextProbe += PROBE_MS) {
      const probe = { at: nextProbe, total: Number.NaN }
      probes.push(probe)
      send(0, nextProbe, right, probe)
    }
    // Poisson arrivals.
    for (; nextOther <= now; nextOther += (-Math.log(1 - Math.random()) * 1_000) / others) {
      const player = 1 + Math.floor(Math.random() * (on.tokens.length - 1))
      send(player, nextOther, options[Math.floor(Math.random() * options.length)] ?? right)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await new Promise((resolve) => setTimeout(resolve, DRAIN_MS))
  // The next run has another question: nothing of this one may come to it.
  for (const { drop } of senders) drop()
  await new Promise((resolve) => setTimeout(resolve, DRAIN_MS))
  const counted = probes.filter(({ at, total }) => at >= begun + WARM_MS && !Number.isNaN(total))
  const waits = screens.flatMap((screen) => waitsOf(screen, counted))
  const shown = waits.filter((wait) => !Number.isNaN(wait)).sort((a, b) => a - b)
  replies.sort((a, b) => a - b)
  const at = (values: readonly number[], q: number) => values[Math.floor(q * (values.length - 1))] ?? Number.NaN
  return {
    ...{ p50: at(shown, 0.5), p99: at(shown, 0.99), max: shown.at(-1) ?? Number.NaN },
    ...{ reply_p50: at(replies, 0.5), reply_p99: at(replies, 0.99) },
    ...{ answers: counts.sent, perSecond: counts.inTime / seconds, refused: counts.refused },
    // What was never answered was never shown.
    missing: waits.length - shown.length + (probes.length - WARM_MS / PROBE_MS - counted.length) * screens.length,
    pairs: waits.length,
  }
}

/** Of each of the leader's answers; NaN: never shown. The points fall within a run, so what shows fewer has shown it too. */
const waitsOf = ({ times, scores }: Screen, probes: readonly Probe[]): number[] => {
  let i = 0
  return probes.map(({ at, total }) => {
    while (i < times.length && ((times[i] ?? 0) < at || (scores[i] ?? 0) > total)) i++
    return (times[i] ?? Number.NaN) - at
  })
}

process.on('message', (message: { open: ScreensOrder } | { run: RunOrder }) => {
  const work = 'open' in message ? open(message.open).then(() => ({})) : run(message.run)
  work.then((reply) => process.send?.(reply), fail)
})
process.on('disconnect', () => process.exit())
