/** Files that are written out of sources and committed: written, or compared with what is there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from './run.ts'

/** Where two texts part, for the eye: the first line that differs. */
const firstDifference = (before: string, after: string): string => {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const line = now.findIndex((text, i) => text !== old[i])
  const at = line === -1 ? now.length : line
  return `line ${at + 1}:\n  - ${old[at] ?? '(end)'}\n  + ${now[at] ?? '(end)'}`
}

/**
 * `files`: path below the root → text. With `--check` on the command line nothing is written, and a file that would change
 * makes the process fail. `what` and `command` are for people.
 */
export const writeOrCheck = (
  files: Record<string, string>,
  { what, command }: { what: string; command: string },
): void => {
  const checking = process.argv.includes('--check')
  let stale = 0
  for (const [file, text] of Object.entries(files)) {
    const before = existsSync(root + file) ? readFileSync(root + file, 'utf8') : ''
    if (before === text) continue
    stale++
    if (checking) console.error(`${file} is not what its sources say; ${firstDifference(before, text)}`)
    else {
      mkdirSync(dirname(root + file), { recursive: true })
      writeFileSync(root + file, text)
      console.log(`Wrote ${file}.`)
    }
  }
  if (stale === 0) console.log(`${what} are up to date.`)
  else if (checking) {
    console.error(`Run \`${command}\`.`)
    process.exitCode = 1
  }
}
