/** The REST calls of the quiz-service: CONTRACT's host calls and joins, and the host's login beside it. */
import { ProblemError, unavailable } from '@quizboard/shared/http/problem.ts'
import type { Route } from '@quizboard/shared/http/route.ts'
import { coalesceByKey } from '@quizboard/shared/kit/coalesce.ts'
import { canonicalQuizId } from './domain/ids.ts'
import type { Quiz } from './domain/quiz.ts'
import { AnswersUnavailable } from './ports/answers.ts'
import { type QuizStore, StoreUnavailable } from './ports/quiz-store.ts'
import { type DeckRouteDeps, deckRoutes } from './routes/decks.ts'
import { type HostSessionRouteDeps, hostSessionRoutes } from './routes/host-sessions.ts'
import { type PlayerRouteDeps, playerRoutes } from './routes/players.ts'
import { type QuizRouteDeps, quizRoutes } from './routes/quizzes.ts'
import { type RegradeRouteDeps, regradeRoutes } from './routes/regrades.ts'

export type QuizServiceRouteDeps = Omit<
  DeckRouteDeps & QuizRouteDeps & RegradeRouteDeps & PlayerRouteDeps & HostSessionRouteDeps,
  'findQuiz'
>

export const quizServiceRoutes = (deps: QuizServiceRouteDeps): Route[] => {
  const findQuiz = createFindQuiz(deps.store)
  return [
    ...deckRoutes(deps),
    ...quizRoutes({ ...deps, findQuiz }),
    ...regradeRoutes({ ...deps, findQuiz }),
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

/** What is away for the moment is a 503, not an error of ours. */
const patient = (route: Route): Route => {
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof StoreUnavailable) throw unavailable('The store of the quizzes is not available')
      if (error instanceof AnswersUnavailable) throw unavailable('The answers are not available')
      throw error
    }
  }
  const { resource, body, handle } = route
  return {
    ...route,
    ...(resource && { resource: (params, caller) => guard(() => resource(params, caller)) }),
    ...(body?.before && {
      body: { ...body, before: (...given) => guard(async () => body.before?.(...given)) },
    }),
    handle: (call) => guard(() => handle(call)),
  }
}
