/**
 * The folder of the embedded PostgreSQL: `cluster/` (its own data), `password`, `postgres.log`, and a lock: one Quizboard at a
 * time. The lock is SQLite's, which the operating system releases however the process ends.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lchownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EmbeddedPostgresError } from './trouble.ts'

export interface PostgresFolder {
  path: string
  cluster: string
  log: string
  passwordFile: string
  release(): void
}

/** Makes the folder if needed and takes its lock. Throws EmbeddedPostgresError. */
export const openFolder = (path: string): PostgresFolder => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new EmbeddedPostgresError(`The folder ${path} cannot be made: ${(cause as Error).message}`, { cause })
  }
  const lock = takeLock(path)
  return {
    path,
    cluster: join(path, 'cluster'),
    log: join(path, 'postgres.log'),
    passwordFile: join(path, 'password'),
    release: () => lock.close(),
  }
}

const takeLock = (path: string): DatabaseSync => {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(path, 'lock'), { timeout: 0 })
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    if (/locked|busy/i.test((cause as Error).message))
      throw new EmbeddedPostgresError(`Another process is using the folder ${path}. Stop that one first.`, { cause })
    throw new EmbeddedPostgresError(`The folder ${path} cannot be written to: ${(cause as Error).message}`, { cause })
  }
}

/** The password of the one database user: made once, for its owner alone. */
export const keepPassword = async ({ passwordFile, cluster }: PostgresFolder): Promise<string> => {
  if (existsSync(passwordFile)) {
    const password = readFileSync(passwordFile, 'utf8').trim()
    if (password !== '') return password
  }
  if (existsSync(cluster))
    throw new EmbeddedPostgresError(`The password of the database is missing: restore the file ${passwordFile}.`)
  const password = randomBytes(24).toString('base64url')
  // Written beside and renamed: a crash leaves the whole or none.
  const next = `${passwordFile}.next`
  const handle = await open(next, 'w', 0o600)
  try {
    await handle.writeFile(`${password}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(next, passwordFile)
  await syncFolder(passwordFile, '..')
  return password
}

/** Makes names in a folder durable, where folders can be synced. */
export const syncFolder = async (...path: string[]): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(join(...path), 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const NEW_CLUSTER = 'cluster.new-'

/** What an initdb that was killed left. It may still be at work there, so a failure is of no account. */
export const removeLeftovers = ({ path }: PostgresFolder): void => {
  for (const name of readdirSync(path)) {
    if (!name.startsWith(NEW_CLUSTER)) continue
    try {
      rmSync(join(path, name), { recursive: true, force: true })
    } catch {
      // The next start tries again.
    }
  }
}

/**
 * Lets another user enter our folder (not read it) and own the data in it: after a first start as an ordinary user, or
 * with another system's user ids.
 */
export const handOver = ({ path, cluster }: PostgresFolder, owner: { uid: number; gid: number }): void => {
  chmodSync(path, 0o711)
  if (!existsSync(cluster) || statSync(cluster).uid === owner.uid) return
  for (const entry of readdirSync(cluster, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(cluster, entry), owner.uid, owner.gid)
  lchownSync(cluster, owner.uid, owner.gid)
}
