import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** For processes with kafkajs: it sets timers in the past (tulios/kafkajs #1751), and Node warns of each kind once. */
export const QUIET_KAFKAJS = '--disable-warning=TimeoutNegativeWarning'

export interface Outcome {
  /** 128 + n when signal n ended it. */
  code: number
  /** stdout and stderr as they came; empty unless `capture`. */
  output: string
  timedOut: boolean
}

/**
 * Runs a script of the repository on this Node and waits for its end. `capture` keeps the output instead of showing it.
 * A signal to us ends the child first, then us: whatever would have come next does not begin.
 */
export const runNode = (
  args: readonly string[],
  options: { capture?: boolean; env?: Record<string, string>; limitMs?: number } = {},
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: options.capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...process.env, ...options.env },
    })
    let output = ''
    let timedOut = false
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    let told: NodeJS.Signals | undefined
    const forward = (signal: NodeJS.Signals) => {
      told = signal
      child.kill(signal)
    }
    process.on('SIGTERM', forward).on('SIGINT', forward)
    const limit = options.limitMs ? setTimeout(() => stop(), options.limitMs) : undefined
    const stop = () => {
      timedOut = true
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref()
    }
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      process.off('SIGTERM', forward).off('SIGINT', forward)
      if (told) process.exit(128 + constants.signals[told])
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), output, timedOut })
    })
  })
