import type { Signer } from '@quizboard/shared/auth/tokens.ts'
import { clientId, joined as joinedSchema, LIMITS, problem } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError, unavailable } from '@quizboard/shared/http/problem.ts'
import type { RateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import { type Reply, type Route, route } from '@quizboard/shared/http/route.ts'
import { z } from 'zod'
import type { Joins } from '../app/joins.ts'
import { parseName } from '../domain/names.ts'
import type { Player, Quiz } from '../domain/quiz.ts'
import type { QuizStore } from '../ports/quiz-store.ts'

export interface PlayerRouteDeps {
  store: QuizStore
  joins: Joins
  signer: Signer
  findQuiz(params: Record<string, string>): Promise<Quiz>
  /** By address. */
  joinRate: RateLimiter
}

/** Unknown fields are ignored. `name` comes out as NFC, trimmed. */
const joinRequest = z
  .object({
    name: z
      .string()
      .transform((value, context) => {
        const parsed = parseName(value)
        if (parsed.ok) return parsed.name
        context.addIssue({ code: 'custom', message: parsed.detail })
        return z.NEVER
      })
      .meta({ type: 'string', minLength: 1, maxLength: LIMITS.name, description: 'Kept as NFC, trimmed' }),
    join_id: clientId.optional(),
  })
  .meta({ id: 'JoinRequest' })

export const playerRoutes = ({ store, joins, signer, findQuiz, joinRate }: PlayerRouteDeps): Route[] => {
  const takeRate = (address: string) => {
    const taken = joinRate.take(address)
    if (!taken.ok)
      throw new ProblemError('rate/limited', 'Too many joins from this address', { retryAfterS: taken.retryAfterS })
  }
  /** The token says nothing that the player's row does not: a repeat gets the same. */
  const reply = async ({ quizId, userId, name, joinedAt }: Player): Promise<Reply> => ({
    status: 201,
    body: {
      quiz_id: quizId,
      user_id: userId,
      name,
      token: await signer.player({ user_id: userId, quiz_id: quizId, issued_at_ms: joinedAt }),
    },
  })
  return [
    route({
      method: 'POST',
      path: '/api/v1/quizzes/:quiz_id/players',
      auth: 'none',
      summary: 'Join a quiz; the same join_id again is the same player',
      resource: findQuiz,
      body: {
        schema: joinRequest,
        // A repeat counts whatever else the body says; a good body is looked up where it joins.
        async before(raw, { resource, address }) {
          const joinId = joinIdOf(raw)
          if (joinId === undefined || joinRequest.safeParse(raw).success) return undefined
          takeRate(address)
          const player = await store.player(resource.quizId, joinId)
          return player && reply(player)
        },
      },
      replies: { 201: joinedSchema, 409: problem, 422: problem, 429: problem, 503: problem },
      async handle({ resource, body, address }) {
        takeRate(address)
        const outcome = await joins.join(resource.quizId, { name: body.name, joinId: body.join_id ?? null })
        switch (outcome.kind) {
          case 'joined':
            return reply(outcome.player)
          case 'refused':
            throw new ProblemError(outcome.code, outcome.detail)
          case 'unknown':
            throw new ProblemError('quiz/unknown', 'There is no quiz of this id')
          case 'busy':
            throw unavailable('Too many join at this moment')
        }
      },
    }),
  ]
}

const joinIdOf = (raw: unknown): string | undefined => {
  if (typeof raw !== 'object' || raw === null) return undefined
  const given: unknown = Object.getOwnPropertyDescriptor(raw, 'join_id')?.value
  const parsed = clientId.safeParse(given)
  return parsed.success ? parsed.data : undefined
}
