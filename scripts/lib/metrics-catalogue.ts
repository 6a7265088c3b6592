/** Every metric that the programs expose, read from their own registries: they are put together as they run, and not started. */
import { createMemoryAnswerStore } from '../../apps/answer-service/src/adapters/memory-answer-store.ts'
import { createAnswerService } from '../../apps/answer-service/src/service.ts'
import { createGatewayMetrics } from '../../apps/gateway/src/metrics.ts'
import { createMemoryBoardStore } from '../../apps/leaderboard-service/src/adapters/memory-board-store.ts'
import { createLeaderboardService } from '../../apps/leaderboard-service/src/service.ts'
import { createBoardShards } from '../../apps/leaderboard-service/src/shards.ts'
import { createOperatorMetrics } from '../../apps/operator/src/adapters/metrics.ts'
import { createQuizService } from '../../apps/quiz-service/src/service.ts'
import { createMemoryEventLog } from '../../apps/shared/src/adapters/memory-event-log.ts'
import { createVerifier } from '../../apps/shared/src/auth/tokens.ts'
import { createBackend } from '../../apps/shared/src/http/backend.ts'
import { createRateLimiter } from '../../apps/shared/src/http/rate-limit.ts'
import { describeMetrics, type MetricDescription } from '../../apps/shared/src/kit/describe-metrics.ts'
import { silentLogger } from '../../apps/shared/src/kit/logger.ts'
import { collectProcessMetrics, createMetrics, type Metrics } from '../../apps/shared/src/kit/metrics.ts'
import type { Service } from '../../apps/shared/src/kit/service.ts'
import { systemClock as clock, systemRandom as random } from '../../apps/shared/src/kit/system.ts'

export interface MetricInfo extends MetricDescription {
  /** Programs that expose it, in the order of PROGRAMS. */
  programs: readonly string[]
}

const PROGRAMS = ['quiz-service', 'answer-service', 'leaderboard-service', 'gateway', 'operator'] as const
/** No part of a program that is put together asks for it before it is started. */
const NOTHING = {} as never

export const metricsCatalogue = (): MetricInfo[] => {
  const byName = new Map<string, MetricInfo>()
  for (const program of PROGRAMS) {
    const metrics = createMetrics(program)
    MAKERS[program](metrics)
    collectProcessMetrics(metrics)
    for (const metric of describeMetrics(metrics.registry)) {
      const known = byName.get(metric.name)
      byName.set(metric.name, { ...metric, programs: [...(known?.programs ?? []), program] })
    }
    metrics.registry.clear()
  }
  return [...byName.values()]
}

const logger = silentLogger()
const eventLog = createMemoryEventLog({ partitions: 1, clock })
const verifier = createVerifier({ jwks: { keys: [] }, hostToken: 'none', clock })
const wrongTokens = createRateLimiter({ ratePerS: 1, burst: 1, clock })

const serve = (service: Service, metrics: Metrics) => {
  createBackend({ service, metrics, clock, logger, verifier, wrongTokens, prefixes: [], trustProxy: 0 })
}
const MAKERS: Record<(typeof PROGRAMS)[number], (metrics: Metrics) => void> = {
  'quiz-service'(metrics) {
    const deps = { eventLog, clock, random, logger, metrics, signer: NOTHING, answers: NOTHING }
    // Connections are made when they are needed.
    serve(createQuizService({ ...deps, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' }), metrics)
  },
  'answer-service'(metrics) {
    serve(createAnswerService({ store: createMemoryAnswerStore(), eventLog, clock, random, logger, metrics }), metrics)
  },
  'leaderboard-service'(metrics) {
    const shards = createBoardShards({ store: createMemoryBoardStore(), eventLog, clock, logger, metrics })
    serve(createLeaderboardService({ shards, verifier, clock, random, logger, metrics }), metrics)
  },
  gateway: createGatewayMetrics,
  operator({ registry }) {
    createOperatorMetrics({ registry, workers: 1, depth: () => 0, isLeader: () => false, leaseName: 'none' })
  },
}
