import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DemoOrder } from './main.ts'

export interface Demo {
  stop(): Promise<void>
  /** Resolves at its end, with its exit code. */
  ended: Promise<number>
}

/** Starts the simulated players in a process of their own, which prints what goes on. It ends by itself with its quiz. */
export const startDemo = (order: DemoOrder): Demo => {
  const child: ChildProcess = fork(fileURLToPath(new URL('main.ts', import.meta.url)), {
    execArgv: process.execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
  child.once('error', () => {})
  child.send(order)
  return {
    ended,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await ended
    },
  }
}
