/** `npm run soak [-- …]`: faults of every kind on real servers, for as long as wanted. */
import { QUIET_KAFKAJS, runNode } from '../lib/run.ts'

const { code } = await runNode([QUIET_KAFKAJS, 'tests/soak/main.ts', ...process.argv.slice(2)])
process.exitCode = code
