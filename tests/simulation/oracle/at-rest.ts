/**
 * What must hold once everything has come to rest: computed anew out of what was acknowledged and what is durable, by nothing
 * that the services use.
 */
import type { StoredAnswer } from '@quizboard/answer-service/domain/player.ts'
import type { QuizPlan } from '../facts.ts'
import type { World } from '../world.ts'
import { expectedBoard, type ForeignDelta, type OnBoard } from './expected-board.ts'
import type { FrameWatch, Standing } from './frames.ts'
import { judgeAnswers } from './judge-answers.ts'
import { judgeEvents } from './judge-events.ts'

export interface Watched {
  quizId: string
  userId: string | undefined
  connected: boolean
  watch: FrameWatch
}

export const judgeAtRest = async (world: World, viewers: readonly Watched[]): Promise<void> => {
  const { plan, answers, violate } = world
  const stats = await answers.inner.stats()
  if (stats.outbox > 0 || world.quizzes.outboxSize > 0) violate('Q3.4', 'events are left in an outbox')
  if (stats.held > 0) violate('Q7.4', `${stats.held} held answers were never counted`)
  judgeDeadLetters(world)
  for (const quiz of plan.quizzes) {
    const docs = await answers.inner.list(quiz.quizId, { limit: 1_000_000 })
    const { foreign, own } = judgeEvents(world, quiz.quizId, docs)
    const reached = await judgeAnswers(world, quiz, docs, own)
    await judgeBoard(world, quiz, docs, reached, foreign, viewers)
  }
}

const judgeBoard = async (
  world: World,
  quiz: QuizPlan,
  docs: readonly StoredAnswer[],
  reached: ReadonlyMap<string, number>,
  foreign: readonly ForeignDelta[],
  viewers: readonly Watched[],
): Promise<void> => {
  const { quizId } = quiz
  const { violate } = world
  const players = world.quizzes.players(quizId)
  const board = expectedBoard(players, docs, reached, foreign)

  const stored = await world.boards.inner.load(quizId)
  const storedScores = new Map(stored.map(({ user_id, score }) => [user_id, score]))
  for (const { user_id, score } of board)
    if (storedScores.get(user_id) !== score)
      violate('Q2.1', `${user_id} of ${quizId} is stored with ${storedScores.get(user_id)}, and has ${score}`)
  if (stored.length !== board.length)
    violate('Q2.1', `${stored.length} rows of ${quizId} stored, ${board.length} expected`)

  const shown = await readBoard(world, quizId)
  if (shown) comparePlaces(world, quizId, board, shown)
  for (const { userId, connected, watch } of viewers.filter((viewer) => viewer.quizId === quizId)) {
    if (!connected) violate('Q5.2', `${userId ?? 'a viewer'} of ${quizId} has no connection`)
    const who = userId ?? 'a viewer'
    if (rowsOf(watch.board?.top ?? []) !== rowsOf(board.slice(0, watch.top)))
      violate('Q2.1', `${who} sees ${JSON.stringify(watch.board)} of ${quizId}; expected ${JSON.stringify(board)}`)
    const own = board.find(({ user_id }) => user_id === userId)
    if (own && (watch.you?.rank !== own.rank || watch.you.score !== own.score))
      violate('Q4.4', `${who} has ${JSON.stringify(watch.you)} as the own rank, and is ${JSON.stringify(own)}`)
    if (watch.quiz?.state !== 'closed') violate('Q5.3', `${who} sees ${quizId} ${String(watch.quiz?.state)}`)
    if (watch.quiz?.players !== players.length)
      violate('Q5.3', `${who} sees ${String(watch.quiz?.players)} players of ${quizId}, ${players.length} joined`)
  }
}

const rowsOf = (rows: readonly Standing[]): string =>
  rows.map(({ rank, user_id, name, score }) => `${rank} ${user_id} ${name} ${score}`).join()

const comparePlaces = ({ violate }: World, quizId: string, board: readonly OnBoard[], shown: readonly Standing[]) => {
  if (shown.length !== board.length)
    violate('Q4.1', `${shown.length} rows of ${quizId} shown, ${board.length} expected`)
  const byUser = new Map(shown.map((row, place) => [row.user_id, { ...row, place }]))
  for (const [place, row] of board.entries()) {
    const seen = byUser.get(row.user_id)
    if (seen?.rank !== row.rank || seen.score !== row.score || seen.name !== row.name)
      violate('Q4.1', `${row.user_id} of ${quizId} is shown as ${JSON.stringify(seen)}, and is ${JSON.stringify(row)}`)
    if (seen && seen.place !== place)
      violate('Q4.2', `${row.user_id} of ${quizId} is in place ${seen.place}, and belongs in ${place}`)
  }
}

/** The whole board by REST's way. */
const readBoard = async (world: World, quizId: string) => {
  const board = world.reach('board')
  if (!board) {
    world.violate('Q5.2', 'no board is up at rest')
    return undefined
  }
  const event = await board.edge.find(quizId)
  if (!event) {
    world.violate('Q5.2', `${quizId} is unknown at rest`)
    return undefined
  }
  return board.edge.open(event).replica.page(0, 1_000)
}

/** Every record that makes no sense is kept, at least once. */
const judgeDeadLetters = ({ log, facts, violate }: World) => {
  const places = new Set(
    log.history('quiz.scores.dlq').map(({ value }) => {
      const { partition, offset } = JSON.parse(value) as { partition: number; offset: number }
      return `${partition} ${offset}`
    }),
  )
  if (places.size !== facts.garbage) violate('Q3.5', `${places.size} dead letters of ${facts.garbage}`)
}
