/** `npm run bench [-- name…]`: the benchmarks, each beside what a user would pick instead. */
import { runNode } from '../lib/run.ts'

const { code } = await runNode(['bench/src/main.ts', ...process.argv.slice(2)])
process.exitCode = code
