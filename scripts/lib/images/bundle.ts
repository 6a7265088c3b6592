/** A program and all packages that it loads, as files that need nothing but Node. */
import { isBuiltin } from 'node:module'
import { join, relative, sep } from 'node:path'
import { type OutputChunk, rolldown } from 'rolldown'
import { root } from '../run.ts'
import { assetsPlugin, copyAssets } from './assets.ts'
import type { Deployable } from './deployables.ts'

/**
 * Packages that ours load only if they are there, and that are not: programs for other processors than the image's would have to
 * come with them. What they would add (compression, logins of cloud providers, encrypted fields, speed) nobody of ours uses.
 */
const OPTIONAL = new Set([
  ...['kerberos', '@mongodb-js/zstd', 'snappy', 'gcp-metadata', 'mongodb-client-encryption'],
  ...['@aws-sdk/credential-providers', 'pg-native', 'bufferutil', 'utf-8-validate'],
])

/** Names of modules that the code loads when it runs. */
export const loadedAtRunTime = (code: string): string[] => [
  ...new Set([...code.matchAll(/\b__require(?:\.resolve)?\(\s*(["'`])([^"'`]+)\1/g)].map(([, , name]) => name ?? '')),
]

/** Throws if a chunk needs a package that the image will not have. */
const assertWhole = (name: string, chunks: readonly OutputChunk[]): void => {
  const own = new Set(chunks.map(({ fileName }) => fileName))
  const missing = chunks
    .flatMap(({ code, imports, dynamicImports }) => [...loadedAtRunTime(code), ...imports, ...dynamicImports])
    .filter((module) => !isBuiltin(module) && !OPTIONAL.has(module) && !own.has(module))
  if (missing.length > 0)
    throw new Error(`the bundle of the ${name} would load ${[...new Set(missing)].join(', ')}, which it does not have`)
}

/** Folders of packages below node_modules, out of the paths of their modules. */
export const packagesOf = (modules: Iterable<string>): string[] => {
  const found = new Set<string>()
  for (const id of modules) {
    const path = relative(root, id.split('?')[0] ?? id)
      .split(sep)
      .join('/')
    const folder = /^node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
    if (folder) found.add(folder)
  }
  return [...found].sort()
}

/** Writes `main.mjs`, `health.mjs` and what they need into the folder. Resolves with the packages whose code is among it. */
export const bundle = async ({ name, entry, assets }: Deployable, folder: string): Promise<string[]> => {
  const build = await rolldown({
    input: { main: join(root, entry), health: join(root, 'apps/shared/src/process/health-check.ts') },
    cwd: root,
    platform: 'node',
    tsconfig: false,
    transform: { target: 'node24' },
    plugins: [assetsPlugin(assets)],
    onLog(level, { message }) {
      if (level === 'warn') throw new Error(`the bundle of the ${name}: ${message}`)
    },
  })
  try {
    const { output } = await build.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
      // Names stay: a stack in a log must tell where it was.
      minify: false,
      comments: { legal: true, jsdoc: false, annotation: false },
    })
    const chunks = output.filter((file) => file.type === 'chunk')
    assertWhole(name, chunks)
    copyAssets(folder, assets)
    return packagesOf(chunks.flatMap(({ moduleIds }) => moduleIds))
  } finally {
    await build.close()
  }
}
