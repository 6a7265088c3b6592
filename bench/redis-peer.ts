/**
 * Debian's redis-server on a Unix socket of its own, spoken to in raw RESP with one pipeline: what is measured is Redis,
 * not a client library. Commands are encoded before, and of the replies only the newlines are counted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Redis {
  version: string
  /** Sends encoded commands; resolves once `lines` reply lines are there. */
  pipeline(commands: Buffer, lines: number): Promise<void>
  /** The text of one reply that fits one read. */
  ask(...command: string[]): Promise<string>
  /** Seconds of processor time that the server has used. */
  cpuSeconds(): Promise<number>
  close(): Promise<void>
}

export const encode = (...command: (string | number)[]): string =>
  `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(String(part))}\r\n${part}\r\n`).join('')}`

export interface RedisServer {
  /** Of its Unix socket. */
  path: string
  close(): Promise<void>
}

/** undefined: there is no redis-server on this machine. */
export async function startRedis(): Promise<Redis | undefined> {
  const server = await startRedisServer()
  return server && peer(await connected(server.path), server)
}

/** Keeps nothing on disk. undefined: there is no redis-server on this machine. */
export async function startRedisServer(): Promise<RedisServer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'quizboard-bench-redis-'))
  const path = join(folder, 'redis.sock')
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  })
  const failed = once(server, 'error').catch(() => [])
  const socket = await Promise.race([connected(path), failed.then(() => undefined)])
  if (socket === undefined) {
    await rm(folder, { recursive: true })
    return undefined
  }
  socket.destroy()
  return {
    path,
    close: async () => {
      server.kill()
      await once(server, 'exit')
      await rm(folder, { recursive: true })
    },
  }
}

async function connected(path: string): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(path)
    try {
      await once(socket, 'connect')
      return socket
    } catch (error) {
      if (attempt === 200) throw error
      await sleep(25)
    }
  }
}

async function peer(socket: Socket, server: RedisServer): Promise<Redis> {
  let onData = (_: Buffer): void => {}
  socket.on('data', (chunk) => onData(chunk))
  const ask = (...command: string[]): Promise<string> =>
    new Promise((resolve) => {
      onData = (chunk) => resolve(chunk.toString())
      socket.write(encode(...command))
    })
  const info = async (section: string, field: string): Promise<string> =>
    new RegExp(`^${field}:(.*)$`, 'm').exec(await ask('INFO', section))?.[1]?.trim() ?? ''
  return {
    version: await info('server', 'redis_version'),
    ask,
    pipeline: (commands, lines) =>
      new Promise((resolve, reject) => {
        let left = lines
        onData = (chunk) => {
          if (chunk[0] === 45) reject(new Error(chunk.toString()))
          for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) left--
          if (left === 0) resolve()
        }
        socket.write(commands)
      }),
    cpuSeconds: async () => Number(await info('cpu', 'used_cpu_user')) + Number(await info('cpu', 'used_cpu_sys')),
    close: async () => {
      socket.destroy()
      await server.close()
    },
  }
}
