/** The data of the embedded PostgreSQL: made once, by initdb. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { NEW_CLUSTER, type PostgresFolder, syncFolder } from './folder.ts'
import { EmbeddedPostgresError, explain, tail } from './trouble.ts'

export const DATABASE_USER = 'quizboard'

/** For PostgreSQL's programs: messages in English, times in UTC, and none of the user's PG… variables. */
export const programEnv = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))),
  LC_ALL: 'C',
  // Known: initdb need not search for it.
  TZ: 'UTC',
})

/** Throws EmbeddedPostgresError if the data is of another PostgreSQL. */
export const checkVersion = ({ cluster }: PostgresFolder, { major }: Binaries): void => {
  if (!existsSync(cluster)) return
  let version: string
  try {
    version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new EmbeddedPostgresError(
      code === 'EACCES'
        ? `${cluster} belongs to another user (uid ${statSync(cluster).uid}): was Quizboard run as root before? Run it as then, or give the folder to the user that you are now.`
        : `${cluster} is not the data of a PostgreSQL: ${(cause as Error).message}`,
      { cause },
    )
  }
  if (version !== String(major))
    throw new EmbeddedPostgresError(
      `${cluster} was made by PostgreSQL ${version}; this Quizboard brings PostgreSQL ${major}. Use the Quizboard that made it.`,
    )
}

/** Beside its place and renamed: a crash leaves a whole cluster or none. */
export const makeCluster = async (
  folder: PostgresFolder,
  binaries: Binaries,
  account: Account,
  password: string,
): Promise<void> => {
  if (existsSync(folder.cluster)) return
  const made = join(folder.path, `${NEW_CLUSTER}${randomBytes(4).toString('hex')}`)
  const passwordFile = `${made}-password`
  try {
    mkdirSync(made, { mode: 0o700 })
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
    if (account.owner) {
      chownSync(made, account.owner.uid, account.owner.gid)
      chownSync(passwordFile, account.owner.uid, account.owner.gid)
    }
    await initdb(folder, binaries, account, made, passwordFile)
    await rename(made, folder.cluster)
    await syncFolder(folder.path)
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    if (error instanceof EmbeddedPostgresError) throw error
    const { message } = error as Error
    throw new EmbeddedPostgresError(explain(message, folder.path) || `The database cannot be made: ${message}`, {
      cause: error,
    })
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

const initdb = (
  folder: PostgresFolder,
  binaries: Binaries,
  account: Account,
  target: string,
  passwordFile: string,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const { program, args, ...ids } = account.command(binaries.initdb, [
      `--pgdata=${target}`,
      `--username=${DATABASE_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ])
    const child = spawn(program, args, { ...ids, cwd: '/', env: programEnv(), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-10_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (cause) =>
      reject(new EmbeddedPostgresError(`PostgreSQL’s programs do not run here: ${cause.message}`, { cause })),
    )
    child.once('close', (code, signal) => {
      if (code === 0) return resolve()
      const reason = explain(output, folder.path)
      reject(
        new EmbeddedPostgresError(
          `The database could not be made (initdb ended with ${code ?? signal}). ${reason}\n${tail(output)}`,
        ),
      )
    })
  })
