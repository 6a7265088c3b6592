/** The REST calls of the quiz-service: CONTRACT's host calls and joins, and the host's login beside it. */
import { ProblemError } from '@quizboard/shared/http/problem.ts'
import type { Route } from '@quizboard/shared/http/route.ts'
import { coalesceByKey } from './app/coalesce.ts'
import { canonicalQuizId } from './domain/ids.ts'
import type { Quiz } from './domain/quiz.ts'
import { type QuizStore, StoreUnavailable } from './ports/quiz-store.ts'
import { type DeckRouteDeps, deckRoutes } from './routes/decks.ts'
import { type HostSessionRouteDeps, hostSessionRoutes } from './routes/host-sessions.ts'
import { type PlayerRouteDeps, playerRoutes } from './routes/players.ts'
import { type QuizRouteDeps, quizRoutes } from './routes/quizzes.ts'

export type QuizServiceRouteDeps = Omit<
  DeckRouteDeps & QuizRouteDeps & PlayerRouteDeps & HostSessionRouteDeps,
  'findQuiz'
>

export const quizServiceRoutes = (deps: QuizServiceRouteDeps): Route[] => {
  const findQuiz = createFindQuiz(deps.store)
  return [
    ...deckRoutes(deps),
    ...quizRoutes({ ...deps, findQuiz }),
    ...playerRoutes({ ...deps, findQuiz }),
    ...hostSessionRoutes(deps),
  ].map(patient)
}

/**
 * The quiz of a path, whatever the case of its id. Read for every request, so that it is as the last 2xx left it; a class that
 * asks at once is one read.
 */
const createFindQuiz = (store: QuizStore) => {
  const read = coalesceByKey((quizId) => store.quiz(quizId))
  return async ({ quiz_id = '' }: Record<string, string>): Promise<Quiz> => {
    const quizId = canonicalQuizId(quiz_id)
    const quiz = quizId === undefined ? undefined : await read(quizId)
    if (!quiz) throw new ProblemError('quiz/unknown', 'There is no quiz of this id')
    return quiz
  }
}

/** A store that is away for the moment is a 503, not an error of ours. */
const patient = (route: Route): Route => {
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      throw new ProblemError('service/unavailable', 'The store of the quizzes is not available', { retryAfterS: 1 })
    }
  }
  const { resource, body, handle } = route
  return {
    ...route,
    ...(resource && { resource: (params, caller) => guard(() => resource(params, caller)) }),
    ...(body?.before && {
      body: { ...body, before: (raw, call) => guard(async () => body.before?.(raw, call)) },
    }),
    handle: (call) => guard(() => handle(call)),
  }
}
