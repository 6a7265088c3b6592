/** `npm run rebuild`: compares a quiz's board with its answers, on the servers that the environment names. */
import { runNode } from '../lib/run.ts'

const { code } = await runNode(['apps/quizboard/src/rebuild/main.ts', ...process.argv.slice(2)])
process.exitCode = code
