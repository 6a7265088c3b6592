/** `npm run dead-letters`: exports dead letters, and replays those that were mended, on the servers that the environment names. */
import { QUIET_KAFKAJS, runNode } from '../lib/run.ts'

const { code } = await runNode([
  QUIET_KAFKAJS,
  'apps/leaderboard-service/src/commands/dead-letters.ts',
  ...process.argv.slice(2),
])
process.exitCode = code
