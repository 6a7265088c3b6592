/** The real servers as things that can be killed, started again and stalled. */
import { exec } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { promisify } from 'node:util'

export const SERVERS = ['kafka', 'mongodb', 'postgres'] as const
export type ServerName = (typeof SERVERS)[number]

export interface ServersControl {
  /** With SIGKILL; its data stays. */
  kill(name: ServerName): Promise<void>
  /** On its old data. Resolves once it serves. */
  start(name: ServerName): Promise<void>
  /** SIGSTOP; the function lets it go on. Linux alone. */
  stall(name: ServerName): () => void
}

const run = promisify(exec)
const LIMIT_MS = 90_000

/** Port of each server, as the environment names it. */
export const serverPorts = (env: NodeJS.ProcessEnv): Record<ServerName, number> => {
  const port = (url: string | undefined) => Number(new URL(url ?? '').port)
  return {
    kafka: port(`kafka://${env.KAFKA_BROKERS?.split(',')[0]}`),
    mongodb: port(env.MONGODB_URL),
    postgres: port(env.POSTGRES_URL),
  }
}

/** `command` takes `kill NAME` and `start NAME`. */
export const createServersControl = (command: string, ports: Record<ServerName, number>): ServersControl => {
  const tell = async (verb: string, name: ServerName) => {
    await run(`${command} ${verb} ${name}`, { timeout: LIMIT_MS })
  }
  return {
    kill: (name) => tell('kill', name),
    start: (name) => tell('start', name),
    stall(name) {
      const listener = pidOfListener(ports[name])
      const pids = [listener, ...childrenOf(listener)]
      const signal = (what: NodeJS.Signals) => {
        for (const pid of pids)
          try {
            process.kill(pid, what)
          } catch {
            // A backend of PostgreSQL that has ended meanwhile.
          }
      }
      signal('SIGSTOP')
      return () => signal('SIGCONT')
    },
  }
}

const LISTENS = '0A'
const pidOfListener = (port: number): number => {
  const inodes = new Set<string>()
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readText(file).split('\n').slice(1)) {
      const [, local = '', , state, ...rest] = line.trim().split(/\s+/)
      if (state === LISTENS && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
        inodes.add(`socket:[${rest[5]}]`)
    }
  const pid = pids().find((one) => descriptors(one).some((target) => inodes.has(target)))
  if (pid === undefined) throw new Error(`nobody listens on port ${port}`)
  return pid
}
const pids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger)
const childrenOf = (parent: number): number[] =>
  pids().filter((pid) => Number(/\) \S (\d+)/.exec(readText(`/proc/${pid}/stat`))?.[1]) === parent)
const descriptors = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
  } catch {
    return []
  }
}
const readText = (file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
