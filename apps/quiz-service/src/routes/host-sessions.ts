import type { Signer } from '@quizboard/shared/auth/tokens.ts'
import { problem, timestamp } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError } from '@quizboard/shared/http/problem.ts'
import type { RateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import { type Route, route } from '@quizboard/shared/http/route.ts'
import { type Clock, toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { z } from 'zod'
import type { LoginCodes } from '../app/login-codes.ts'

export interface HostSessionRouteDeps {
  loginCodes: LoginCodes
  signer: Signer
  clock: Clock
  /** By address. */
  loginRate: RateLimiter
  hostSessionMs: number
}

const hostSession = z.object({ token: z.string(), expires_at: timestamp }).meta({ id: 'HostSession' })
const loginRequest = z.strictObject({ code: z.string().min(1).max(200) }).meta({ id: 'LoginRequest' })

export const hostSessionRoutes = (deps: HostSessionRouteDeps): Route[] => {
  const { loginCodes, signer, clock, loginRate, hostSessionMs } = deps
  return [
    route({
      method: 'POST',
      path: '/api/v1/host/sessions',
      auth: 'none',
      summary: 'Exchange the one-time code of the host’s link for a host token',
      body: { schema: loginRequest },
      replies: { 201: hostSession, 401: problem, 422: problem, 429: problem },
      async handle({ body, address }) {
        const taken = loginRate.take(address)
        if (!taken.ok)
          throw new ProblemError('rate/limited', 'Too many codes from this address', { retryAfterS: taken.retryAfterS })
        if (!(await loginCodes.redeem(body.code)))
          throw new ProblemError('auth/invalid', 'The code is wrong, was used before, or is too old')
        // Whole seconds, as the token has them.
        const expiresAt = Math.floor((clock.now() + hostSessionMs) / 1000) * 1000
        const token = await signer.host({ expires_at_ms: expiresAt })
        return { status: 201, body: { token, expires_at: toTimestamp(expiresAt) } }
      },
    }),
  ]
}
