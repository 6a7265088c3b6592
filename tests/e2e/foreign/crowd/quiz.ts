/** One quiz of a crowd, from its deck to its close: a host, many players and a viewer. */
import { call, type Reply, type Seeded, seeded, sleep } from '../api.ts'
import type { KeyedQuestion, Settings } from '../oracle.ts'
import { answerOnce, type CrowdPlayer, type Endpoints, insistOn, joinQuiz } from './player.ts'
import type { Tally } from './tally.ts'
import { type Ended, openView, type View } from './view.ts'

export interface CrowdQuizOptions {
  endpoints: Endpoints
  hostToken: string
  settings: Settings
  players: number
  questions: number
  /** How long each question stays open. */
  openMs: number
  /** Of all the players of this quiz, while a question is open. */
  answersPerS: number
  seed: number
  tally: Tally
  onEnded(ended: Ended): void
}
export interface CrowdQuiz {
  quizId: string
  settings: Settings
  questions: KeyedQuestion[]
  players: CrowdPlayer[]
  viewer: View
}

/** Of a host's call. A close waits for every answer-service. */
const HOST_MS = 20_000
const JOINS_AT_ONCE = 50

const makeDeck = (random: Seeded, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const points = random.pick([1, 500, 1_000])
    const key = `key${random.below(1e9).toString(36)}`
    if (i % 2 === 0) return { type: 'typed', prompt: `Type ${i}`, answer: key, points }
    return { type: 'choice', prompt: `Pick ${i}`, options: [key, `other ${i}`, `another ${i}`], answer: key, points }
  })

type HostCall = (path: string, body?: unknown, ...allowed: number[]) => Promise<Reply>

/** undefined: it could not be played; the tally says why. */
export const playCrowdQuiz = async (options: CrowdQuizOptions): Promise<CrowdQuiz | undefined> => {
  const { endpoints, hostToken, settings, tally, seed, onEnded } = options
  const random = seeded(seed)
  const host: HostCall = async (path, body = {}, ...allowed) => {
    const reply = await insistOn(endpoints.quizzes, random, tally, (url) =>
      call({ url }, 'POST', `/api/v1${path}`, { token: hostToken, body, timeoutMs: HOST_MS }),
    )
    if (!reply) throw new Error(`${path}: no reply`)
    if (reply.status >= 300 && !allowed.includes(reply.status))
      throw new Error(`${path}: ${reply.status} ${reply.text.slice(0, 200)}`)
    return reply
  }
  const views: View[] = []
  try {
    const deck = await host('/decks', { title: `Crowd ${seed}`, questions: makeDeck(random, options.questions) })
    const made = await host('/quizzes', { deck_id: deck.body.deck_id, ...settings })
    const quizId = made.body.quiz_id as string
    await host(`/quizzes/${quizId}/open`)
    const shown = new Set<number>()
    const watch = (name: string, top: number, player?: { user_id: string; token: string }) => {
      const view = openView({
        ...{ quizId, name, top, random: seeded(seed * 31 + views.length), tally, onEnded },
        replicas: endpoints.boards,
        onKey: (position) => shown.add(position),
        ...(player ? { player } : {}),
      })
      views.push(view)
      return view
    }
    const quiz: CrowdQuiz = {
      ...{ quizId, settings, questions: deck.body.questions },
      players: [],
      viewer: watch(`viewer of ${quizId}`, 100),
    }
    await joinAll(quiz, options, watch)
    await host(`/quizzes/${quizId}/start`)
    for (const [index, question] of quiz.questions.entries())
      await playQuestion(quiz, { options, host, random, question, index, shown })
    await host(`/quizzes/${quizId}/close`)
    tally.quizzes++
    return quiz
  } catch (error) {
    tally.wrong('stuck', `quiz of seed ${seed}: ${(error as Error).message}`)
    for (const view of views) view.close()
    return undefined
  }
}

const joinAll = async (
  quiz: CrowdQuiz,
  { endpoints, players, seed, tally }: CrowdQuizOptions,
  watch: (name: string, top: number, player: { user_id: string; token: string }) => View,
) => {
  let next = 0
  const joiner = async () => {
    while (next < players) {
      const i = next++
      const joined = await joinQuiz(endpoints, quiz.quizId, `P${i}`, seeded(seed * 17 + i), tally)
      if (!joined) continue
      const { user_id, name, token } = joined
      const view = watch(`player ${user_id} of ${quiz.quizId}`, i % 10 === 0 ? 100 : 10, joined)
      quiz.players.push({ user_id, name, token, view, acks: [] })
      tally.players++
    }
  }
  await Promise.all(Array.from({ length: Math.min(JOINS_AT_ONCE, players) }, joiner))
}

interface QuestionTurn {
  options: CrowdQuizOptions
  host: HostCall
  random: Seeded
  question: KeyedQuestion
  index: number
  /** Positions of questions whose keys were seen. */
  shown: ReadonlySet<number>
}

/** Answers go out when their time has come, whatever became of those before: the load does not wait for the product. */
const playQuestion = async (quiz: CrowdQuiz, { options, host, random, question, index, shown }: QuestionTurn) => {
  const { endpoints, answersPerS, openMs, tally } = options
  const position = index + 1
  const underWay: Promise<void>[] = []
  const isShown = () => shown.has(position)
  const send = (intended: number) => {
    const player = random.pick(quiz.players)
    const own = seeded(random.below(2 ** 32))
    const turn = { endpoints, quizId: quiz.quizId, player, question, random: own, tally, intended, isShown }
    underWay.push(answerOnce(turn))
  }
  const began = performance.now()
  // Some are still on their way while the question closes.
  const end = openMs + 300
  const sending = (async () => {
    for (let at = 0; ; ) {
      at += (-Math.log(1 - random.next()) * 1_000) / answersPerS
      if (at > end) return
      const wait = began + at - performance.now()
      if (wait > 0) await sleep(wait)
      send(began + at)
    }
  })()
  await sleep(openMs)
  const { quizId } = quiz
  // 409: the reply to an earlier attempt was lost, and the quiz has moved on.
  if (random.chance(0.5)) await host(`/quizzes/${quizId}/reveal`, { position }, 409)
  if (position < quiz.questions.length) await host(`/quizzes/${quizId}/next`, { position }, 409)
  else await host(`/quizzes/${quizId}/reveal`, { position }, 409)
  await sending
  await Promise.all(underWay)
}
