/**
 * Plays a small quiz through the public API, and compares every result with what must come out of it. It knows nothing of the inside:
 * whatever is between a player's phone and the stores is in the way of it.
 */
import { Trouble } from '@quizboard/shared/process/trouble.ts'
import { type Api, createApi, Refused, sleep } from '../client/api.ts'
import { answersOf, QUESTIONS, rankOf, type ScriptedQuestion, scoreOf } from './script.ts'
import { openViewer, type Viewer } from './viewer.ts'

export interface SmokeOptions {
  /** `http://…` of the product. */
  url: string
  hostToken: string
  players: number
  /** So long it may take until it is ready. */
  waitMs: number
  say(line: string): void
}

interface Player {
  index: number
  userId: string
  token: string
  viewer: Viewer
}
interface Standing {
  rank: number
  user_id: string
  name: string | null
  score: number
}

/** Rejects with Trouble that says what is wrong. */
export const runSmoke = async (options: SmokeOptions): Promise<void> => {
  const { url, hostToken, say } = options
  await awaitReady(options)
  const api = createApi(url)
  const host = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    api.call<T>(method, path, { token: hostToken, ...(body !== undefined && { body }) })
  const started = performance.now()
  const deck = await host<{ deck_id: string; questions: { question_id: string }[] }>('POST', '/decks', {
    title: 'Smoke test',
    questions: QUESTIONS.map(({ wrong: _, ...question }) => question),
  })
  const quiz = await host<{ quiz_id: string }>('POST', '/quizzes', { deck_id: deck.deck_id, scoring: 'accuracy' })
  // The quiz has a copy of its deck: the host's list stays tidy.
  await host('DELETE', `/decks/${deck.deck_id}`)
  await host('POST', `/quizzes/${quiz.quiz_id}/open`)
  const players = await joinAll(api, options, quiz.quiz_id)
  say(`${players.length} players have joined quiz ${quiz.quiz_id}.`)
  try {
    await host('POST', `/quizzes/${quiz.quiz_id}/start`)
    for (const [index, { question_id }] of deck.questions.entries()) {
      const position = index + 1
      await Promise.all(players.map((player) => answer(api, quiz.quiz_id, player, { question_id, index })))
      await host('POST', `/quizzes/${quiz.quiz_id}/reveal`, { position })
      await Promise.all(players.map((player) => seeQuestionClosed(player, { question_id, index })))
      say(`Question ${position}: every answer was acknowledged with the points that it is worth.`)
      if (position < deck.questions.length) await host('POST', `/quizzes/${quiz.quiz_id}/next`, { position })
    }
    await host('POST', `/quizzes/${quiz.quiz_id}/close`)
    await checkBoard(api, quiz.quiz_id, players)
  } finally {
    for (const { viewer } of players) viewer.close()
  }
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  say(`Every rank and every sum is right, live and by request (${seconds} s).`)
}

const PROBE_MS = 1_000

const awaitReady = async ({ url, waitMs, say }: SmokeOptions): Promise<void> => {
  const deadline = performance.now() + waitMs
  let told = ''
  for (;;) {
    const problem = await whyUnready(url)
    if (problem === undefined) return say(`${url} is ready.`)
    if (performance.now() > deadline) throw new Trouble(`${url} is not ready after ${waitMs / 1_000} s: ${problem}`)
    if (problem !== told) say(`Waiting: ${problem}`)
    told = problem
    await sleep(PROBE_MS)
  }
}

const whyUnready = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) })
    const text = await response.text()
    return response.ok ? undefined : `${response.status} ${text.trim().replaceAll('\n', ', ').slice(0, 300)}`
  } catch (error) {
    const { message, cause } = error as Error
    return cause instanceof Error ? cause.message : message
  }
}

const joinAll = async (api: Api, { url, players }: SmokeOptions, quizId: string): Promise<Player[]> => {
  const joined: Player[] = []
  for (let index = 0; index < players; index++) {
    const body = { name: `Smoke ${index + 1}` }
    const { user_id, token } = await api.call<{ user_id: string; token: string }>(
      'POST',
      `/quizzes/${quizId}/players`,
      {
        body,
      },
    )
    joined.push({ index, userId: user_id, token, viewer: openViewer(url, quizId, token) })
  }
  return joined
}

interface Asked {
  question_id: string
  index: number
}

const answer = async (api: Api, quizId: string, player: Player, { question_id, index }: Asked): Promise<void> => {
  const { points, answer: right } = QUESTIONS[index] as ScriptedQuestion
  await player.viewer.until(
    'quiz',
    `question ${index + 1} is open`,
    ({ question }) => question?.question_id === question_id && question.state === 'open',
  )
  for (const text of answersOf(player.index, index)) {
    const body = { question_id, answer: text, answer_id: crypto.randomUUID() }
    const submit = () =>
      api.call<{ score: number; total: number }>('POST', `/answers/${quizId}`, { token: player.token, body })
    const result = await onceOpen(submit)
    const score = text === right ? points : 0
    const wanted = { score, total: scoreOf(player.index, index) + score }
    if (result.score !== wanted.score || result.total !== wanted.total)
      throw wrong(`player ${player.index + 1}'s answer “${text}” to question ${index + 1}`, wanted, result)
    const again = await submit()
    if (JSON.stringify(again) !== JSON.stringify(result)) throw wrong('the repeat of an answer', result, again)
  }
}

const OPENS_WITHIN_MS = 30_000

/** Services hear of a question one after the other: a player's screen may be ahead of the answers by a moment. */
const onceOpen = async <T>(submit: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + OPENS_WITHIN_MS
  for (;;) {
    try {
      return await submit()
    } catch (error) {
      const mayPass = error instanceof Refused && (error.status === 404 || error.status === 409)
      if (!mayPass || performance.now() > deadline) throw error
      await sleep(100)
    }
  }
}

const seeQuestionClosed = ({ viewer }: Player, { question_id, index }: Asked): Promise<void> =>
  viewer.until(
    'quiz',
    `question ${index + 1} is closed, and its answer told`,
    ({ question }) =>
      question?.question_id === question_id &&
      question.state === 'closed' &&
      question.answer === QUESTIONS[index]?.answer,
  )

/** By the live connection of every player, then by request. */
const checkBoard = async (api: Api, quizId: string, players: readonly Player[]): Promise<void> => {
  const wanted = new Map(
    players.map(({ index, userId }) => [userId, { rank: rankOf(index, players.length), score: scoreOf(index) }]),
  )
  const isWanted = (rows: readonly Omit<Standing, 'name'>[]) =>
    rows.length === wanted.size &&
    rows.every(({ user_id, rank, score }) => {
      const own = wanted.get(user_id)
      return own?.rank === rank && own.score === score
    })
  for (const { viewer, userId } of players) {
    const own = wanted.get(userId)
    await viewer.until(
      'you',
      `rank ${own?.rank} with ${own?.score} points`,
      ({ rank, score }) => rank === own?.rank && score === own.score,
    )
    await viewer.until('leaderboard', 'the board as it must be in the end', ({ top }) => isWanted(top))
  }
  const { standings } = await api.call<{ standings: Standing[] }>('GET', `/leaderboards/${quizId}?limit=100`, {
    token: (players[0] as Player).token,
  })
  if (!isWanted(standings)) throw wrong('the board', Object.fromEntries(wanted), standings)
}

const wrong = (what: string, wanted: unknown, got: unknown): Trouble =>
  new Trouble(`Wrong: ${what} should be ${JSON.stringify(wanted)}, and is ${JSON.stringify(got)}.`)
