/** `POST` and `GET /api/v1/answers/{quiz_id}`. */
import { answerDoc, answerRequest, answerResult, clientId, LIMITS, problem } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError, type ProblemItem, unavailable } from '@quizboard/shared/http/problem.ts'
import type { RateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import { type Caller, isPlayerOf, type Reply, type Route, route } from '@quizboard/shared/http/route.ts'
import { bodyItem, invalid, parameterItem, queryAfter, queryInt, queryText } from '@quizboard/shared/http/validate.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { z } from 'zod'
import type { AnswerApp } from './app/answer-app.ts'
import { LogUnavailable, type SubmitOutcome } from './app/outcome.ts'
import type { AnswerCall } from './app/submit.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { QuizView } from './domain/quiz.ts'
import { StoreUnavailable } from './ports/answer-store.ts'

export interface AnswerRouteDeps {
  app: AnswerApp
  /** By player: every submission takes one, a repeat too. */
  limiter: RateLimiter
  clock: Clock
  logger: Logger
  /** How long after the close of its quiz a player's token is good. */
  tokenAfterCloseMs: number
}

export const answerPage = z
  .object({ quiz_id: z.string(), answers: z.array(answerDoc), next: z.string().nullable() })
  .meta({ id: 'AnswerPage' })

const PATH = '/api/v1/answers/:quiz_id'

export const answerRoutes = (deps: AnswerRouteDeps): Route[] => {
  const { app } = deps
  const resource = findQuiz(deps)
  return [
    route({
      method: 'POST',
      path: PATH,
      auth: 'player',
      summary: 'Answer a question, or answer it again',
      resource,
      body: {
        schema: answerRequest,
        async before(raw, { caller, resource: { quiz_id } }, isValid) {
          const { user_id } = playerOf(caller)
          takeOne(deps.limiter, quiz_id, user_id)
          // A body that is fine is looked up in its commit, with everything else of the player.
          const answerId = isValid ? undefined : answerIdOf(raw)
          const earlier = answerId === undefined ? undefined : await app.repeated(quiz_id, user_id, answerId)
          return earlier && replyTo(earlier, undefined, deps.logger)
        },
      },
      replies: { 200: answerResult, 409: problem, 422: problem, 429: problem, 503: problem },
      async handle({ caller, body, resource: { quiz_id } }) {
        const { user_id } = playerOf(caller)
        const call: AnswerCall = { ...body, quiz_id, user_id }
        return replyTo(await app.submit(call), call, deps.logger)
      },
    }),
    route({
      method: 'GET',
      path: PATH,
      auth: 'member',
      summary: 'A player’s own answers, all at once; for the host everyone’s, in pages',
      resource,
      query: z.object({
        limit: queryInt({ min: 1, max: LIMITS.page.max, default: LIMITS.page.default }),
        after: queryAfter(),
        user_id: queryText(),
        question_id: queryText(),
      }),
      replies: { 200: answerPage },
      async handle({ caller, query, resource: { quiz_id } }) {
        if (caller?.role === 'player') {
          const answers = await patient(app.read.ofPlayer(quiz_id, caller.user_id))
          return { status: 200, body: { quiz_id, answers, next: null } }
        }
        const { answers, next } = await patient(app.read.forHost(quiz_id, hostPage(query)))
        return { status: 200, body: { quiz_id, answers, next: next ? writeCursor(next) : null } }
      },
    }),
  ]
}

/** 404, and 401 for a token that has outlived its quiz. Whoever has a token of a quiz knows that there is one: word of it is on its way. */
const findQuiz =
  ({ app, clock, tokenAfterCloseMs }: AnswerRouteDeps) =>
  async ({ quiz_id = '' }: Record<string, string>, caller: Caller | undefined): Promise<QuizView> => {
    if (!app.isReady()) throw unavailable('The service is starting or stopping')
    const quiz = await patient(app.findQuiz(quiz_id))
    const isOwn = isPlayerOf(caller, quiz_id)
    if (!quiz && isOwn) throw unavailable('The quiz is not known here yet')
    if (!quiz) throw new ProblemError('quiz/unknown', 'There is no quiz of this id')
    if (isOwn && quiz.closed_at !== undefined && clock.now() >= quiz.closed_at + tokenAfterCloseMs)
      throw new ProblemError('auth/expired', 'The token has expired: the quiz was closed long ago')
    return quiz
  }

/** What is away for the moment is a 503, not an error of ours. */
const patient = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof StoreUnavailable) throw unavailable('The store of the answers is not available')
    if (error instanceof LogUnavailable) throw unavailable('The quizzes cannot be read')
    throw error
  }
}
const playerOf = (caller: Caller | undefined): Extract<Caller, { role: 'player' }> => {
  if (caller?.role !== 'player') throw new ProblemError('auth/not_player', 'This call is for players')
  return caller
}

const takeOne = (limiter: RateLimiter, quizId: string, userId: string): void => {
  const taken = limiter.take(`${quizId}/${userId}`)
  if (taken.ok) return
  throw new ProblemError('rate/limited', 'Too many answers of this player', { retryAfterS: taken.retryAfterS })
}

/** The answer_id of a body that is not valid otherwise. */
const answerIdOf = (raw: unknown): string | undefined => {
  if (typeof raw !== 'object' || raw === null || !('answer_id' in raw)) return undefined
  const parsed = clientId.safeParse(raw.answer_id)
  return parsed.success ? parsed.data : undefined
}

const DETAILS = {
  'quiz/not_running': 'The quiz has not started yet',
  'quiz/closed': 'The quiz is closed',
  'question/not_open': 'The question is not open yet',
  'question/closed': 'The question takes no more answers',
  'answer/already_given': 'The question has been answered, and this quiz takes one answer to each',
} as const

const replyTo = (outcome: SubmitOutcome, call: AnswerCall | undefined, logger: Logger): Reply => {
  switch (outcome.kind) {
    case 'accepted':
    case 'repeated':
      return { status: 200, body: outcome.result }
    case 'fenced':
      throw unavailable('This replica is joining the others')
    case 'busy':
      throw unavailable(outcome.why)
    case 'failed':
      logger.error({ err: outcome.error, quiz_id: call?.quiz_id, user_id: call?.user_id }, 'an answer failed')
      throw new ProblemError('service/failed', 'The answer could not be stored')
    case 'refused':
      throw refusalOf(outcome.code, call)
  }
}

const refusalOf = (code: Extract<SubmitOutcome, { kind: 'refused' }>['code'], call: AnswerCall | undefined) => {
  if (code === 'question/unknown') {
    const errors: ProblemItem[] = [bodyItem(['question_id'], 'is not a question of this quiz', call?.question_id)]
    return new ProblemError(code, 'The quiz has no such question', { errors })
  }
  if (code === 'answer/no_option') return invalid([bodyItem(['answer'], 'must be one of the options', call?.answer)])
  return new ProblemError(code, DETAILS[code])
}

const hostPage = (query: {
  limit: number
  after: string | undefined
  user_id: string | undefined
  question_id: string | undefined
}) => {
  const { limit, after, user_id, question_id } = query
  const place = after === undefined ? undefined : readCursor(after)
  if (after !== undefined && !place)
    throw invalid([parameterItem('after', 'must be the `next` of the page before', after)])
  return {
    limit,
    ...(place ? { after: place } : {}),
    ...(user_id === undefined ? {} : { user_id }),
    ...(question_id === undefined ? {} : { question_id }),
  }
}
