/** A command that does one thing and ends: plain words for what the user can mend, the exit code 1 for any failure. */
import type { Env } from '../kit/config.ts'
import { withSecrets } from './settings.ts'

export const runCommand = async (work: (env: Env) => Promise<void>): Promise<void> => {
  try {
    await work(withSecrets(process.env))
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
