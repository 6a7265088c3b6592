/** `npm run dev:real`: the product on the servers that KAFKA_BROKERS, MONGODB_URL and POSTGRES_URL name. */
import { runNode } from '../lib/run.ts'

process.env.QUIZBOARD_STORES = 'servers'
const steps = [
  ['apps/quizboard/src/create-topics.ts'],
  ['scripts/commands/build.ts', '--quiet'],
  ['apps/quizboard/src/main.ts', ...process.argv.slice(2)],
]
for (const step of steps) {
  const { code } = await runNode(step)
  process.exitCode = code
  if (code !== 0) break
}
