/** `npm run dev:real`: the product on the servers that KAFKA_BROKERS, MONGODB_URL and POSTGRES_URL name. */
import { QUIET_KAFKAJS, runNode } from '../lib/run.ts'

const args = process.argv.slice(2)
const launch = [QUIET_KAFKAJS, 'apps/quizboard/src/fleet/main.ts', ...args]
const steps = args.includes('--help')
  ? [launch]
  : [
      [QUIET_KAFKAJS, 'apps/quiz-service/src/commands/topics.ts'],
      ['apps/quiz-service/src/commands/migrate.ts'],
      ['scripts/commands/build.ts', '--quiet'],
      launch,
    ]
for (const step of steps) {
  const { code } = await runNode(step)
  process.exitCode = code
  if (code !== 0) break
}
