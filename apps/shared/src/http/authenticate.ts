/** Who calls (401, 429), and whether the route is for them (403). */
import type { IncomingMessage } from 'node:http'
import type { Verifier } from '../auth/tokens.ts'
import { ProblemError } from './problem.ts'
import type { RateLimiter } from './rate-limit.ts'
import { type Caller, isPlayerOf, type Route } from './route.ts'

/** The token of `Authorization: Bearer <token>`; undefined: none, or another scheme. */
export const bearerOf = (req: IncomingMessage): string | undefined => {
  const header = req.headers.authorization
  if (header === undefined || header.length < 8) return undefined
  return header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() || undefined : undefined
}

/** Wrong tokens are counted by address. Right ones never are: a neighbour's mistakes do no harm. */
export const createAuthenticator =
  (verifier: Verifier, wrongTokens: RateLimiter) =>
  async (req: IncomingMessage, address: string): Promise<Caller> => {
    const token = bearerOf(req)
    if (token === undefined) throw new ProblemError('auth/missing', 'Send Authorization: Bearer <token>')
    const verified = await verifier.verify(token)
    if (verified.ok) return verified.caller
    const taken = wrongTokens.take(address)
    if (!taken.ok)
      throw new ProblemError('rate/limited', 'Too many wrong tokens from this address', {
        retryAfterS: taken.retryAfterS,
      })
    throw new ProblemError(verified.code, verified.detail)
  }

/** Why the caller may not use the route; undefined: they may. `params` is undefined if they could not be decoded. */
export const refusal = (
  { auth }: Route,
  caller: Caller | undefined,
  params: Record<string, string> | undefined,
): ProblemError | undefined => {
  if (auth === 'none' || caller === undefined) return undefined
  if (caller.role === 'host')
    return auth === 'player' ? new ProblemError('auth/not_player', 'This call is for players') : undefined
  if (auth === 'host') return new ProblemError('auth/not_host', 'This call is for the host')
  const quizId = params?.quiz_id
  if (quizId !== undefined && !isPlayerOf(caller, quizId))
    return new ProblemError('auth/other_quiz', 'The token is of a player of another quiz')
  return undefined
}
