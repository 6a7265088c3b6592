/** One run of the server process: started on a free port of the loopback interface, and stopped in order. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { programEnv } from './cluster.ts'
import type { PostgresFolder } from './folder.ts'
import { readPidFile, stopServer } from './orphan.ts'
import { EmbeddedPostgresError, explain, tail } from './trouble.ts'

/** Small and durable. On the command line, so that a new version's settings reach old data. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // There plain fsync leaves data in the drive's cache.
  ...(process.platform === 'darwin' && { wal_sync_method: 'fsync_writethrough' }),
  jit: 'off',
  max_parallel_workers: '0',
  io_method: 'sync',
  autovacuum_max_workers: '1',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
  // Statements have people's names and answers' keys in them.
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
}

const READY_MS = 60_000
const LOG_MAX_BYTES = 1024 * 1024

export interface ServerOptions {
  folder: PostgresFolder
  binaries: Binaries
  account: Account
}
export interface Server {
  port: number
  /** Resolves when the process has ended, in whatever way. */
  exited: Promise<string>
  stop(): Promise<void>
  /** For a process that ends at this very moment: tells the server to end without waiting; it recovers at its next start. */
  abandon(): void
}
export type StartOutcome =
  | { kind: 'started'; server: Server }
  /** Someone else took the port in between. */
  | { kind: 'port_taken' }
  /** A server that an earlier run had just begun to start has the data. */
  | { kind: 'locked' }

/** Rejects with EmbeddedPostgresError if it does not come up for another reason. */
export const startServer = async (options: ServerOptions, port: number): Promise<StartOutcome> => {
  const { folder, binaries } = options
  const { child, logStart } = launch(options, port)
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(String(code ?? signal)))
    child.once('error', (error) => resolve(error.message))
  })
  let ended: string | undefined
  void exited.then((how) => {
    ended = how
  })
  const output = () => readFileSync(folder.log).subarray(logStart).toString('utf8')
  for (let waited = 0; waited < READY_MS && ended === undefined; waited += 20) {
    if (isReady(folder.cluster, child.pid))
      return { kind: 'started', server: { port, exited, stop: stopper(child), abandon } }
    await sleep(20)
  }
  if (ended === undefined) await stopper(child)()
  const said = output()
  if (/Address already in use|could not bind|WSAEADDRINUSE|10048/.test(said)) return { kind: 'port_taken' }
  if (/lock file "postmaster.pid" already exists|shared memory block .* still in use/.test(said))
    return { kind: 'locked' }
  const reason = explain(said, folder.path)
  throw new EmbeddedPostgresError(
    `PostgreSQL ${ended === undefined ? `was not ready in ${READY_MS / 1000} s` : `ended with ${ended}`}. ${reason}\n${tail(said)}`,
  )

  function abandon() {
    // SIGQUIT reaches the server's own processes through it; where there is no such signal this ends it alone.
    if (ended === undefined) child.kill('SIGQUIT')
  }

  function stopper({ pid }: ChildProcess) {
    return async () => {
      if (ended !== undefined || pid === undefined) return
      if (process.platform === 'win32')
        spawnSync(binaries.pgCtl, ['stop', '-D', folder.cluster, '-m', 'fast', '-w', '-t', '20'])
      else await Promise.race([stopServer(pid), exited])
      await exited
    }
  }
}

const launch = ({ folder, binaries, account }: ServerOptions, port: number) => {
  const logStart = rotateLog(folder.log)
  const log = openSync(folder.log, 'a', 0o600)
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { program, args, ...ids } = account.command(binaries.postgres, [
    '-D',
    folder.cluster,
    '-p',
    String(port),
    ...settings,
  ])
  const child = spawn(program, args, {
    ...ids,
    cwd: '/',
    env: programEnv(),
    stdio: ['ignore', log, log],
    // A group of its own: Ctrl-C is for us, and we still need it when we stop.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  closeSync(log)
  return { child, logStart }
}

/** Where new lines begin. One old file is kept. */
const rotateLog = (file: string): number => {
  try {
    const { size } = statSync(file)
    if (size < LOG_MAX_BYTES) return size
    renameSync(file, `${file}.1`)
  } catch {
    // There is none yet.
  }
  return 0
}

/** As pg_ctl does it: the server writes its state into its pid file. */
const isReady = (cluster: string, pid: number | undefined): boolean => {
  const lines = readPidFile(cluster)
  return lines !== undefined && Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

/** A port of the loopback interface that is free at this moment. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
