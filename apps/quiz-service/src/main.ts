/** The quiz-service as a process of its own. */
import { openKafkaEventLog } from '@quizboard/shared/adapters/kafka-event-log/kafka-event-log.ts'
import { readSigningKey, signingKeyShape } from '@quizboard/shared/auth/key-files.ts'
import { createSigner, createVerifier } from '@quizboard/shared/auth/tokens.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { readAll } from '@quizboard/shared/kit/config.ts'
import { runService } from '@quizboard/shared/process/run-service.ts'
import { kafkaSchema, readKafkaSettings } from '@quizboard/shared/process/server-settings.ts'
import { createHttpAnswers } from './adapters/http-answers.ts'
import { processSchema, readProcessPart, readQuizSettings, schema } from './config.ts'
import { createQuizService } from './service.ts'

const READERS = { [TOPICS.lifecycle]: 1 }

await runService({
  name: 'quiz-service',
  about: 'The quiz-service: decks, quizzes, players, their lifecycle.',
  prefixes: ['/api/v1'],
  shape: { ...kafkaSchema.shape, ...schema.shape, ...processSchema.shape, ...signingKeyShape },
  read: (env) =>
    readAll({
      kafka: () => readKafkaSettings(env, 'quizboard-quiz-service'),
      quiz: () => readQuizSettings(env),
      part: () => readProcessPart(env),
      signingKey: () => readSigningKey(env),
    }),
  async build(
    { kafka, quiz, part, signingKey },
    { clock, random, logger, metrics, hostToken, internalSecret, own, reach },
  ) {
    const eventLog = await reach('Kafka', () => openKafkaEventLog({ ...kafka, clock, random, readers: READERS }))
    own('event log', () => eventLog.close())
    const signer = createSigner({ privateJwk: signingKey, clock })
    const stopLimitMs = quiz.settings.stopAnswersMs
    const service = createQuizService({
      ...{ eventLog, signer, clock, random, logger, metrics },
      databaseUrl: quiz.database.url,
      connections: quiz.database.connections,
      migrate: part.migrate,
      answers: createHttpAnswers({ urls: part.answerUrls, secret: internalSecret, clock, stopLimitMs }),
      settings: quiz.settings,
    })
    return {
      service,
      verifier: createVerifier({ jwks: signer.publicJwks, hostToken, clock }),
      internal: { routes: service.internalRoutes },
    }
  },
})
