/** The partitions' side as a parts list: what the service is given as `shards`. */
import { randomBytes } from 'node:crypto'
import { measureEventLog } from '@quizboard/shared/adapters/event-log/measured.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createMemoryMembership } from './adapters/memory-membership.ts'
import { createPartitionMetrics } from './adapters/partition-metrics.ts'
import { noPeers } from './adapters/ws-shard-peers.ts'
import type { PartitionSettings } from './app/partition-settings.ts'
import { createShards, type Shards } from './app/shards.ts'
import type { BoardStore } from './ports/board-store.ts'
import type { Membership } from './ports/membership.ts'
import type { ShardPeers } from './ports/owner-feed.ts'

export interface BoardShardsDeps {
  store: BoardStore
  eventLog: EventLog
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** How the other replicas reach this one, and it them. Default: it is the only one. */
  replicas?: { address: string; membership: Membership; peers: ShardPeers }
  settings?: Partial<PartitionSettings>
}

export const createBoardShards = (deps: BoardShardsDeps): Shards => {
  const { store, eventLog, clock, logger, metrics, settings = {} } = deps
  const alone = { address: '', membership: createMemoryMembership(), peers: noPeers }
  const { address, membership, peers } = deps.replicas ?? alone
  const { observer, watch } = createPartitionMetrics(metrics, logger)
  const shards = createShards({
    ...{ store, membership, peers, clock, observer, settings },
    log: measureEventLog(eventLog, { metrics, clock, logger }),
    self: { id: randomBytes(9).toString('base64url'), address },
    onError: (err) => logger.warn({ err }, 'the boards met an error; it is tried again'),
  })
  watch(shards)
  return shards
}
