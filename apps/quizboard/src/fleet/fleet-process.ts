/** One process of the fleet: started, watched, and started again if it ends by itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FleetProcess {
  /** `answer-service 2`. */
  readonly name: string
  /** Where it serves; a restart keeps it. */
  readonly url: string
  /** Of the metrics, `/readyz` among them. */
  readonly metricsPort: number
  /** undefined: it does not run at this moment. */
  readonly pid: number | undefined
  /** Resolves once `/readyz` is 200; rejects after `limitMs`, or when it has ended for good. */
  ready(limitMs: number): Promise<void>
  /** Sends a signal, whatever it does to it. */
  kill(signal: NodeJS.Signals): void
  /** Starts it again; nothing if it runs. */
  start(): void
  /** SIGTERM, and SIGKILL if it does not end; it is not started again. */
  stop(): Promise<void>
  /** What it has printed, the end of it. */
  output(): string
}

export interface FleetProcessOptions {
  name: string
  script: string
  env: Readonly<Record<string, string>>
  url: string
  metricsPort: number
  /** Start it again whenever it ends without having been stopped. */
  supervise: boolean
  onLine(line: string): void
}

const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning']
/** Handing partitions over may take a while. */
const STOP_LIMIT_MS = 40_000
const OUTPUT_MAX = 200_000
const RESTART_MS = 500
const READY_LOOK_MS = 50

export const createFleetProcess = (options: FleetProcessOptions): FleetProcess => {
  const { name, script, env, url, metricsPort, supervise, onLine } = options
  let child: ChildProcess | undefined
  let exited: Promise<void> = Promise.resolve()
  let stopped = false
  let output = ''

  const take = (chunk: string) => {
    output = (output + chunk).slice(-OUTPUT_MAX)
    for (const line of chunk.split('\n')) if (line.trim() !== '') onLine(line)
  }
  const start = () => {
    if (child || stopped) return
    // It ends with us: the channel tells it when we are gone, however that happens.
    const started = spawn(process.execPath, [...NODE_FLAGS, script], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env })
    child = started
    for (const stream of [started.stdout, started.stderr]) stream?.setEncoding('utf8').on('data', take)
    exited = new Promise((resolve) => {
      started.once('exit', (code, signal) => {
        child = undefined
        resolve()
        if (stopped || !supervise) return
        onLine(`ended with ${signal ?? code}; it is started again`)
        setTimeout(start, RESTART_MS)
      })
    })
  }
  const isReady = () =>
    fetch(`http://127.0.0.1:${metricsPort}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
      ({ status }) => status === 200,
      () => false,
    )

  return {
    name,
    url,
    metricsPort,
    get pid() {
      return child?.pid
    },
    async ready(limitMs) {
      const end = Date.now() + limitMs
      while (!(await isReady())) {
        if (Date.now() > end) throw new Error(`the ${name} was not ready in ${limitMs} ms. It said:\n${output}`)
        if (!child && !supervise) throw new Error(`the ${name} has ended. It said:\n${output}`)
        await sleep(READY_LOOK_MS)
      }
    },
    kill: (signal) => void child?.kill(signal),
    start,
    async stop() {
      stopped = true
      const running = child
      if (!running) return
      // Whoever was stopped by SIGSTOP would not see it.
      running.kill('SIGCONT')
      running.kill('SIGTERM')
      const limit = setTimeout(() => running.kill('SIGKILL'), STOP_LIMIT_MS)
      await exited
      clearTimeout(limit)
    },
    output: () => output,
  }
}
