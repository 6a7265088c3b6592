/**
 * Keeps package-lock.json whole for every platform. npm leaves out optional platform packages that the registry at hand
 * does not have, and `npm ci` then refuses the file: so each optional dependency that is missing gets an entry of its own.
 *
 *   node scripts/run.mjs lockfile          adds what is missing
 *   node scripts/run.mjs lockfile --check  fails if something is missing
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}
interface Lockfile {
  packages: Record<string, LockedPackage>
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** What the name of a platform package says about where it may be installed: `…-linux-x64-musl`. */
const platformOf = (name: string) => {
  const parts = name.split(/[/-]/)
  const os = SYSTEMS.find((system) => parts.includes(system))
  const cpu = PROCESSORS.find((processor) => parts.includes(processor))
  const libc = parts.some((part) => part.startsWith('musl'))
    ? 'musl'
    : parts.some((part) => part.startsWith('gnu'))
      ? 'glibc'
      : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(os === 'linux' && libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

/** As npm writes it, so that its next run changes nothing. */
const inOrder = ({ version, ...rest }: LockedPackage): LockedPackage => ({
  ...(version !== undefined && { version }),
  ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))),
})

/** The entries that `lock` lacks, by their place in node_modules. */
const missingEntries = (lock: Lockfile): Record<string, LockedPackage> => {
  const missing: Record<string, LockedPackage> = {}
  for (const owner of Object.values(lock.packages))
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`
      // A range would be a guess: only exact versions name one package.
      if (lock.packages[place] || !/^\d+\.\d+\.\d+/.test(version)) continue
      missing[place] = inOrder({ version, ...(owner.dev && { dev: true }), ...platformOf(name), optional: true })
    }
  return missing
}

const file = new URL('../../package-lock.json', import.meta.url)
const lock: Lockfile = JSON.parse(readFileSync(file, 'utf8'))
const missing = missingEntries(lock)
const names = Object.keys(missing)
if (names.length > 0 && process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${names.length} platform packages, so \`npm ci\` may refuse it:`)
  for (const name of names) console.error(`  ${name}`)
  console.error('Run `node scripts/run.mjs lockfile`.')
  process.exitCode = 1
} else if (names.length > 0) {
  const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`)
  console.log(`added ${names.length} platform packages to package-lock.json`)
}
