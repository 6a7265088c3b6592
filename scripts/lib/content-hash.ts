import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.ts'

const IGNORED = new Set(['node_modules', 'dist', '.vite'])

/** Hash of the names and contents of all files at or below `paths` (relative to the root), in a fixed order. */
export const contentHash = (paths: readonly string[]): string => {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    const full = join(root, path)
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) if (!IGNORED.has(name)) add(`${path}/${name}`)
      return
    }
    const content = readFileSync(full)
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  for (const path of paths) add(path)
  return hash.digest('hex')
}
