/** The PostgreSQL that a killed Quizboard left running: it is stopped in order, and nothing else is touched. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError } from './trouble.ts'

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It is there, and not ours.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return !isZombie(pid)
}

/** Ended, and never asked about by a parent: in containers nobody may do it. */
const isZombie = (pid: number): boolean => {
  if (process.platform !== 'linux') return false
  try {
    // `pid (name) state …`; the name may have parentheses.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z') ?? false
  } catch {
    return true
  }
}

export const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid')

/** The lines of postmaster.pid; undefined: there is none. Line 1: the process, line 8: its state. */
export const readPidFile = (cluster: string): string[] | undefined => {
  try {
    return readFileSync(pidFile(cluster), 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Ids are used again: the process must be a PostgreSQL, and of this cluster. */
const isPostgresOf = (pid: number, cluster: string): boolean => {
  try {
    if (process.platform === 'linux') {
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      // A server's working folder is its data.
      return basename(program) === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
    }
    const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return command.includes('postgres') && command.includes(cluster)
  } catch {
    return false
  }
}

/** Resolves once no server runs on the cluster, and no file says that one does. */
export const stopOrphan = async (cluster: string, binaries: Binaries, logger: Logger): Promise<void> => {
  const pid = Number(readPidFile(cluster)?.[0])
  if (!(pid > 1)) return
  if (process.platform === 'win32') {
    if (isAlive(pid)) spawnSync(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', '20'])
  } else if (isAlive(pid) && isPostgresOf(pid, cluster)) {
    logger.info({ pid }, 'stopping the PostgreSQL that an earlier run left behind')
    if (!(await stopServer(pid)))
      throw new EmbeddedPostgresError(`The PostgreSQL of an earlier run (process ${pid}) does not stop.`)
  }
  // A server that ended by itself took its file along. PostgreSQL would take any process of this id for the old server.
  rmSync(pidFile(cluster), { force: true })
}

/** Fast shutdown, then immediate, then by force: what was committed survives each. False: it is still there. */
export const stopServer = async (pid: number): Promise<boolean> => {
  for (const [signal, patienceMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      return !isAlive(pid)
    }
    for (let waited = 0; waited < patienceMs; waited += 20) {
      if (!isAlive(pid)) return true
      await sleep(20)
    }
  }
  return !isAlive(pid)
}
