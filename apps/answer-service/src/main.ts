/** The answer-service as a process of its own. */
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
import { createHttpPeers } from './adapters/http-peers.ts'
import { openMongoAnswerStore } from './adapters/mongo-answer-store/mongo-answer-store.ts'
import { DEFAULT_SETTINGS } from './app/settings.ts'
import { readAnswerSettings, schema } from './config.ts'
import { createAnswerService } from './service.ts'

/** Definitions are followed by one, and read again by the other. */
const READERS = { [TOPICS.lifecycle]: 1, [TOPICS.definitions]: 2 }

await runService({
  name: 'answer-service',
  about: 'The answer-service: answers, scoring, the truth about points.',
  prefixes: ['/api/v1/answers'],
  shape: { ...kafkaSchema.shape, ...mongodbSchema.shape, ...publicKeysShape, ...schema.shape },
  read: (env) =>
    readAll({
      kafka: () => readKafkaSettings(env, 'quizboard-answer-service'),
      mongodb: () => readMongodbSettings(env),
      jwks: () => readPublicKeys(env),
      settings: () => readAnswerSettings(env),
    }),
  async build({ kafka, mongodb, jwks, settings }, tools) {
    const { clock, random, logger, metrics, hostToken, internalSecret, internalAddress, own, reach } = tools
    const eventLog = await reach('Kafka', () => openKafkaEventLog({ ...kafka, clock, random, readers: READERS }))
    own('event log', () => eventLog.close())
    const store = await reach('MongoDB', () => openMongoAnswerStore(mongodb))
    own('answers', () => store.close())
    const timeoutMs = settings.peerMs ?? DEFAULT_SETTINGS.peerMs
    const peers = createHttpPeers({ secret: internalSecret, timeoutMs })
    const service = createAnswerService({
      ...{ store, eventLog, clock, random, logger, metrics, settings },
      replicas: { address: internalAddress, peers },
    })
    return {
      service,
      verifier: createVerifier({ jwks, hostToken, clock }),
      internal: { routes: service.internalRoutes },
    }
  },
})
