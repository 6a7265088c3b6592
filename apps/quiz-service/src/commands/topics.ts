/** The admin step: makes the topics that are missing, and checks those that are there. `npm run topics` */
import { createTopics } from '@quizboard/shared/adapters/kafka-event-log/topics.ts'
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { readTopicsSettings } from '@quizboard/shared/process/server-settings.ts'

await runCommand(async (env) => {
  const made = await createTopics(readTopicsSettings(env))
  console.log(made.length === 0 ? 'All topics are there.' : `Made ${made.join(', ')}.`)
})
