/** A player of a crowd: joins, answers at the times that were drawn whatever the replies, and keeps at it until each is settled. */
import { randomUUID } from 'node:crypto'
import { call, type Json, type Reply, type Seeded, sleep } from '../api.ts'
import type { KeyedQuestion } from '../oracle.ts'
import type { Tally } from './tally.ts'
import type { View } from './view.ts'

export interface Endpoints {
  /** Base URLs of the replicas of each service. */
  quizzes: readonly string[]
  answers: readonly string[]
  boards: readonly string[]
}

/** An answer that a 200 was given to. */
export interface Ack {
  question_id: string
  answer: string
  right: boolean
  seq: number
  result: { score?: number; total?: number; is_correct?: boolean }
}
export interface CrowdPlayer {
  user_id: string
  name: string
  token: string
  view: View
  acks: Ack[]
}

const TRY_MS = 4_000
/** A request that gets no final reply for so long is a fault of the product. */
const PATIENCE_MS = 120_000
const WAIT_MIN_MS = 50
const WAIT_MAX_MS = 1_500

/**
 * Asks one replica after the other, with growing waits, until one gives a reply that is neither 5xx nor 429. undefined: there was
 * none for two minutes.
 */
export const insistOn = async (
  replicas: readonly string[],
  random: Seeded,
  tally: Tally,
  ask: (replica: string) => Promise<Reply>,
): Promise<Reply | undefined> => {
  const end = Date.now() + PATIENCE_MS
  let replica = random.pick(replicas)
  let last = 'no reply'
  for (let tries = 0; Date.now() < end; tries++) {
    if (tries > 0) tally.resent++
    const reply = await ask(replica).catch((error: Error) => {
      last = String(error)
      return undefined
    })
    if (reply && reply.status < 500 && reply.status !== 429) return reply
    if (reply) {
      last = `${reply.status} ${reply.text.slice(0, 200)}`
      if (reply.status >= 500 && reply.status !== 503) tally.wrong('reply', last)
      if (reply.headers['retry-after'] === undefined) tally.wrong('reply', `no Retry-After: ${last}`)
    }
    // Another one, which may still have the first copy on its way.
    replica = random.pick(replicas)
    await sleep(Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** tries) * (0.5 + random.next()))
  }
  tally.wrong('stuck', `no final reply in ${PATIENCE_MS / 1_000} s; the last: ${last}`)
  return undefined
}

const chooseAnswer = (random: Seeded, question: KeyedQuestion): { answer: string; right: boolean } => {
  const right = random.chance(0.6)
  if (right) return { answer: question.answer, right }
  const wrong = question.options?.filter((option) => option !== question.answer)
  return { answer: wrong ? random.pick(wrong) : `no${random.below(1_000)}`, right }
}

export interface AnswerTurn {
  endpoints: Endpoints
  quizId: string
  player: CrowdPlayer
  question: KeyedQuestion
  random: Seeded
  tally: Tally
  /** When it was to be sent, by performance.now(): however late the load itself is, the product's users wait from then on. */
  intended: number
  /** Whether the key has been shown to anyone. */
  isShown(): boolean
}

const REFUSALS = new Set(['question/closed', 'question/not_open', 'quiz/closed'])

/** One answer, perhaps in two copies at once; resolves once it is known what became of it. */
export const answerOnce = async (turn: AnswerTurn): Promise<void> => {
  const { endpoints, quizId, player, question, random, tally, intended } = turn
  const isLate = turn.isShown()
  const { answer, right } = chooseAnswer(random, question)
  const body = { question_id: question.question_id, answer, answer_id: randomUUID() }
  const post = () =>
    insistOn(endpoints.answers, random, tally, (url) =>
      call({ url }, 'POST', `/api/v1/answers/${quizId}`, { token: player.token, body, timeoutMs: TRY_MS }),
    )
  const copies = random.chance(0.05) ? 2 : 1
  const replies = await Promise.all(Array.from({ length: copies }, post))
  const accepted = replies.find((reply) => reply?.status === 200)
  if (replies.includes(undefined)) return
  for (const reply of replies) {
    if (reply?.status === 200 || (reply?.status === 409 && REFUSALS.has(reply.body?.code))) continue
    tally.wrong('reply', `answer: ${reply?.status} ${reply?.text.slice(0, 200)}`)
  }
  if (!accepted) {
    tally.refused++
    return
  }
  for (const reply of replies)
    if (reply?.text !== accepted.text)
      tally.wrong('copy refused', `${player.user_id}: ${accepted.text}, and ${reply?.status} ${reply?.text}`)
  if (isLate) tally.wrong('key too early', `${player.user_id} answered after the key was shown: ${accepted.text}`)
  tally.acknowledged++
  tally.latency.add(performance.now() - intended)
  const { seq, ...result } = accepted.body
  if (result.total !== undefined) player.view.expect(result.total, intended)
  player.acks.push({ question_id: question.question_id, answer, right, seq, result })
  if (!random.chance(0.02)) return
  await sleep(random.below(2_000))
  const repeat = await insistOn(endpoints.answers, random, tally, (url) =>
    call({ url }, 'POST', `/api/v1/answers/${quizId}`, { token: player.token, body, timeoutMs: TRY_MS }),
  )
  if (repeat && repeat.text !== accepted.text)
    tally.wrong('copy refused', `${player.user_id}: ${accepted.text}, later ${repeat.status} ${repeat.text}`)
}

export const joinQuiz = async (
  endpoints: Endpoints,
  quizId: string,
  name: string,
  random: Seeded,
  tally: Tally,
): Promise<Json | undefined> => {
  const body = { name, join_id: randomUUID() }
  const path = `/api/v1/quizzes/${quizId}/players`
  const reply = await insistOn(endpoints.quizzes, random, tally, (url) =>
    call({ url }, 'POST', path, { body, timeoutMs: TRY_MS }),
  )
  if (reply?.status === 201) return reply.body
  tally.wrong('reply', `join: ${reply?.status} ${reply?.text.slice(0, 200)}`)
  return undefined
}
