/**
 * `npm run build`: the web pages, into apps/web/dist. Done only if their sources or tools changed since: the hash of what they were
 * made from is kept beside them. `--quiet` says nothing when there is nothing to do.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash } from '../lib/content-hash.ts'
import { root, runNode } from '../lib/run.ts'

const dist = join(root, 'apps/web/dist')
const next = join(root, `.cache/web-${process.pid}`)
const quiet = process.argv.includes('--quiet')

/** What the pages are made from: their own files, the shared contracts, and the versions of the tools. */
const SOURCES = ['apps/web', 'apps/shared/src/contracts', 'package-lock.json']

const builtFrom = () => {
  try {
    return readFileSync(join(dist, '.built-from'), 'utf8')
  } catch {
    return undefined
  }
}

const build = async (): Promise<number> => {
  const sources = contentHash(SOURCES)
  if (builtFrom() === sources) {
    if (!quiet) console.log('The web pages are up to date.')
    return 0
  }
  if (!existsSync(join(root, 'apps/web/index.html'))) {
    console.error('apps/web/index.html is missing: the web pages cannot be built.')
    return quiet ? 0 : 1
  }
  if (quiet) console.error('Building the web pages …')
  // Built beside, then exchanged: a product that runs, or a build that fails, never sees half of it.
  const { code, output } = await runNode(
    ['node_modules/vite/bin/vite.js', 'build', 'apps/web', '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'],
    // Whoever calls, a test say: what is built is what ships.
    { capture: true, env: { NODE_ENV: 'production' } },
  )
  if (code !== 0) {
    console.error(`The web pages could not be built:\n${output}`)
    return code
  }
  mkdirSync(next, { recursive: true })
  writeFileSync(join(next, '.built-from'), sources)
  rmSync(dist, { recursive: true, force: true })
  renameSync(next, dist)
  if (!quiet) console.log('Built the web pages into apps/web/dist.')
  return 0
}

process.exitCode = await build()
