/** One whole live quiz by a host and many players over REST and WebSocket, every acknowledgement written down. */
import { randomUUID } from 'node:crypto'
import { call, insist, type Reply, type Seeded, seeded, sleep, type Target } from './api.ts'
import type { Acknowledged, KeyedQuestion, Settings } from './oracle.ts'
import { type Live, openLive } from './socket.ts'

export interface PlayerLog {
  user_id: string
  name: string
  token: string
  live: Live
  /** In the order of `seq`. */
  acknowledged: Acknowledged[]
}
export interface QuizLog {
  quizId: string
  settings: Settings
  questions: KeyedQuestion[]
  players: PlayerLog[]
  viewer: Live
  /** What was seen to be wrong while it ran. */
  wrongs: string[]
}
export interface RunOptions {
  settings: Settings
  players: number
  questions: number
  seed: number
  /** How long each question stays open at least. */
  openMs: number
  /** Faults are under way: refusals for lack of a server are tried again, and sockets may be cut. */
  faults?: boolean
  /** How often a player's socket is dropped by the player, between 0 and 1. Default: 0.03 a try. */
  drops?: number
  /** The first question is open. */
  onStart?(log: QuizLog): void
  /** The last question stays open, and is answered again and again, until this is settled. */
  until?: Promise<unknown>
}

const EMOJI = ['🦉', 'é', 'ß', 'م', '中']

/** Typed keys are nonces, so that a leak of one can be seen in any bytes. */
const makeDeck = (random: Seeded, count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, i) => {
    const points = random.pick([undefined, 0, 1, 500, 10_000])
    const limit = random.chance(0.2) ? { time_limit_ms: 600_000 } : {}
    const key = `Zq${random.below(1e9).toString(36)}é ${i}`
    return i % 2 === 0
      ? {
          type: 'typed',
          prompt: `Type nonce ${i}`,
          answer: key,
          accept: [`${key}-also`],
          ...(points === undefined ? {} : { points }),
          ...limit,
        }
      : {
          type: 'choice',
          prompt: `Pick ${i} <b>&`,
          options: [`right${i}`, 'wrong "one"', `other ${i}`],
          answer: `right${i}`,
          ...(points === undefined ? {} : { points }),
          ...limit,
        }
  })

const expectStatus = (wrongs: string[], what: string, reply: Reply, ...statuses: number[]): void => {
  if (!statuses.includes(reply.status)) wrongs.push(`${what}: ${reply.status} ${reply.text.slice(0, 300)}`)
}

/** A spelling that the contract's comparison takes for the same. */
const respell = (random: Seeded, key: string): string =>
  random.pick([
    key,
    key.toUpperCase(),
    `  ${key.replace(' ', '   ')} `,
    `“${key}”!`,
    key.normalize('NFD'),
    key.replace('é', 'e'),
    `${key}-also`,
  ])

const chooseAnswer = (random: Seeded, question: KeyedQuestion): { answer: string; right: boolean } => {
  const right = random.chance(0.6)
  if (question.type === 'choice') {
    const wrong = question.options?.filter((option) => option !== question.answer) ?? []
    return { answer: right ? question.answer : random.pick(wrong), right }
  }
  return right
    ? { answer: respell(random, question.answer), right }
    : { answer: `no${random.below(1000)} ${random.pick(EMOJI)}`, right }
}

