/**
 * What must hold once everything has come to rest: computed anew out of what was acknowledged and what is durable, by nothing
 * that the services use.
 */
import type { StoredAnswer } from '@quizboard/answer-service/domain/player.ts'
import type { BoardRow } from '@quizboard/leaderboard-service/domain/rows.ts'
import type { QuizPlan } from '../facts.ts'
import type { World } from '../world.ts'
import { expectedBoard, type ForeignDelta, type OnBoard } from './expected-board.ts'
import type { FrameWatch, Standing } from './frames.ts'
import { judgeAnswers } from './judge-answers.ts'
import { type Events, judgeEvents } from './judge-events.ts'

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
  judgeTopics(world)
  await judgeReplicas(world)
  for (const quiz of plan.quizzes) {
    for (const { revision, doneAt, questionId } of world.quizzes.regrades(quiz.quizId))
      if (doneAt === null) violate('Q12.4', `regrade ${revision}, of ${questionId}, is never done`)
    const docs = await answers.inner.list(quiz.quizId, { limit: 1_000_000 })
    const { foreign, own } = judgeEvents(world, quiz.quizId, docs)
    const reached = await judgeAnswers(world, quiz, docs, own)
    await judgeBoard(world, quiz, docs, reached, foreign, viewers)
    judgeOrder(world, quiz.quizId, own, foreign, viewers)
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
  for (const [joinId, userId] of world.facts.joined)
    if (joinId.startsWith(quizId) && players.every((player) => player.userId !== userId))
      violate('Q1.4', `${userId}, who joined as ${joinId}, is lost`)
  const board = expectedBoard(players, docs, reached, foreign)

  const stored = await world.boards.inner.load(quizId)
  const rows = new Map(stored.map((row) => [row.user_id, row]))
  for (const { user_id, score, reachedAt } of board) {
    const row = rows.get(user_id)
    if (row?.score !== score) violate('Q2.1', `${user_id} of ${quizId} is stored with ${row?.score}, and has ${score}`)
    if (row && storedTime(row) !== reachedAt)
      violate('Q4.2', `${user_id} of ${quizId} got there at ${reachedAt}, stored is ${storedTime(row)}`)
  }
  if (stored.length !== board.length)
    violate('Q2.1', `${stored.length} rows of ${quizId} stored, ${board.length} expected`)

  const seqs = new Map<string, number>()
  for (const { user_id, seq } of docs) seqs.set(user_id, Math.max(seqs.get(user_id) ?? 0, seq))
  for (const shown of await readBoards(world, quizId)) comparePlaces(world, quizId, board, seqs, shown)
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

/** Whoever has been shown a score of a player is never shown one that it has replaced. */
const judgeOrder = (
  { violate }: World,
  quizId: string,
  own: Events['own'],
  foreign: readonly ForeignDelta[],
  viewers: readonly Watched[],
) => {
  // Where others add something, it is not told what belongs to whom.
  const strangers = new Set(foreign.map(({ user_id }) => user_id))
  for (const viewer of viewers.filter((each) => each.quizId === quizId))
    for (const [user, scores] of viewer.watch.scores) {
      if (strangers.has(user)) continue
      const events = [...(own.get(user)?.values() ?? [])].sort((a, b) => a.revision - b.revision)
      const totals = [0, ...events.map(({ total }) => total)]
      let at = 0
      for (const score of scores) {
        at = totals.indexOf(score, at)
        if (at >= 0) continue
        violate(
          'Q5.2',
          `${viewer.userId ?? 'a viewer'} was shown ${scores.join()} of ${user}, who had ${totals.join()}`,
        )
        break
      }
    }
}

/** When the player got to the score, as the row has it. */
const storedTime = ({ own_reached_at, foreign_reached_at, joined_at }: BoardRow): number => {
  const times = [own_reached_at, foreign_reached_at].filter((time) => time !== null)
  return times.length === 0 ? (joined_at ?? 0) : Math.max(...times)
}

const rowsOf = (rows: readonly Standing[]): string =>
  rows.map(({ rank, user_id, name, score }) => `${rank} ${user_id} ${name} ${score}`).join()

interface Shown extends Standing {
  seq: number
}

const comparePlaces = (
  { violate }: World,
  quizId: string,
  board: readonly OnBoard[],
  seqs: ReadonlyMap<string, number>,
  shown: readonly Shown[],
) => {
  if (shown.length !== board.length)
    violate('Q4.1', `${shown.length} rows of ${quizId} shown, ${board.length} expected`)
  const byUser = new Map(shown.map((row, place) => [row.user_id, { ...row, place }]))
  for (const [place, row] of board.entries()) {
    const seen = byUser.get(row.user_id)
    if (seen?.rank !== row.rank || seen.score !== row.score || seen.name !== row.name)
      violate('Q4.1', `${row.user_id} of ${quizId} is shown as ${JSON.stringify(seen)}, and is ${JSON.stringify(row)}`)
    if (seen && seen.seq !== (seqs.get(row.user_id) ?? 0))
      violate('Q4.1', `${row.user_id} of ${quizId} is shown with seq ${seen.seq}, the last is ${seqs.get(row.user_id)}`)
    if (seen && seen.place !== place)
      violate('Q4.2', `${row.user_id} of ${quizId} is in place ${seen.place}, and belongs in ${place}`)
  }
}

/** The whole board by REST's way, at every replica. */
const readBoards = async (world: World, quizId: string): Promise<Shown[][]> => {
  const { scheduler, violate } = world
  const boards = [...world.instances].filter((instance) => instance.kind === 'board')
  if (boards.length === 0) violate('Q5.2', 'no board is up at rest')
  const pages: Shown[][] = []
  const reading = boards.map(async ({ edge, process }) => {
    const event = await edge.find(quizId)
    if (!event) return violate('Q5.2', `${quizId} is unknown at rest at ${process.name}`)
    const quiz = edge.open(event)
    if (!(await quiz.ready(5_000))) return violate('Q5.2', `the board of ${quizId} is not to be had at ${process.name}`)
    const seqOf = (userId: string) => quiz.replica.player(userId)?.seq ?? -1
    pages.push(quiz.replica.page(0, 1_000).map((row) => ({ ...row, seq: seqOf(row.user_id) })))
  })
  let isDone = false
  void Promise.all(reading).then(() => {
    isDone = true
  })
  await scheduler.runUntil(scheduler.now() + 20_000, () => isDone)
  if (!isDone) violate('Q5.2', `not every replica has shown ${quizId} at rest`)
  return pages
}

/** What the stores say of replicas is true again: nothing is left of those that are gone, and every partition has its owner. */
const judgeReplicas = async ({ answers, boards, members, instances, plan, violate }: World) => {
  const isHere = (kind: string, name: string | null) =>
    [...instances].some((instance) => instance.kind === kind && instance.process.name === name)
  for (const { id, address } of await answers.inner.replicas())
    if (!isHere('answers', address)) violate('Q10.2', `${id} is still registered`)
  for (const { id } of await members.inner.list()) if (!isHere('board', id)) violate('Q10.2', `${id} is still a member`)
  const leases = await boards.inner.leases()
  for (let partition = 0; partition < plan.partitions; partition++) {
    const owner = leases.find((lease) => lease.partition === partition)?.owner ?? null
    if (!isHere('board', owner)) violate('Q6.4', `partition ${partition} is owned by ${owner}`)
  }
}

/** Whoever reads a compacted topic later knows the quiz as it is. */
const judgeTopics = ({ log, quizzes, plan, violate }: World) => {
  const history = log.history('quiz.lifecycle')
  for (const { quizId } of plan.quizzes) {
    const last = history.findLast(({ key }) => key === quizId)?.value ?? '{}'
    const { revision } = JSON.parse(last) as { revision?: number }
    const newest = quizzes.quiz(quizId)?.revision
    if (revision !== newest) violate('Q5.4', `the last snapshot of ${quizId} is ${revision}, the newest ${newest}`)
  }
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
