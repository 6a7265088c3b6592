/** The stores on real servers: Kafka, MongoDB, PostgreSQL. */
import { openMongoAnswerStore } from '@quizboard/answer-service/adapters/mongo-answer-store.ts'
import { openMongoBoardStore } from '@quizboard/leaderboard-service/adapters/mongo-board-store.ts'
import { openKafkaEventLog } from '@quizboard/shared/adapters/kafka-event-log/kafka-event-log.ts'
import type { Shutdown } from '@quizboard/shared/kit/lifecycle.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import type { ServerSettings } from './server-settings.ts'

export interface ServerStoresOptions {
  settings: ServerSettings
  clock: Clock
  random: Random
  own: Shutdown['own']
}

/** Rejects if a server cannot be reached, or its topics are not as they must be. */
export const openServerStores = async ({ settings, clock, random, own }: ServerStoresOptions) => {
  const { kafka, mongodb, postgresUrl } = settings
  const eventLog = await openKafkaEventLog({ ...kafka, clock, random })
  own('event log', () => eventLog.close())
  const answers = await openMongoAnswerStore(mongodb)
  own('answers', () => answers.close())
  const boards = await openMongoBoardStore(mongodb)
  own('boards', () => boards.close())
  return { postgres: { url: postgresUrl }, eventLog, answers, boards }
}
