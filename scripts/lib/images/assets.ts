/**
 * Files that a program finds by `new URL('…', import.meta.url)`. In a bundle that address is another one: the file has to lie beside
 * the bundle, and the program has to look for it there. One that is not listed would be missed only when it is needed, so it ends
 * the bundling.
 */
import { cpSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Plugin } from 'rolldown'
import { root } from '../run.ts'
import type { Deployable } from './deployables.ts'

type Assets = NonNullable<Deployable['assets']>

const REFERENCE = /new URL\(\s*(['"`])([^'"`]+)\1,\s*import\.meta\.url\s*\)/g

/** `file`: of the source, absolute. Throws if it refers to something that is not in `assets`. */
export const pointToAssets = (source: string, file: string, assets: Assets): string =>
  source.replaceAll(REFERENCE, (_all, _quote, reference: string) => {
    const path = relative(root, resolve(dirname(file), reference))
      .split(sep)
      .join('/')
    const name = Object.hasOwn(assets, path) ? assets[path] : undefined
    if (name === undefined)
      throw new Error(`${relative(root, file)} reads ${path} when it runs: name it among the assets in deployables.ts`)
    return `new URL('./${name}${reference.endsWith('/') ? '/' : ''}', import.meta.url)`
  })

const isOurs = (id: string) => id.startsWith(root) && !id.includes('/node_modules/')

export const assetsPlugin = (assets: Assets = {}): Plugin => ({
  name: 'assets',
  transform: (source, id) => (isOurs(id) ? pointToAssets(source, id, assets) : undefined),
})

/** Hidden files are left out. */
export const copyAssets = (folder: string, assets: Assets = {}): void => {
  for (const [path, name] of Object.entries(assets))
    cpSync(join(root, path), join(folder, name), {
      recursive: true,
      filter: (source) => !/[/\\]\.[^/\\]+$/.test(source.slice(root.length)),
    })
}
