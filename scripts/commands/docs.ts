/** `npm run docs`: writes docs/api from the schemas. `-- --check` writes nothing and fails if a file would change. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { apiDocuments } from '../lib/api-documents.ts'
import { root } from '../lib/run.ts'

const checking = process.argv.includes('--check')

/** Where two texts part, for the eye: the first line that differs. */
const firstDifference = (before: string, after: string): string => {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const line = now.findIndex((text, i) => text !== old[i])
  const at = line === -1 ? now.length : line
  return `line ${at + 1}:\n  - ${old[at] ?? '(end)'}\n  + ${now[at] ?? '(end)'}`
}

let stale = 0
for (const [name, text] of Object.entries(apiDocuments())) {
  const file = `docs/api/${name}`
  const before = existsSync(root + file) ? readFileSync(root + file, 'utf8') : ''
  if (before === text) continue
  stale++
  if (checking) console.error(`${file} is not what the schemas say; ${firstDifference(before, text)}`)
  else {
    writeFileSync(root + file, text)
    console.log(`Wrote ${file}.`)
  }
}
if (stale === 0) console.log('The API documents are up to date.')
else if (checking) {
  console.error('Run `npm run docs`.')
  process.exitCode = 1
}
