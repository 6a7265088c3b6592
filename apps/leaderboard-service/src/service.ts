/** The leaderboard-service as a parts list: the partitions of the boards, the edge that shows them, REST and live sockets. */
import type { Verifier } from '@quizboard/shared/auth/tokens.ts'
import type { RateLimiter } from '@quizboard/shared/http/rate-limit.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Service } from '@quizboard/shared/kit/service.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { createEdgeMetrics } from './adapters/edge-metrics.ts'
import { createLiveServer } from './adapters/ws-server.ts'
import { createEdge } from './app/edge.ts'
import type { Shards } from './app/shards.ts'
import type { LeaderboardSettings } from './config.ts'
import { createRanking } from './domain/sorted-ranking.ts'
import { leaderboardRoutes } from './routes.ts'

export interface LeaderboardDeps {
  /** The partitions at this replica. */
  shards: Pick<Shards, 'feed' | 'start' | 'unready' | 'leave' | 'stop'>
  verifier: Verifier
  clock: Clock
  random: Random
  logger: Logger
  metrics: Metrics
  settings?: LeaderboardSettings
  /** By address, shared with the router. */
  wrongTokens?: RateLimiter
  /** As the router's. */
  trustProxy?: boolean | number
}

export const createLeaderboardService = (deps: LeaderboardDeps): Service => {
  const { shards, verifier, clock, random, logger, metrics, settings = {}, wrongTokens, trustProxy = false } = deps
  const { onTick, observer, watch } = createEdgeMetrics(metrics)
  const edge = createEdge({
    feed: shards.feed,
    verifier,
    clock,
    createRanking,
    onTick,
    settings: settings.edge ?? {},
  })
  watch(edge)
  const live = createLiveServer({
    edge,
    clock,
    random,
    logger,
    observer,
    settings: settings.live ?? {},
    trustProxy,
    ...(wrongTokens && { wrongTokens }),
  })
  return {
    name: 'leaderboard-service',
    routes: leaderboardRoutes({ edge, clock }),
    upgrade: live.upgrade,
    start: () => shards.start(),
    unready: () => shards.unready(),
    leave: () => shards.leave(),
    async stop() {
      await live.stop()
      edge.stop()
      await shards.stop()
    },
  }
}