async function answerOnce(
  target: Target,
  log: QuizLog,
  player: PlayerLog,
  question: KeyedQuestion,
  random: Seeded,
  faults: boolean,
): Promise<'acknowledged' | 'refused'> {
  const { answer, right } = chooseAnswer(random, question)
  const answerId = faults || random.chance(0.8) ? randomUUID() : undefined
  const body = { question_id: question.question_id, answer, ...(answerId ? { answer_id: answerId } : {}) }
  const path = `/api/v1/answers/${random.chance(0.5) ? log.quizId : log.quizId.toLowerCase()}`
  const post = (b: unknown) => call(target, 'POST', path, { token: player.token, body: b })
  const before = player.acknowledged.filter((a) => a.question_id === question.question_id).length
  const copies = answerId && random.chance(0.2) ? 3 : 1
  const replies = await Promise.all(
    Array.from({ length: copies }, () => (faults ? insist(() => post(body)) : post(body))),
  )
  const reply = replies[0] as Reply
  // One answer: all of its copies get the first result. Refusals may differ, as the quiz goes on between them.
  if (replies.some((other) => other.status === 200))
    for (const other of replies)
      if (other.text !== reply.text) log.wrongs.push(`copies differ: ${reply.text} / ${other.text}`)
  if (reply.status !== 200) {
    const allowed = ['question/closed', 'quiz/closed', 'question/not_open']
    if (log.settings.reanswer === 'never' && before > 0) allowed.push('answer/already_given')
    if (reply.status !== 409 || !allowed.includes(reply.body?.code))
      log.wrongs.push(`answer refused: ${reply.status} ${reply.text}`)
    return 'refused'
  }
  if (log.settings.reanswer === 'never' && before > 0)
    log.wrongs.push('a second answer was accepted under reanswer never')
  const last = player.acknowledged.at(-1)?.seq ?? 0
  if (reply.body.seq !== last + 1) log.wrongs.push(`seq ${reply.body.seq} after ${last}`)
  player.acknowledged.push({
    question_id: question.question_id,
    answer,
    right,
    seq: reply.body.seq,
    result: reply.body,
  })
  if (answerId && random.chance(0.3)) {
    const repeat = {
      question_id: random.chance(0.5) ? 'nonsense' : question.question_id,
      answer: random.chance(0.5) ? 12 : 'x',
      answer_id: answerId,
    }
    const again = faults ? await insist(() => post(repeat)) : await post(repeat)
    if (again.status !== 200 || again.text !== reply.text)
      log.wrongs.push(`repeat of ${reply.text} gave ${again.status} ${again.text}`)
  }
  return 'acknowledged'
}

async function playQuestion(
  target: Target,
  log: QuizLog,
  player: PlayerLog,
  question: KeyedQuestion,
  seed: number,
  options: RunOptions,
) {
  const random = seeded(seed)
  const tries = random.pick([0, 1, 1, 1, 2, 3])
  for (let i = 0; i < tries; i++) {
    await sleep(random.below(options.openMs / 2))
    if (random.chance(options.drops ?? 0.03)) player.live.drop()
    if ((await answerOnce(target, log, player, question, random, options.faults ?? false)) === 'refused') return
  }
}

const join = async (target: Target, log: QuizLog, index: number, random: Seeded, top: number): Promise<PlayerLog> => {
  const name = random.chance(0.3) ? 'Anna' : `Player ${index} ${random.pick(EMOJI)}`
  const body = { name: ` ${name} `, join_id: randomUUID() }
  const post = () => insist(() => call(target, 'POST', `/api/v1/quizzes/${log.quizId}/players`, { body }))
  const reply = await post()
  expectStatus(log.wrongs, 'join', reply, 201)
  if (random.chance(0.2)) {
    const again = await post()
    if (again.body.user_id !== reply.body.user_id) log.wrongs.push('the same join_id made another player')
  }
  const { user_id, token } = reply.body
  return {
    user_id,
    name: reply.body.name,
    token,
    live: openLive(target, log.quizId, { token, top, keepRaw: index === 0 }),
    acknowledged: [],
  }
}

