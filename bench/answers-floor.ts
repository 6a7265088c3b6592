/** What our own answer path stands on: the router with its checks, the token, the shape of the body; nothing is scored or stored. */
import { readPublicKeys } from '@quizboard/shared/auth/key-files.ts'
import { createVerifier } from '@quizboard/shared/auth/tokens.ts'
import { answerRequest, answerResult } from '@quizboard/shared/contracts/rest.ts'
import { createBackend } from '@quizboard/shared/http/backend.ts'
import { openFrontServer } from '@quizboard/shared/http/front-server.ts'
import { createRateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import { route } from '@quizboard/shared/http/route.ts'
import { WRONG_TOKENS } from '@quizboard/shared/http/router.ts'
import { createLogger } from '@quizboard/shared/kit/logger.ts'
import { createMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'

const logger = createLogger({ name: 'floor', level: 'warn', pretty: false })
const verifier = createVerifier({ jwks: readPublicKeys(process.env), clock })
const prefixes = ['/api/v1/answers']
const answer = route({
  method: 'POST',
  path: '/api/v1/answers/:quiz_id',
  auth: 'player',
  summary: 'Does nothing',
  resource: async ({ quiz_id = '' }) => ({ quiz_id }),
  body: { schema: answerRequest },
  replies: { 200: answerResult },
  handle: async ({ body: { question_id } }) => ({
    status: 200,
    body: { question_id, seq: 1, is_correct: true, score: 1_000, total: 1_000 },
  }),
})
const front = await openFrontServer({
  ...{ port: Number(process.env.QUIZBOARD_PORT), host: '127.0.0.1', setting: 'QUIZBOARD_PORT' },
  ...{ connectionsLimit: 10_000, logger },
})
const wrongTokens = createRateLimiter({ ...WRONG_TOKENS, clock })
const metrics = createMetrics('floor')
front.open([
  createBackend({
    service: { routes: [answer] },
    prefixes,
    verifier,
    clock,
    logger,
    metrics,
    trustProxy: 0,
    wrongTokens,
  }),
])
front.readiness(() => [])
