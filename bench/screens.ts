/**
 * From an answer to every screen, ours against express + socket.io + Redis, open loop: `npm run bench screens [-- --quick]`.
 *
 * One quiz of 1,000 players (`--players=…`), each with a screen and a connection for answers, all in one client process; answers at fixed
 * rates (`--rates=…`), each for `--seconds=…`, timed from when they were to be sent. Ours: one answer-service, one
 * leaderboard-service (`--replicas=…` of each), MongoDB and Kafka as named. The peer (screens-peer.ts): two processes on one Redis
 * that keeps nothing on disk; the arm `each` sends every answer to every screen, `tick` what has changed every 50 ms, as ours.
 * Capacity of a side: the highest rate at which it still replied to 95 % of what was sent while it was sent. Everything shares this
 * machine's cores, clients included.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  type BenchQuestion,
  openQuestion,
  publishPlayers,
  publishQuizzes,
  questionsOf,
  quizId,
  userId,
} from './bench-quizzes.ts'
import { openPlatform, type Platform, type Running } from './real-platform.ts'
import { type RedisServer, startRedisServer } from './redis-peer.ts'
import type { RunOrder, ScreensOrder, ScreensReport } from './screens-clients.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    arms: { type: 'string', default: 'ours,each,tick' },
    players: { type: 'string', default: '1000' },
    rates: { type: 'string' },
    replicas: { type: 'string', default: '1' },
    seconds: { type: 'string' },
  },
})
const PLAYERS = Number(values.players)
const RATES = (values.rates ?? (values.quick ? '20,100,400' : '20,50,100,200,400,800,1600,3200')).split(',').map(Number)
const SECONDS = Number(values.seconds ?? (values.quick ? 6 : 60))
const REPLICAS = Number(values.replicas)
const TICK_MS = 50
const GOALS = { p99: TICK_MS + 50, ratio: 0.5 }
/** Points that fall by one every 24 ms: each of the leader's answers brings fewer. */
const QUESTION = { points: 10_000, time_limit_ms: 120_000 + 1_000 * SECONDS }
/** One that lifts the leader above all others, one to warm up, and one for each rate. */
const QUESTIONS = questionsOf(2 + RATES.length, QUESTION)

interface Side {
  protocol: ScreensOrder['protocol']
  servers: Running[]
  answerPorts: number[]
  screenPorts: number[]
  /** Makes a question the current one. */
  open(index: number): Promise<void>
}

const startOurs = async (platform: Platform): Promise<Side> => {
  await publishQuizzes(platform.log, 1, QUESTIONS)
  await publishPlayers(platform.log, quizId(0), PLAYERS)
  // As good as no heartbeat on either side.
  const env = { QUIZBOARD_PING_INTERVAL_MS: '600000' }
  const start = (service: string, more = {}) =>
    Promise.all(Array.from({ length: REPLICAS }, () => platform.start(service, more)))
  const [answers, boards] = [await start('answer-service'), await start('leaderboard-service', env)]
  return {
    protocol: 'ours',
    servers: [...answers, ...boards],
    answerPorts: answers.map(({ port }) => port),
    screenPorts: boards.map(({ port }) => port),
    open: (index) => openQuestion(platform.log, 1, QUESTIONS, index),
  }
}

const startPeer = async (platform: Platform, { path }: RedisServer, arm: string): Promise<Side> => {
  const { points, time_limit_ms } = QUESTION
  const env = {
    ...{ ARM: arm, REDIS_PATH: path, QUESTIONS: String(QUESTIONS.length) },
    ...{ POINTS: String(points), LIMIT_MS: String(time_limit_ms) },
  }
  const servers = [await platform.start('screens-peer.ts', env), await platform.start('screens-peer.ts', env)]
  const ports = servers.map(({ port }) => port)
  return {
    ...{ protocol: 'socket.io', servers, answerPorts: ports, screenPorts: ports },
    async open(index) {
      const body = JSON.stringify({ question_id: QUESTIONS[index]?.question_id, at: Date.now() })
      const headers = { 'content-type': 'application/json' }
      for (const port of ports) await fetch(`http://127.0.0.1:${port}/open`, { method: 'POST', headers, body })
    },
  }
}

interface Point extends ScreensReport {
  rate: number
  /** Processor time of all processes of the side (not of its stores) in the run: seconds a second. */
  cores: number
}

