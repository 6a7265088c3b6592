/** `npm run topics`: makes and checks the topics on the Kafka that KAFKA_BROKERS names. */
import { QUIET_KAFKAJS, runNode } from '../lib/run.ts'

const { code } = await runNode([QUIET_KAFKAJS, 'apps/quiz-service/src/commands/topics.ts'])
process.exitCode = code
