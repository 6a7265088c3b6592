/** The admin step: makes the topics that are missing, and checks those that are there. `npm run topics` */
import { createTopics } from '@quizboard/shared/adapters/kafka-event-log/topics.ts'
import { readKafkaSettings } from './server-settings.ts'

try {
  const made = await createTopics(readKafkaSettings(process.env))
  console.log(made.length === 0 ? 'All topics are there.' : `Made ${made.join(', ')}.`)
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
