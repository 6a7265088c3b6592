/**
 * `npm start -- --demo 200`: a quiz of the sample deck that runs by itself with simulated players. A process of its own, which knows
 * the product by its public REST and WebSocket API alone. It ends with the quiz, or when the product is gone.
 */

import { type Api, createApi, sleep } from '../client/api.ts'
import { SAMPLE_DECK } from '../sample/vocabulary-deck.ts'
import { nameOf } from './names.ts'
import { play } from './player.ts'

/** What the launcher sends once it is ready. */
export interface DemoOrder {
  /** For the simulated players. */
  url: string
  /** For people. */
  publicUrl: string
  hostToken: string
  players: number
}

const LOBBY_MS = 10_000
const QUESTION_MS = 10_000
const REVEAL_MS = 4_500
const JOINING_AT_ONCE = 20

const runDemo = async ({ url, publicUrl, hostToken, players }: DemoOrder): Promise<void> => {
  const api = createApi(url)
  const host = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    api.call<T>(method, path, { token: hostToken, ...(body !== undefined && { body }) })
  const deck = await host<Deck>('POST', '/decks', { ...SAMPLE_DECK, title: `Demo: ${SAMPLE_DECK.title}` })
  const { quiz_id: quizId } = await host<{ quiz_id: string }>('POST', '/quizzes', {
    deck_id: deck.deck_id,
    scoring: 'speed',
  })
  // The quiz has a copy of its deck: the host's list stays tidy.
  await host('DELETE', `/decks/${deck.deck_id}`)
  await host('POST', `/quizzes/${quizId}/open`)
  say(`Demo: quiz ${quizId} with ${players} simulated players starts in ${LOBBY_MS / 1_000} seconds.`)
  say(`  Projector     ${publicUrl}/screen/${quizId}`)
  say(`  Play along    ${publicUrl}/join/${quizId}`)

  const answers = new Map(deck.questions.map(({ question_id, answer }) => [question_id, answer]))
  const lobby = sleep(LOBBY_MS)
  const playing = joinAll(api, url, quizId, players, (questionId) => answers.get(questionId))
  await lobby
  await host('POST', `/quizzes/${quizId}/start`)
  for (let position = 1; ; position++) {
    await sleep(QUESTION_MS)
    await host('POST', `/quizzes/${quizId}/reveal`, { position })
    await sleep(REVEAL_MS)
    if (position === deck.questions.length) break
    await host('POST', `/quizzes/${quizId}/next`, { position })
  }
  await host('POST', `/quizzes/${quizId}/close`)
  const board = await host<Board>('GET', `/leaderboards/${quizId}?limit=3`)
  const podium = board.standings.map(({ rank, name, score }) => `${rank}. ${name ?? 'someone'} (${score})`)
  say(`Demo: quiz ${quizId} is over. ${podium.join('  ')}`)
  say('  Its screens stay open. Start with --demo again for another one.')
  await playing
}

interface Deck {
  deck_id: string
  questions: { question_id: string; answer: string }[]
}
interface Board {
  standings: { rank: number; name: string | null; score: number }[]
}

/** A few at a time, as people come in. */
const joinAll = async (
  api: Api,
  url: string,
  quizId: string,
  players: number,
  knownAnswer: (questionId: string) => string | undefined,
): Promise<void> => {
  const playing: Promise<void>[] = []
  for (let index = 0; index < players; index++) {
    playing.push(
      play({ api, url, quizId, name: nameOf(index), knownAnswer }).catch((error: Error) =>
        say(`Demo: ${nameOf(index)} left: ${error.message}`),
      ),
    )
    if (index % JOINING_AT_ONCE === JOINING_AT_ONCE - 1)
      await sleep(Math.min(400, (LOBBY_MS / players) * JOINING_AT_ONCE))
  }
  await Promise.all(playing)
}

const say = (line: string) => console.log(line)

process.once('message', (order: DemoOrder) => {
  runDemo(order).then(
    () => process.exit(0),
    (error: Error) => {
      say(`Demo: it ended early: ${error.message}`)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches this process too: the product tells when it is time to go.
process.on('SIGINT', () => {})
