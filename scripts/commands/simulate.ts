/** `npm run simulate [-- …]`: the simulator by itself, for many seeds or to replay one. */
import { runNode } from '../lib/run.ts'

const { code } = await runNode(['tests/simulation/main.ts', ...process.argv.slice(2)])
process.exitCode = code
