/** Starts the whole product as a user would: one process of its own, on a free port, with a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../apps/quizboard/src/main.ts', import.meta.url))
const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 30_000

export interface Product {
  /** Where it listens: `http://127.0.0.1:port`. A restart keeps the port. */
  readonly url: string
  readonly hostToken: string
  readonly dataDir: string
  /** Of the process itself. */
  readonly pid: number
  /** What it has printed so far, over all restarts. */
  output(): string
  /** Ends it as Ctrl-C does, and removes the data folder. Idempotent. */
  stop(): Promise<void>
  /** SIGKILL to the process alone: its PostgreSQL is orphaned. */
  kill9(): Promise<void>
  /** Starts it again on the same folder and port; ends it as Ctrl-C does if it still runs. */
  restart(): Promise<void>
}

interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A process of the product, whatever becomes of it. */
export interface Attempt {
  child: ChildProcess
  output(): string
  exited: Promise<Exit>
}

/** Runs the product's main file with these settings, whatever becomes of it. It stops when this process is gone. */
export const launch = (env: Record<string, string>, args: readonly string[] = []): Attempt => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...withoutSettings(process.env), NO_COLOR: '1', ...env },
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output += chunk.toString('utf8')
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  // Not 'close': that never comes once the channel was closed from this side.
  const ended = [child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once('end', resolve)))
  const exited = new Promise<Exit>((resolve) =>
    child.once('exit', async (code, signal) => {
      await Promise.race([Promise.all(ended), sleep(500, undefined, { ref: false })])
      resolve({ code, signal })
    }),
  )
  return { child, output: () => output, exited }
}

/** The tests' own environment, without settings that a developer may have made for the product. */
const withoutSettings = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('QUIZBOARD_')))

/** The port that the product says it listens on, once /readyz is 200. */
const awaitReady = async ({ child, output, exited }: Attempt): Promise<number> => {
  const end = Date.now() + START_LIMIT_MS
  let gone: Exit | undefined
  void exited.then((exit) => {
    gone = exit
  })
  while (Date.now() < end && !gone) {
    const port = /http:\/\/[^\s/]+:(\d+)/.exec(output())?.[1]
    if (port && (await isReady(`http://127.0.0.1:${port}`))) return Number(port)
    await sleep(25)
  }
  child.kill('SIGKILL')
  const why = gone ? `ended with ${gone.code ?? gone.signal}` : `was not ready in ${START_LIMIT_MS} ms`
  throw new Error(`The product ${why}. It said:\n${output()}`)
}

const isReady = (url: string) =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ status }) => status === 200,
    () => false,
  )

export const startProduct = async ({ env = {} }: { env?: Record<string, string> } = {}): Promise<Product> => {
  const dataDir = env.QUIZBOARD_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'quizboard-test-'))
  const settings = { QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_DATA_DIR: dataDir, ...env }
  const earlier: string[] = []
  let attempt = launch(settings)
  let stopped = false
  let port: number
  try {
    port = await awaitReady(attempt)
  } catch (error) {
    await killOrphans(dataDir)
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  }

  const end = async (signal: NodeJS.Signals) => {
    attempt.child.kill(signal)
    const exit = await Promise.race([attempt.exited, sleep(STOP_LIMIT_MS, undefined, { ref: false })])
    if (exit) return exit
    attempt.child.kill('SIGKILL')
    throw new Error(`The product did not end within ${STOP_LIMIT_MS} ms after ${signal}. It said:\n${attempt.output()}`)
  }
  const isRunning = () => attempt.child.exitCode === null && attempt.child.signalCode === null

  return {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    get hostToken() {
      return env.QUIZBOARD_HOST_TOKEN ?? readFileSync(join(dataDir, 'host-token'), 'utf8').trim()
    },
    dataDir,
    get pid() {
      return attempt.child.pid ?? -1
    },
    output: () => [...earlier, attempt.output()].join(''),
    kill9: async () => {
      await end('SIGKILL')
    },
    restart: async () => {
      if (isRunning()) await end('SIGTERM')
      earlier.push(attempt.output())
      attempt = launch({ ...settings, QUIZBOARD_PORT: String(port) })
      port = await awaitReady(attempt)
    },
    stop: async () => {
      if (stopped) return
      stopped = true
      try {
        if (isRunning()) await end('SIGTERM')
      } finally {
        await killOrphans(dataDir)
        rmSync(dataDir, { recursive: true, force: true })
      }
    },
  }
}

/** Pids of the PostgreSQL servers whose data lies below this folder. */
export const postgresPids = (dataDir: string): number[] =>
  (existsSync(dataDir) ? readdirSync(dataDir, { recursive: true, encoding: 'utf8' }) : [])
    .filter((path) => path.endsWith('postmaster.pid'))
    .map((path) => Number(readFileSync(join(dataDir, path), 'utf8').split('\n')[0]))

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // An orphan that has ended stays as a zombie until the machine's first process takes notice.
  const state = existsSync('/proc/self/stat') ? readText(`/proc/${pid}/stat`) : ''
  return !/\) Z /.test(state)
}

const readText = (file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** A test that ends after kill9 leaves a PostgreSQL behind: SIGQUIT ends it and its own children. */
const killOrphans = async (dataDir: string) => {
  for (const pid of postgresPids(dataDir)) {
    if (!isAlive(pid)) continue
    process.kill(pid, 'SIGQUIT')
    for (let waited = 0; isAlive(pid) && waited < 5_000; waited += 50) await sleep(50)
  }
}
