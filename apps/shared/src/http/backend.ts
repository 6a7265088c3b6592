/** A service behind its path prefixes, with a router of its own. */
import type { Verifier } from '../auth/tokens.ts'
import type { Logger } from '../kit/logger.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Service } from '../kit/service.ts'
import type { Clock } from '../ports/clock.ts'
import type { Backend } from './front-server.ts'
import type { RateLimiter } from './rate-limit.ts'
import { createRouter } from './router.ts'

export interface BackendOptions {
  service: Pick<Service, 'routes' | 'upgrade'>
  prefixes: readonly string[]
  verifier: Verifier
  clock: Clock
  logger: Logger
  metrics: Metrics
  trustProxy: number
  /** One allowance for each address, whichever service it tries. */
  wrongTokens: RateLimiter
}

export const createBackend = ({ service, prefixes, ...options }: BackendOptions): Backend => {
  const router = createRouter({ routes: service.routes, ...options })
  return {
    prefixes,
    handle: (request, response) =>
      // express' types want its own request; its router takes any.
      router(request as Parameters<typeof router>[0], response as Parameters<typeof router>[1], (err: unknown) => {
        options.logger.error({ err }, 'a request was not answered')
        response.destroy()
      }),
    ...(service.upgrade && { upgrade: service.upgrade.bind(service) }),
  }
}
