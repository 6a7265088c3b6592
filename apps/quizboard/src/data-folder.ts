/**
 * The data folder and its lock: one Quizboard at a time. The lock is SQLite's exclusive lock on a file of its own, which the
 * operating system releases when the process ends in whatever way: there is no stale lock to clean up after `kill -9`.
 */
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Trouble } from '@quizboard/shared/process/trouble.ts'

/** A killed npm's Quizboard takes a moment to notice, and to leave in order. */
const PATIENCE_MS = 3_000
/** One that says it is stopping may take until its own limits are over. */
const PATIENCE_WHILE_STOPPING_MS = 30_000

export interface DataFolder {
  path: string
  file(name: string): string
  /** Tells whoever finds the folder locked who holds it. */
  announce(note: { url?: string; stopping?: true }): void
  /** Releases the lock. `remove`: also the folder itself, if this call had made it and nothing else is in it. */
  release(options?: { remove: boolean }): void
}

interface Holder {
  pid?: number
  url?: string
  stopping?: boolean
}

/** Makes the folder if needed and takes its lock; waits a little for one that is just leaving. Throws Trouble. */
export const openDataFolder = async (path: string, { patienceMs = PATIENCE_MS } = {}): Promise<DataFolder> => {
  const made = makeFolder(path)
  const lockFile = join(path, 'lock')
  const holderFile = join(path, 'running.json')
  const started = Date.now()
  let lock = tryLock(lockFile)
  while (lock === undefined) {
    const holder = readHolder(holderFile)
    if (Date.now() - started > (holder.stopping ? PATIENCE_WHILE_STOPPING_MS : patienceMs))
      throw new Trouble(describeHolder(path, holder))
    await sleep(50)
    lock = tryLock(lockFile)
  }
  const held = lock
  const announce = (note: { url?: string; stopping?: true }) =>
    writeFileSync(holderFile, `${JSON.stringify({ pid: process.pid, ...note })}\n`, { mode: 0o600 })
  announce({})
  return {
    path,
    file: (name) => join(path, name),
    announce,
    release: (options) => {
      rmSync(holderFile, { force: true })
      held.close()
      if (!options?.remove || made === undefined) return
      rmSync(lockFile, { force: true })
      removeEmpty(path, made)
    },
  }
}

/** Resolves to the path of the first folder that had to be made, if any. */
const makeFolder = (path: string) => {
  try {
    return mkdirSync(path, { recursive: true })
  } catch (error) {
    throw new Trouble(`The data folder ${path} (QUIZBOARD_DATA_DIR) cannot be made: ${(error as Error).message}`)
  }
}

/** Removes `path` and the folders above it up to `top`, as far as they are empty. */
const removeEmpty = (path: string, top: string) => {
  try {
    for (let folder = path; folder.startsWith(top); folder = dirname(folder)) rmdirSync(folder)
  } catch {
    // Not empty: the rest is not ours to remove.
  }
}

/** Undefined: another process has it. */
const tryLock = (file: string): DatabaseSync | undefined => {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if (/locked|busy/i.test((error as Error).message)) return undefined
    throw new Trouble(
      `The data folder cannot be used (QUIZBOARD_DATA_DIR): its lock file ${file}: ${(error as Error).message}`,
    )
  }
}

const readHolder = (file: string): Holder => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

const describeHolder = (path: string, { pid, url }: Holder) =>
  [
    `Another Quizboard is using the data folder ${path}${pid ? ` (process ${pid}${url ? `, ${url}` : ''})` : ''}.`,
    'Stop that one first, or give this one a folder of its own with QUIZBOARD_DATA_DIR.',
  ].join('\n')
