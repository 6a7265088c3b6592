/** REST of the boards: the same replica that the live sockets look at. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import { LIMITS, leaderboardPage, playerStanding } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError, unavailable } from '@quizboard/shared/http/problem.ts'
import { type Caller, isPlayerOf, type Route, route } from '@quizboard/shared/http/route.ts'
import { queryInt } from '@quizboard/shared/http/validate.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { z } from 'zod'
import type { Edge } from './app/edge.ts'
import { isOver, OVER_DETAIL } from './app/edge-hello.ts'
import type { EdgeQuiz } from './app/edge-quiz.ts'
import { LogUnavailable } from './ports/board-feed.ts'

/** How long a request waits for a quiz's owner, milliseconds. */
const OWNER_WAIT_MS = 5_000

/** Far past the end of any board. */
const OFFSET_MAX = 999_999_999_999_999

const { default: DEFAULT_LIMIT, max: MAX_LIMIT } = LIMITS.standings
const pageQuery = z.object({
  limit: queryInt({ min: 1, max: MAX_LIMIT, default: DEFAULT_LIMIT }),
  offset: queryInt({ min: 0, max: OFFSET_MAX, default: 0 }),
})

export const leaderboardRoutes = ({ edge, clock }: { edge: Edge; clock: Clock }): Route[] => {
  type Params = Record<string, string>

  /** Also 401, for a token that has outlived its quiz. */
  const findQuiz = async ({ quiz_id = '' }: Params, caller: Caller | undefined): Promise<LifecycleEvent> => {
    const quiz = await edge.find(quiz_id).catch((error: unknown) => {
      if (!(error instanceof LogUnavailable)) throw error
      throw unavailable('The quizzes cannot be read')
    })
    // Whoever has a token of a quiz knows that there is one: word of it is on its way.
    if (!quiz && isPlayerOf(caller, quiz_id)) throw unavailable('The quiz is not known here yet')
    if (!quiz) throw new ProblemError('quiz/unknown', 'There is no quiz of this id')
    if (caller && isOver(caller, quiz, clock.now())) throw new ProblemError('auth/expired', OVER_DETAIL)
    return quiz
  }

  const openQuiz = async (event: LifecycleEvent): Promise<EdgeQuiz> => {
    const quiz = edge.open(event)
    if (await quiz.ready(OWNER_WAIT_MS)) return quiz
    throw unavailable('The board is not at hand for the moment')
  }

  /** Before 403: a user who is not on the board is as unknown to strangers as to members. */
  const findPlayer = async (params: Params, caller: Caller | undefined): Promise<EdgeQuiz> => {
    const quiz = await openQuiz(await findQuiz(params, caller))
    const { quiz_id = '', user_id = '' } = params
    if (await quiz.hasPlayer(user_id, edge.settings.knowledgeMs)) return quiz
    const isOwn = isPlayerOf(caller, quiz_id) && caller.user_id === user_id
    if (isOwn || !(await edge.isWhole())) throw unavailable('The player is not on this board yet')
    throw new ProblemError('player/unknown', 'No such player is on the board')
  }

  return [
    route<LifecycleEvent, undefined, z.infer<typeof pageQuery>>({
      method: 'GET',
      path: '/api/v1/leaderboards/:quiz_id',
      auth: 'member',
      summary: 'A page of the standings',
      resource: findQuiz,
      query: pageQuery,
      replies: { 200: leaderboardPage },
      async handle({ resource, query: { limit, offset } }) {
        const { replica } = await openQuiz(resource)
        const { quizId: quiz_id, epoch, version, players } = replica
        const standings = replica.page(Math.min(offset, players), limit)
        return { status: 200, body: { quiz_id, epoch, version, players, limit, offset, standings } }
      },
    }),
    route<EdgeQuiz, undefined, unknown>({
      method: 'GET',
      path: '/api/v1/leaderboards/:quiz_id/players/:user_id',
      auth: 'member',
      summary: "A player's standing",
      resource: findPlayer,
      replies: { 200: playerStanding },
      async handle({ resource: { replica }, params: { user_id = '' } }) {
        const player = replica.player(user_id)
        if (!player) throw new ProblemError('player/unknown', 'No such player is on the board')
        const { quizId: quiz_id, epoch, version, players, ranking } = replica
        const { handle, name, seq } = player
        const [rank, score] = [ranking.rankAt(handle), ranking.scoreAt(handle)]
        return { status: 200, body: { rank, user_id, name, score, quiz_id, epoch, version, players, seq } }
      },
    }),
  ]
}
