import { openQuestion, problem, quiz as quizSchema, quizState } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError, unavailable } from '@quizboard/shared/http/problem.ts'
import { type Caller, type Route, route } from '@quizboard/shared/http/route.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { z } from 'zod'
import type { Conductor } from '../app/conductor.ts'
import type { Quizzes } from '../app/quizzes.ts'
import type { Command } from '../domain/lifecycle.ts'
import { type Quiz, toQuizBody } from '../domain/quiz.ts'
import { quizRequest } from '../domain/quiz-request.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import { pageQuery, toCursor } from './cursor.ts'

export interface QuizRouteDeps {
  store: QuizStore
  quizzes: Quizzes
  conductor: Conductor
  findQuiz(params: Record<string, string>): Promise<Quiz>
  clock: Clock
  playerTokenGraceMs: number
}

const ROOT = '/api/v1/quizzes'

const noFields = z.strictObject({}).meta({ id: 'NoFields' })
const atPosition = z
  .strictObject({ position: z.int().min(1).optional() })
  .meta({ id: 'AtPosition', description: 'With `position`: only if that question is current' })

const questionsView = z
  .object({
    quiz_id: z.string(),
    state: quizState,
    question_count: z.int(),
    answered: z.int(),
    expired: z.int(),
    questions: z.array(openQuestion),
  })
  .meta({ id: 'Questions' })

/** A player's token lives as long as its quiz, and a day. */
const checkLife = (quiz: Quiz, caller: Caller | undefined, now: number, graceMs: number): void => {
  if (caller?.role !== 'player' || caller.quiz_id !== quiz.quizId || quiz.closedAt === null) return
  if (now >= quiz.closedAt + graceMs)
    throw new ProblemError('auth/expired', 'The quiz closed too long ago for a player’s token')
}

export const quizRoutes = (deps: QuizRouteDeps): Route[] => {
  const { store, quizzes, findQuiz, clock, playerTokenGraceMs } = deps
  return [
    route({
      method: 'POST',
      path: ROOT,
      auth: 'host',
      summary: 'Make a quiz of a deck',
      body: { schema: quizRequest },
      replies: { 201: quizSchema, 422: problem },
      async handle({ body }) {
        const made = await quizzes.add(body)
        return { status: 201, body: toQuizBody(made), headers: { location: `${ROOT}/${made.quizId}` } }
      },
    }),
    route({
      method: 'GET',
      path: ROOT,
      auth: 'host',
      summary: 'Quizzes, the newest first',
      query: pageQuery,
      replies: { 200: z.object({ quizzes: z.array(quizSchema), next: z.string().nullable() }) },
      async handle({ query }) {
        const page = await store.quizzes({ limit: query.limit, after: query.after })
        return { status: 200, body: { quizzes: page.quizzes.map(toQuizBody), next: toCursor(page.next) } }
      },
    }),
    route({
      method: 'GET',
      path: `${ROOT}/:quiz_id`,
      auth: 'none',
      summary: 'One quiz, whatever the case of its id',
      resource: findQuiz,
      replies: { 200: quizSchema },
      handle: async ({ resource }) => ({ status: 200, body: toQuizBody(resource) }),
    }),
    route({
      method: 'GET',
      path: `${ROOT}/:quiz_id/questions`,
      auth: 'member',
      summary: 'What can be answered now; for the host all questions',
      async resource(params, caller) {
        const quiz = await findQuiz(params)
        checkLife(quiz, caller, clock.now(), playerTokenGraceMs)
        return quiz
      },
      replies: { 200: questionsView },
      async handle({ resource, caller }) {
        const view =
          caller?.role === 'player'
            ? await quizzes.questionsForPlayer(resource, caller.user_id)
            : await quizzes.questionsForHost(resource)
        return { status: 200, body: view }
      },
    }),
    ...lifecycleRoutes(deps),
  ]
}

const LIFECYCLE_REPLIES = { 200: quizSchema, 409: problem, 503: problem }

const lifecycleRoutes = ({ conductor, findQuiz }: QuizRouteDeps): Route[] => {
  const run = async (quiz: Quiz, command: Command) => {
    const outcome = await conductor.run(quiz.quizId, command)
    switch (outcome.kind) {
      case 'done':
        return { status: 200, body: toQuizBody(outcome.quiz) }
      case 'refused':
        throw new ProblemError(outcome.refusal.code, outcome.refusal.detail)
      case 'unknown':
        throw new ProblemError('quiz/unknown', 'There is no quiz of this id')
      case 'unconfirmed':
        throw unavailable('The question is still being closed')
    }
  }
  const plain = (kind: 'open' | 'start' | 'close', summary: string): Route =>
    route({
      method: 'POST',
      path: `${ROOT}/:quiz_id/${kind}`,
      auth: 'host',
      summary,
      resource: findQuiz,
      body: { schema: noFields, optional: true },
      replies: LIFECYCLE_REPLIES,
      handle: ({ resource }) => run(resource, { kind }),
    })
  const positioned = (kind: 'reveal' | 'next', summary: string): Route =>
    route({
      method: 'POST',
      path: `${ROOT}/:quiz_id/${kind}`,
      auth: 'host',
      summary,
      resource: findQuiz,
      body: { schema: atPosition, optional: true },
      replies: LIFECYCLE_REPLIES,
      handle: ({ resource, body }) => run(resource, { kind, position: body.position }),
    })
  return [
    plain('open', 'Let players join'),
    plain('start', 'Open the first question'),
    positioned('reveal', 'Close the current question and show its answer'),
    positioned('next', 'Close the current question and open the following one'),
    plain('close', 'End the quiz'),
  ]
}
