/**
 * A real PostgreSQL in a folder, for those who have none: its programs come from npm, it listens on a free port of the loopback
 * interface, and its durability is PostgreSQL's own. A server that a killed run left behind is stopped first; one that ends
 * by itself is started again.
 */
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { chooseAccount } from './embedded-postgres/account.ts'
import { findBinaries } from './embedded-postgres/binaries.ts'
import { checkVersion, DATABASE_USER, makeCluster } from './embedded-postgres/cluster.ts'
import { handOver, keepPassword, openFolder, removeLeftovers } from './embedded-postgres/folder.ts'
import { stopOrphan } from './embedded-postgres/orphan.ts'
import { freePort, type Server, type ServerOptions, startServer } from './embedded-postgres/server.ts'
import { EmbeddedPostgresError } from './embedded-postgres/trouble.ts'

export { EmbeddedPostgresError } from './embedded-postgres/trouble.ts'

export interface EmbeddedPostgres {
  /** With the password: `postgres://…@127.0.0.1:port/postgres`. It stays the same over restarts of the server. */
  url: string
  /** Stops the server in order and releases the folder. Idempotent. */
  stop(): Promise<void>
}

const ATTEMPTS = 10
const RESTART_FIRST_MS = 500
const RESTART_LAST_MS = 30_000

/** `dataDir`: a folder for this alone; it is made if needed. Rejects with EmbeddedPostgresError, whose message is for the user. */
export const startEmbeddedPostgres = async (options: {
  dataDir: string
  logger: Logger
}): Promise<EmbeddedPostgres> => {
  const { logger } = options
  const binaries = findBinaries()
  const folder = openFolder(resolve(options.dataDir))
  try {
    checkVersion(folder, binaries)
    removeLeftovers(folder)
    const account = chooseAccount(binaries.postgres, folder.path)
    if (account.owner) handOver(folder, account.owner)
    const password = await keepPassword(folder)
    await makeCluster(folder, binaries, account, password)
    const server = await startOnFreePort({ folder, binaries, account }, logger)
    const stopServer = supervise({ folder, binaries, account }, server, logger)
    let stopping: Promise<void> | undefined
    return {
      url: `postgres://${DATABASE_USER}:${password}@127.0.0.1:${server.port}/postgres`,
      stop() {
        stopping ??= stopServer().finally(() => folder.release())
        return stopping
      },
    }
  } catch (error) {
    folder.release()
    throw inWords(error, folder.path)
  }
}

/** What the file system says of a folder that is somebody else's, full or read-only. */
const inWords = (error: unknown, path: string): unknown => {
  if (error instanceof EmbeddedPostgresError || !(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined || !/^(EACCES|EPERM|EROFS|ENOSPC|EDQUOT|ENOTDIR|EISDIR|EIO)$/.test(code)) return error
  return new EmbeddedPostgresError(`The folder ${path} cannot be used for PostgreSQL: ${error.message}`, {
    cause: error,
  })
}

const startOnFreePort = async (options: ServerOptions, logger: Logger): Promise<Server> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await stopOrphan(options.folder.cluster, options.binaries, logger)
    const outcome = await startServer(options, await freePort())
    if (outcome.kind === 'started') return outcome.server
    // An earlier run's server that had just begun to start is found by its file in a moment.
    if (outcome.kind === 'locked') await sleep(200)
  }
  throw new EmbeddedPostgresError(`PostgreSQL could not be started in ${options.folder.path}: it is in use.`)
}

/** Starts the server again on its port whenever it ends by itself; gives what stops both. */
const supervise = (options: ServerOptions, first: Server, logger: Logger): (() => Promise<void>) => {
  let server: Server | undefined = first
  const stopping = new AbortController()
  const startAgain = async (): Promise<void> => {
    for (let pauseMs = RESTART_FIRST_MS; !stopping.signal.aborted; pauseMs = Math.min(2 * pauseMs, RESTART_LAST_MS)) {
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      try {
        await stopOrphan(options.folder.cluster, options.binaries, logger)
        const outcome = await startServer(options, first.port)
        if (outcome.kind === 'started') {
          server = outcome.server
          return
        }
        logger.warn({ outcome: outcome.kind }, 'PostgreSQL could not be started again yet')
      } catch (err) {
        logger.error({ err }, 'PostgreSQL could not be started again yet')
      }
    }
  }
  const watch = async (): Promise<void> => {
    while (server) {
      const how = await server.exited
      server = undefined
      if (stopping.signal.aborted) return
      logger.error({ exit: how, log: options.folder.log }, 'PostgreSQL ended by itself; starting it again')
      await startAgain()
      if (server) logger.info('PostgreSQL runs again')
    }
  }
  const watching = watch()
  // A process that ends without `stop` (a second Ctrl-C) must not leave the server behind.
  const abandon = () => server?.abandon()
  process.once('exit', abandon)
  return async () => {
    stopping.abort()
    await server?.stop()
    await watching
    // One that came up in the meantime.
    await server?.stop()
    process.off('exit', abandon)
  }
}
