/**
 * The answer path, ours against a naive peer, on real Kafka and MongoDB: `npm run bench answers [-- --quick]`. Durable answers for each
 * second of the service's processor time, and in a second by the clock.
 *
 * Ours is the answer-service as it runs; the peer (answers-peer.ts) does one findOneAndUpdate and one Kafka send an answer.
 * Both check the same tokens; both write by majority and send with acks=all. Each has a floor, the same without what is
 * scored and stored (express and the token; our router, the token and the shape of the body): what a side costs beyond
 * HTTP and the token is its cost less its own floor. Sides take turns on the same servers; a ratio is of one round.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { LoadOrder, LoadReport } from './answers-clients.ts'
import { openQuestion, publishQuizzes, questionsOf, quizId, userId } from './bench-quizzes.ts'
import { mongodMicros, openPlatform, type Platform, type Running } from './real-platform.ts'
import { ratios, show, spread } from './statistics.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
const ROUNDS = quick ? 5 : 15
const SECONDS = 2
const QUIZZES = 20
/** About as many as a turn has answers, so that most are a player's first to the question, as in a quiz, and tokens are known. */
const PLAYERS = 8_000
const QUESTIONS = 20
/** Answers under way at one time. */
const CONNECTIONS = 250
/** What is sent behind the reply belongs to its turn. */
const SETTLE_MS = 500
const GOALS = { whole: 3, beyond: 8 }

const ARMS = ['ours', 'naive', 'our floor', 'express floor'] as const
type Arm = (typeof ARMS)[number]

interface Side {
  server: Running
  answers: number
}
interface Turn {
  /** Microseconds of processor time for each answer. */
  micros: number
  /** The same of mongod, as it tells itself. */
  mongod: number
  perSecond: number
  p50_ms: number
  p99_ms: number
}

const startSides = async (platform: Platform): Promise<Record<Arm, Side>> => {
  const peer = { QUESTIONS: String(QUESTIONS), PEER_TOPIC: `${platform.name}.${TOPICS.deadLetters}` }
  const side = async (starting: Promise<Running>): Promise<Side> => ({ server: await starting, answers: 0 })
  return {
    ours: await side(platform.start('answer-service')),
    naive: await side(platform.start('answers-peer.ts', { ...peer, ARM: 'naive' })),
    'our floor': await side(platform.start('answers-floor.ts')),
    'express floor': await side(platform.start('answers-peer.ts', { ...peer, ARM: 'floor' })),
  }
}

const load = async (clients: ChildProcess, order: LoadOrder): Promise<LoadReport> => {
  const done = new AbortController()
  const { signal } = done
  clients.send(order)
  const ended = once(clients, 'exit', { signal }).then(() => Promise.reject(new Error('the clients have ended')))
  try {
    const [report] = await Promise.race([once(clients, 'message', { signal }), ended])
    return report as LoadReport
  } finally {
    ended.catch(() => {})
    done.abort()
  }
}

const turn = async (
  { db }: Platform,
  side: Side,
  clients: ChildProcess,
  what: Pick<LoadOrder, 'players' | 'question'>,
): Promise<Turn> => {
  const { port, cpuSeconds } = side.server
  const before = { service: cpuSeconds(), mongod: await mongodMicros(db) }
  const report = await load(clients, { ...what, port, connections: CONNECTIONS, seconds: SECONDS })
  await sleep(SETTLE_MS)
  const { answers, seconds, p50_ms, p99_ms } = report
  side.answers += answers
  return {
    micros: ((cpuSeconds() - before.service) * 1e6) / answers,
    mongod: ((await mongodMicros(db)) - before.mongod) / answers,
    ...{ perSecond: answers / seconds, p50_ms, p99_ms },
  }
}

/** Every answer that was acknowledged has become an event, at both. */
const checkEvents = async (platform: Platform, { ours, naive }: Record<Arm, Side>) => {
  const counts = { ours: await platform.records(TOPICS.scores), naive: await platform.records(TOPICS.deadLetters) }
  if (counts.ours < ours.answers || counts.naive < naive.answers)
    throw new Error(`${ours.answers} and ${naive.answers} answers, but ${JSON.stringify(counts)} events`)
}

const measure = async (platform: Platform, clients: ChildProcess) => {
  const questions = questionsOf(QUESTIONS)
  await publishQuizzes(platform.log, QUIZZES, questions)
  const players = await Promise.all(
    Array.from({ length: PLAYERS }, async (_, i) => {
      const quiz_id = quizId(i % QUIZZES)
      const token = await platform.signer.player({ user_id: userId(i), quiz_id, issued_at_ms: Date.now() })
      return { quiz_id, token }
    }),
  )
  const sides = await startSides(platform)
  const turns: Record<Arm, Turn[]> = { ours: [], naive: [], 'our floor': [], 'express floor': [] }
  // The first round warms all of them up and does not count.
  for (let round = -1; round < ROUNDS; round++) {
    const index = round + 1
    await openQuestion(platform.log, QUIZZES, questions, index)
    const [question] = questions.slice(index)
    if (!question) throw new Error('there are fewer questions than rounds')
    for (const arm of round % 2 === 0 ? ARMS : ARMS.toReversed()) {
      const result = await turn(platform, sides[arm], clients, { players, question })
      if (round >= 0) turns[arm].push(result)
    }
  }
  await checkEvents(platform, sides)
  return turns
}

const platform = await openPlatform()
const clients = fork(fileURLToPath(new URL('answers-clients.ts', import.meta.url)))
try {
  const turns = await measure(platform, clients)
  const micros = (arm: Arm) => turns[arm].map((each) => each.micros)
  const perSecond = (arm: Arm) => turns[arm].map((each) => each.perSecond)
  const less = (arm: Arm, floor: Arm) => micros(arm).map((value, i) => value - (micros(floor)[i] ?? Number.NaN))
  const results = {
    whole: ratios(micros('naive'), micros('ours')),
    beyond: ratios(less('naive', 'express floor'), less('ours', 'our floor')),
    beyondExpress: ratios(less('naive', 'express floor'), less('ours', 'express floor')),
    wall: ratios(perSecond('ours'), perSecond('naive')),
  }
  console.log(
    `${PLAYERS} players in ${QUIZZES} quizzes, ${CONNECTIONS} answers under way, ${ROUNDS} rounds of ${SECONDS} s`,
  )
  console.log(
    'µs of processor time of the service and of mongod for each durable answer, answers a second by the clock, ms to the reply: median (10–90 %)',
  )
  for (const arm of ARMS) {
    const of = (field: keyof Turn, digits: number) => show(spread(turns[arm].map((each) => each[field])), digits)
    const times = `p50 ${of('p50_ms', 1)}  p99 ${of('p99_ms', 1)}`
    console.log(
      `  ${arm.padEnd(14)} ${of('micros', 0).padEnd(16)} mongod ${of('mongod', 0).padEnd(16)} ${of('perSecond', 0).padEnd(20)} ${times}`,
    )
  }
  console.log(`answers a second of processor time, ours to naive   ${show(results.whole)}×`)
  console.log(`  beyond HTTP and token, each less its own floor    ${show(results.beyond)}×`)
  console.log(`  both less express and the token                   ${show(results.beyondExpress)}×`)
  console.log(`answers a second by the clock                       ${show(results.wall)}×`)
  const holds = results.whole.median >= GOALS.whole && results.beyond.median >= GOALS.beyond
  console.log(JSON.stringify({ bench: 'answers', quick, goals: GOALS, holds, ...results, turns }))
} finally {
  clients.removeAllListeners('exit').kill()
  await platform.remove()
}
