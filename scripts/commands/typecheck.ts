/** `npm run typecheck`: the types of everything. */
import { runChecks, TYPE_CHECKS } from '../lib/checks.ts'

const { failed } = await runChecks(TYPE_CHECKS)
if (failed > 0) process.exitCode = 1
