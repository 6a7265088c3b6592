import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { root, Trouble } from './trouble.mjs'

const SIGNALS = process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs `node args…` in the repository's folder and resolves with its exit code (128 + n when signal n ended it).
 * Signals are handed on, and the child is told to stop when the npm above is gone: nobody could reach it any more. `channel`:
 * it also learns by its IPC channel when this very process is gone.
 */
export const runChild = (node, args, { channel = false } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: root,
      stdio: ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])],
      env: withFirstInPath(process.env, dirname(node)),
    })
    const forward = (signal) => child.kill(signal)
    for (const signal of SIGNALS) process.on(signal, forward)
    const stopWatching = watchParents(() => child.kill('SIGTERM'))
    child.once('error', (error) => {
      stopWatching()
      reject(
        new Trouble(`Node at ${node} does not run here: ${error.message}\nInstall Node 24 from https://nodejs.org.`),
      )
    })
    child.once('exit', (code, signal) => {
      stopWatching()
      for (const each of SIGNALS) process.off(each, forward)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })

const withFirstInPath = (env, folder) => {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [name]: [folder, env[name]].filter(Boolean).join(delimiter) }
}

/**
 * Calls `gone` when the npm that runs this script has ended without telling: killed, or its signal ended only the shell
 * between. Does nothing without npm, where a parent that leaves is usual (nohup, a closed terminal).
 */
const watchParents = (gone) => {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return () => {}
  const before = [process.ppid, parentOf(process.ppid)].join()
  const timer = setInterval(() => {
    if ([process.ppid, parentOf(process.ppid)].join() === before) return
    clearInterval(timer)
    gone()
  }, 250)
  return () => clearInterval(timer)
}

/** The parent of a process, where /proc tells it. */
const parentOf = (pid) => {
  try {
    // The name, in parentheses, may hold anything; the fields after it are: state, parent, …
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  } catch {
    return undefined
  }
}