/** No key of a question that is not closed may be in any byte that a silent player or a viewer got. */
async function lookForKeys(target: Target, log: QuizLog, from: number): Promise<void> {
  const silent = log.players[0] as PlayerLog
  const reads = [
    `/api/v1/quizzes/${log.quizId}/questions`,
    `/api/v1/answers/${log.quizId}`,
    `/api/v1/leaderboards/${log.quizId}`,
    `/api/v1/quizzes/${log.quizId}`,
  ]
  const replies = await Promise.all(
    reads.map((path) => insist(() => call(target, 'GET', path, { token: silent.token }))),
  )
  const bytes = [...replies.map((reply) => reply.text), ...silent.live.raw, ...log.viewer.raw].join('\n')
  for (const question of log.questions.slice(from))
    if (question.type === 'typed' && bytes.includes(question.answer))
      log.wrongs.push(`the key of ${question.question_id} leaked: ${question.answer}`)
  const open = replies[0] as Reply
  if (open.body.questions?.[0]?.question_id !== log.questions[from]?.question_id)
    log.wrongs.push(`open question: ${open.text}`)
}

export async function runQuiz(target: Target, hostToken: string, options: RunOptions): Promise<QuizLog> {
  const random = seeded(options.seed)
  const host = (method: string, path: string, body?: unknown) =>
    insist(() => call(target, method, `/api/v1${path}`, { token: hostToken, ...(body === undefined ? {} : { body }) }))
  const deck = await host('POST', '/decks', {
    title: `Seed ${options.seed}`,
    questions: makeDeck(random, options.questions),
  })
  const quiz = await host('POST', '/quizzes', { deck_id: deck.body.deck_id, ...options.settings })
  const quizId = quiz.body.quiz_id as string
  const log: QuizLog = {
    quizId,
    settings: options.settings,
    questions: deck.body.questions,
    players: [],
    viewer: openLive(target, quizId, { top: 100, keepRaw: true }),
    wrongs: [],
  }
  expectStatus(log.wrongs, 'deck', deck, 201)
  expectStatus(log.wrongs, 'quiz', quiz, 201)
  expectStatus(log.wrongs, 'open', await host('POST', `/quizzes/${quizId}/open`), 200)
  log.players = await Promise.all(
    Array.from({ length: options.players }, (_, i) => join(target, log, i, random, i % 3 === 0 ? 100 : 10)),
  )
  expectStatus(log.wrongs, 'start', await host('POST', `/quizzes/${quizId}/start`, {}), 200)
  options.onStart?.(log)
  let goesOn = options.until !== undefined
  options.until
    ?.catch(() => {})
    .finally(() => {
      goesOn = false
    })
  for (const [index, question] of log.questions.entries()) {
    const position = index + 1
    const play = (round: number) => {
      const seed = options.seed * 7919 + position * 1009 + round * 65_537
      return log.players.slice(1).map((player, i) => playQuestion(target, log, player, question, seed + i, options))
    }
    const open = sleep(options.openMs)
    let playing = play(0)
    await open
    await lookForKeys(target, log, index)
    const last = position === log.questions.length
    for (let round = 1; last && goesOn; round++) {
      await Promise.all(playing)
      playing = play(round)
      await sleep(options.openMs)
    }
    if (random.chance(0.6)) {
      expectStatus(log.wrongs, 'reveal', await host('POST', `/quizzes/${quizId}/reveal`, { position }), 200)
      expectStatus(log.wrongs, 'reveal again', await host('POST', `/quizzes/${quizId}/reveal`, { position }), 200)
    }
    if (last) expectStatus(log.wrongs, 'next on the last', await host('POST', `/quizzes/${quizId}/next`), 409)
    else {
      const [first, second] = await Promise.all([1, 2].map(() => host('POST', `/quizzes/${quizId}/next`, { position })))
      const codes = [first?.status, second?.status].sort()
      const once = codes[0] === 200 && codes[1] === 409
      if (!once && !(options.faults && codes[0] === 409)) log.wrongs.push(`a double click on next gave ${codes}`)
    }
    if (last) expectStatus(log.wrongs, 'close', await host('POST', `/quizzes/${quizId}/close`), 200)
    await Promise.all(playing)
  }
  return log
}
