/** `npm run lint`: every static check. */
import { CHECKS, runChecks } from '../lib/checks.ts'

const { failed } = await runChecks(CHECKS)
if (failed > 0) process.exitCode = 1