/** Adds to `points` as it goes. Rejects when a screen loses its connection. */
const measure = async (platform: Platform, side: Side, name: string, points: Point[]): Promise<void> => {
  const clients = fork(fileURLToPath(new URL('screens-clients.ts', import.meta.url)))
  const ask = async (message: { open: ScreensOrder } | { run: RunOrder }): Promise<ScreensReport> => {
    const done = new AbortController()
    const { signal } = done
    const gone = once(clients, 'exit', { signal }).then(() => Promise.reject(new Error('the clients have ended')))
    gone.catch(() => {})
    clients.send(message)
    const [reply] = await Promise.race([once(clients, 'message', { signal }), gone])
    done.abort()
    return reply as ScreensReport
  }
  const quiz_id = quizId(0)
  const tokens = await Promise.all(
    Array.from({ length: PLAYERS }, (_, i) =>
      platform.signer.player({ user_id: userId(i), quiz_id, issued_at_ms: Date.now() }),
    ),
  )
  const { protocol, answerPorts, screenPorts } = side
  await side.open(0)
  await ask({ open: { protocol, quiz_id, tokens, leader: userId(0), answerPorts, screenPorts } })
  const run = async (index: number, rate: number, seconds: number) => {
    await side.open(index)
    const { question_id, options, answer: right } = QUESTIONS[index] as BenchQuestion
    return ask({ run: { question_id, options, right, rate, seconds } })
  }
  await run(0, 10, 1)
  await run(1, 50, 3)
  const cpu = () => side.servers.reduce((sum, { cpuSeconds }) => sum + cpuSeconds(), 0)
  for (const [i, rate] of RATES.entries()) {
    const before = cpu()
    const report = await run(2 + i, rate, SECONDS)
    const point = { rate, ...report, cores: (cpu() - before) / SECONDS }
    points.push(point)
    const { p50, p99, max, reply_p99, perSecond, cores, missing, pairs } = point
    console.log(
      `${name.padEnd(8)} ${String(rate).padStart(5)}/s  p50 ${p50.toFixed(0).padStart(5)}  p99 ${p99.toFixed(0).padStart(6)}` +
        `  max ${max.toFixed(0).padStart(6)}  reply p99 ${reply_p99.toFixed(0).padStart(6)}  replied ${perSecond.toFixed(0).padStart(5)}/s` +
        `  ${cores.toFixed(2)} cores  ${missing === 0 ? '' : `${((100 * missing) / (missing + pairs)).toFixed(1)} % not shown`}`,
    )
    // It has been past its capacity for two rates: the next one would only be longer.
    if (points.slice(-2).length === 2 && points.slice(-2).every((each) => !keepsUp(each))) break
  }
  clients.removeAllListeners('exit').kill()
}

const keepsUp = ({ perSecond, answers, refused, missing }: Point): boolean =>
  missing === 0 && refused === 0 && perSecond * SECONDS >= 0.95 * answers

console.log(`${PLAYERS} screens, ${SECONDS} s a rate; ms from when an answer was to be sent until a screen shows it`)
const curves: Record<string, Point[]> = {}
for (const arm of values.arms.split(',')) {
  const platform = await openPlatform()
  const redis = arm === 'ours' ? undefined : await startRedisServer()
  try {
    if (arm !== 'ours' && !redis) throw new Error('there is no redis-server on this machine')
    const side = redis ? await startPeer(platform, redis, arm) : await startOurs(platform)
    const points: Point[] = []
    curves[arm] = points
    await measure(platform, side, arm, points).catch((error: unknown) => {
      if (points.length === 0) throw error
      console.log(`${arm.padEnd(8)} broke at ${RATES[points.length]}/s: ${(error as Error).message}`)
    })
  } finally {
    await platform.remove()
    await redis?.close()
  }
}
const summary = Object.entries(curves).map(([arm, points]) => {
  const capacity = Math.max(0, ...points.filter(keepsUp).map(({ rate }) => rate))
  const half = points.findLast(({ rate }) => rate <= capacity / 2)
  return { arm, capacity, half: half?.rate, p50: half?.p50, p99: half?.p99 }
})
for (const { arm, capacity, half, p50, p99 } of summary)
  console.log(`${arm}: keeps up to ${capacity}/s; at ${half}/s p50 ${p50?.toFixed(0)} ms, p99 ${p99?.toFixed(0)} ms`)
const ours = summary.find(({ arm }) => arm === 'ours')
const peer = summary.find(({ arm }) => arm === 'each')
const holds = (ours?.p99 ?? Infinity) <= GOALS.p99 && (ours?.p99 ?? Infinity) <= GOALS.ratio * (peer?.p99 ?? Infinity)
console.log(JSON.stringify({ bench: 'screens', ...values, goals: GOALS, holds, summary, curves }))
process.exit()
