/** What a launcher asks of the quiz-service, on the internal port. */
import { loginCodeReply } from '@quizboard/shared/contracts/internal.ts'
import { type Route, route } from '@quizboard/shared/http/route.ts'
import type { LoginCodes } from './app/login-codes.ts'

export const internalRoutes = (loginCodes: LoginCodes): Route[] => [
  route({
    method: 'POST',
    path: '/internal/v1/login-codes',
    auth: 'host',
    summary: 'A one-time code for the link that makes a browser the host’s',
    replies: { 201: loginCodeReply },
    handle: async () => ({ status: 201, body: { code: await loginCodes.create() } }),
  }),
]
