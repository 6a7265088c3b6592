/**
 * What one would build instead: express takes the answers, a sorted set in Redis has the board, socket.io shows it, with the Redis
 * adapter because there are several such processes. An answer is one script in Redis (the same scoring, a re-answer replaces);
 * Redis keeps nothing on disk. ARM=each: every answer sends the board to the room and the player's own rank to the
 * player. ARM=tick: every 50 ms, if anything changed, each process sends each of its sockets board and own rank in one emit.
 */
import { createServer } from 'node:http'
import { readPublicKeys } from '@quizboard/shared/auth/key-files.ts'
import { createVerifier } from '@quizboard/shared/auth/tokens.ts'
import type { Caller } from '@quizboard/shared/http/route.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { createAdapter } from '@socket.io/redis-adapter'
import express from 'express'
import { createClient } from 'redis'
import { Server, type Socket } from 'socket.io'
import { type BenchQuestion, questionsOf, quizId } from './bench-quizzes.ts'

const { ARM, QUIZBOARD_PORT, REDIS_PATH = '', QUESTIONS = '', POINTS, LIMIT_MS } = process.env
const QUIZ = quizId(0)
const BOARD = `board:${QUIZ}`
const TICK_MS = 50
const verifier = createVerifier({ jwks: readPublicKeys(process.env), clock })
const made = questionsOf(Number(QUESTIONS), { points: Number(POINTS), time_limit_ms: Number(LIMIT_MS) })
const questions = new Map(made.map((question) => [question.question_id, question]))
let opened: { question_id: string; at: number } = { question_id: '', at: 0 }

const redis = createClient({ socket: { path: REDIS_PATH, tls: false } })
const sub = redis.duplicate()
await Promise.all([redis.connect(), sub.connect()])
/** The total, and the version of the board. */
const SCRIPT = await redis.scriptLoad(`
  local before = redis.call('HGET', KEYS[2], ARGV[1] .. '/' .. ARGV[2]) or '0'
  redis.call('HSET', KEYS[2], ARGV[1] .. '/' .. ARGV[2], ARGV[3])
  local total = redis.call('ZINCRBY', KEYS[1], ARGV[3] - before, ARGV[1])
  return {total, redis.call('INCR', KEYS[3])}
`)
const http = createServer()
http.keepAliveTimeout = 65_000
const io = new Server(http, {
  adapter: createAdapter(redis, sub),
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: 3_600_000,
})
const sockets = new Map<Socket, string>()

type Player = Extract<Caller, { role: 'player' }>
const playerOf = async (token: string): Promise<Player | undefined> => {
  const verified = await verifier.verify(token)
  return verified.ok && verified.caller.role === 'player' ? verified.caller : undefined
}
const boardOf = async (version: number) => {
  const [top, players] = await Promise.all([redis.zRangeWithScores(BOARD, 0, 9, { REV: true }), redis.zCard(BOARD)])
  const rows = top.map(({ value, score }, i) => ({ rank: i + 1, user_id: value, name: `Player ${value}`, score }))
  return { type: 'leaderboard', quiz_id: QUIZ, version, players, top: rows }
}
const youOf = async (user: string, version: number) => {
  const [rank, score] = await Promise.all([redis.zRevRank(BOARD, user), redis.zScore(BOARD, user)])
  return { type: 'you', quiz_id: QUIZ, version, rank: (rank ?? 0) + 1, score: score ?? 0 }
}

io.on('connection', async (socket) => {
  const player = await playerOf(String(socket.handshake.auth.token))
  if (!player) return void socket.disconnect()
  socket.join([QUIZ, player.user_id])
  sockets.set(socket, player.user_id)
  socket.on('disconnect', () => sockets.delete(socket))
  socket.emit('leaderboard', await boardOf(0))
  socket.emit('you', await youOf(player.user_id, 0))
})

let shown = 0
const tick = async () => {
  const version = Number((await redis.get(`version:${QUIZ}`)) ?? 0)
  if (version > shown) {
    shown = version
    const leaderboard = await boardOf(version)
    const all = [...sockets]
    const ranks = await Promise.all(all.map(([, user]) => youOf(user, version)))
    for (const [i, [socket]] of all.entries()) socket.emit('tick', { leaderboard, you: ranks[i] })
  }
  setTimeout(tick, TICK_MS)
}
if (ARM === 'tick') setTimeout(tick, TICK_MS)

const scoreOf = ({ points, time_limit_ms, answer: key }: BenchQuestion, answer: string, elapsed: number): number => {
  const limit = time_limit_ms ?? 20_000
  return answer === key ? Math.round((1 - Math.min(elapsed, limit) / limit / 2) * points) : 0
}

const app = express()
app.disable('x-powered-by').disable('etag')
app.use(express.json())
app.get('/readyz', (_, res) => void res.end())
app.post('/open', (req, res) => {
  opened = req.body
  res.end()
})
app.post('/api/v1/answers/:quiz_id', async (req, res) => {
  const player = await playerOf((req.headers.authorization ?? '').slice('Bearer '.length))
  if (player?.quiz_id !== req.params.quiz_id) return void res.status(401).json({ detail: 'not yours' })
  const { question_id, answer } = req.body as Record<string, unknown>
  const question = typeof question_id === 'string' ? questions.get(question_id) : undefined
  if (question?.question_id !== opened.question_id || typeof answer !== 'string')
    return void res.status(409).json({ detail: 'not open' })
  const score = scoreOf(question, answer, Date.now() - opened.at)
  const keys = [BOARD, `answers:${QUIZ}`, `version:${QUIZ}`]
  const given = [player.user_id, question.question_id, String(score)]
  const reply = (await redis.evalSha(SCRIPT, { keys, arguments: given })) as [string, number]
  const [total, version] = reply
  res.json({ question_id, score, total: Number(total) })
  if (ARM !== 'each') return
  const [leaderboard, you] = await Promise.all([boardOf(version), youOf(player.user_id, version)])
  io.to(QUIZ).emit('leaderboard', leaderboard)
  io.to(player.user_id).emit('you', you)
})
http.on('request', app)
http.listen(Number(QUIZBOARD_PORT), '127.0.0.1', 4_096)
