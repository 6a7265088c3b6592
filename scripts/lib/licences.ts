/** Which packages there are, under which licences, out of package-lock.json and the installed packages. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.ts'

interface LockedPackage {
  version?: string
  license?: string
  dev?: boolean
  link?: boolean
  os?: unknown
  dependencies?: Record<string, string>
}
const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
)

/** Packages that the services and the launcher load. */
export const runtimePackages = () =>
  Object.entries(lock.packages)
    .filter(([place, { dev, link }]) => place.startsWith('node_modules/') && !dev && !link)
    .map(([place]) => place.slice('node_modules/'.length))

/** Packages that the web pages import, which the build puts into them; and what those need. */
export const webPackages = () => {
  const found = new Set<string>()
  const add = (name: string) => {
    const locked = lock.packages[`node_modules/${name}`]
    if (!locked || locked.link || found.has(name)) return
    found.add(name)
    for (const dependency of Object.keys(locked.dependencies ?? {})) add(dependency)
  }
  for (const file of globSync('apps/web/src/**/*.{ts,tsx,css}', { cwd: root })) {
    if (/\.test\.tsx?$/.test(file)) continue
    const source = readFileSync(join(root, file), 'utf8')
    for (const [, name] of source.matchAll(/(?:\bfrom '|\burl\(["'])((?:@[\w.-]+\/)?[\w.-]+)[^'"]*['"]/g))
      if (name && !name.startsWith('.')) add(name)
  }
  return [...found]
}

const LICENCE_FILE = /^(licen[cs]e|copying)([.-].*)?$/i
const NOTICE_FILE = /^notice([.-].*)?$/i

/**
 * The text of the package's own licence file, and of its notices if it has any; a package of another platform has that of its
 * sibling that is installed.
 */
const licenceText = (name: string): string | undefined => {
  const folder = [name, ...siblings(name)].map((each) => join(root, 'node_modules', each)).find(existsSync)
  if (!folder) return undefined
  const entries = readdirSync(folder)
  const licence = entries.find((entry) => LICENCE_FILE.test(entry))
  if (!licence) return undefined
  const notice = entries.find((entry) => NOTICE_FILE.test(entry))
  return [licence, ...(notice ? [notice] : [])]
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim())
    .join('\n\n')
}

const siblings = (name: string): string[] => {
  if (!lock.packages[`node_modules/${name}`]?.os) return []
  const family = name.startsWith('@') ? `${name.split('/')[0]}/` : `${name.split('-')[0]}-`
  return Object.keys(lock.packages)
    .map((place) => place.replace(/^node_modules\//, ''))
    .filter((other) => other.startsWith(family) && lock.packages[`node_modules/${other}`]?.os)
}

/** Node's licence holds those of all its parts, thousands of lines: it stays where it is. */
const isNode = (name: string) => /^node-(linux|win|darwin)-/.test(name)

/** A section for every licence, with its packages. */
export const licenceSections = (names: Iterable<string>): string[] => {
  const groups = new Map<string, string[]>()
  for (const name of [...new Set(names)].sort()) {
    const locked = lock.packages[`node_modules/${name}`]
    const text = isNode(name)
      ? 'See `node_modules/node-*/LICENSE`.'
      : (licenceText(name) ?? `${locked?.license ?? 'unknown'}; the package has no licence file.`)
    groups.set(text, [...(groups.get(text) ?? []), `${name} ${locked?.version} (${locked?.license ?? 'unknown'})`])
  }
  return [...groups].map(
    ([text, packages]) =>
      `## ${packages[0]}${packages.length > 1 ? ' and others' : ''}\n\n${packages.map((each) => `- ${each}`).join('\n')}\n\n\`\`\`text\n${text}\n\`\`\`\n`,
  )
}
