/** The leaderboard-service as a process of its own. */
import { openKafkaEventLog } from '@quizboard/shared/adapters/kafka-event-log/kafka-event-log.ts'
import { publicKeysShape, readPublicKeys } from '@quizboard/shared/auth/key-files.ts'
import { createVerifier } from '@quizboard/shared/auth/tokens.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { readAll } from '@quizboard/shared/kit/config.ts'
import { runService } from '@quizboard/shared/process/run-service.ts'
import {
  kafkaSchema,
  mongodbSchema,
  readKafkaSettings,
  readMongodbSettings,
} from '@quizboard/shared/process/server-settings.ts'
import { openMongoBoards } from './adapters/mongo-board-store/mongo-board-store.ts'
import { createFeedServer } from './adapters/ws-feed-server.ts'
import { createShardPeers } from './adapters/ws-shard-peers.ts'
import { readLeaderboardSettings, schema } from './config.ts'
import { internalRoutes } from './internal-routes.ts'
import { createLeaderboardService } from './service.ts'
import { createBoardShards } from './shards.ts'

const READERS = { [TOPICS.lifecycle]: 1, [TOPICS.players]: 1, [TOPICS.scores]: 1 }

await runService({
  name: 'leaderboard-service',
  about: 'The leaderboard-service: standings, live, to everyone who watches.',
  prefixes: ['/live', '/api/v1/leaderboards'],
  shape: { ...kafkaSchema.shape, ...mongodbSchema.shape, ...publicKeysShape, ...schema.shape },
  read: (env) =>
    readAll({
      kafka: () => readKafkaSettings(env, 'quizboard-leaderboard-service'),
      mongodb: () => readMongodbSettings(env),
      jwks: () => readPublicKeys(env),
      settings: () => readLeaderboardSettings(env),
    }),
  async build({ kafka, mongodb, jwks, settings }, tools) {
    const { clock, random, logger, metrics, hostToken, own, wrongTokens, trustedProxies, reach } = tools
    const { internalAddress: address, internalSecret: secret } = tools
    const eventLog = await reach('Kafka', () => openKafkaEventLog({ ...kafka, clock, random, readers: READERS }))
    own('event log', () => eventLog.close())
    const { store, membership } = await reach('MongoDB', () => openMongoBoards(mongodb))
    own('boards', () => store.close())
    const { partitions } = eventLog
    const shards = createBoardShards({
      ...{ store, eventLog, clock, logger, metrics },
      replicas: { address, membership, peers: createShardPeers({ secret, clock }) },
      settings: settings.partitions,
    })
    const feeds = createFeedServer({ shards, partitions, secret, clock, logger })
    own('feeds', async () => feeds.close())
    const verifier = createVerifier({ jwks, hostToken, clock })
    const service = createLeaderboardService({
      ...{ shards, verifier, clock, random, logger, metrics, wrongTokens, settings },
      trustProxy: trustedProxies,
    })
    return { service, verifier, internal: { routes: internalRoutes(shards, partitions), upgrade: feeds.upgrade } }
  },
})
