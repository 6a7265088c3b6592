/**
 * Players that answer as fast as they are answered: each connection has one answer under way. Bare sockets and requests that are
 * texts, so that they take as little of the machine as can be. A reply that is not 200 ends the benchmark.
 */
import { connect, type Socket } from 'node:net'
import type { BenchQuestion } from './bench-quizzes.ts'

export interface LoadOrder {
  port: number
  connections: number
  seconds: number
  question: BenchQuestion
  /** They answer one after the other; if there is time left, again. */
  players: { quiz_id: string; token: string }[]
}
export interface LoadReport {
  answers: number
  /** From the first request to the last reply. */
  seconds: number
  p50_ms: number
  p99_ms: number
}

const END_OF_HEAD = '\r\n\r\n'
let ids = 0

const requestOf = (player: LoadOrder['players'][number], question: BenchQuestion) => {
  const answer = question.options[ids % question.options.length]
  const answer_id = `${process.pid}-${++ids}`
  const body = JSON.stringify({ question_id: question.question_id, answer, answer_id })
  return [
    `POST /api/v1/answers/${player.quiz_id} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${player.token}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}

/** Whether `text` holds a whole reply. */
const isWhole = (text: string): boolean => {
  const end = text.indexOf(END_OF_HEAD)
  if (end === -1) return false
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end)) ?? []
  return text.length >= end + END_OF_HEAD.length + Number(length ?? 0)
}

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.setEncoding('latin1')
    socket.once('error', reject).once('connect', () => resolve(socket))
  })

const run = async ({ port, connections, seconds, question, players }: LoadOrder): Promise<LoadReport> => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const started = performance.now()
  const end = started + seconds * 1_000
  const times: number[] = []
  let last = started
  /** The players whose turn it is take the connection's answers one after the other. */
  const drive = (socket: Socket, first: number) =>
    new Promise<void>((resolve, reject) => {
      let turn = first
      let sent = 0
      let text = ''
      const send = () => {
        const player = players[turn % players.length]
        if (!player) throw new Error('there are no players')
        turn += connections
        sent = performance.now()
        socket.write(requestOf(player, question))
      }
      socket.on('data', (chunk) => {
        text += chunk
        if (!isWhole(text)) return
        if (!text.startsWith('HTTP/1.1 200')) return reject(new Error(`an answer was not taken: ${text}`))
        text = ''
        last = performance.now()
        times.push(last - sent)
        if (last < end) send()
        else resolve()
      })
      socket.on('close', () => reject(new Error('a connection was closed')))
      send()
    })
  await Promise.all(sockets.map(drive))
  for (const socket of sockets) socket.removeAllListeners('close').destroy()
  times.sort((a, b) => a - b)
  const at = (q: number) => times[Math.floor(q * (times.length - 1))] ?? Number.NaN
  return { answers: times.length, seconds: (last - started) / 1_000, p50_ms: at(0.5), p99_ms: at(0.99) }
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
