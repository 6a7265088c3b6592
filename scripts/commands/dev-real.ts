/** `npm run dev:real`: the product on the servers that KAFKA_BROKERS, MONGODB_URL and POSTGRES_URL name. */
import { QUIET_KAFKAJS, runNode } from '../lib/run.ts'

process.env.QUIZBOARD_STORES = 'servers'
const steps = [
  [QUIET_KAFKAJS, 'apps/quizboard/src/create-topics.ts'],
  ['scripts/commands/build.ts', '--quiet'],
  [QUIET_KAFKAJS, 'apps/quizboard/src/main.ts', ...process.argv.slice(2)],
]
for (const step of steps) {
  const { code } = await runNode(step)
  process.exitCode = code
  if (code !== 0) break
}
