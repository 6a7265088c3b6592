/**
 * Ports that stay free for their processes over any number of restarts: below those that outgoing connections get, in blocks that
 * belong to one fleet at a time.
 */
import { createServer, type Server } from 'node:net'

export interface ReservedPorts {
  readonly ports: readonly number[]
  /** Others may have them from now on. */
  release(): Promise<void>
}

const BLOCK = 64
/** Linux gives outgoing connections ports from 32768 on. */
const FIRST = 10_240
const LAST = 32_768

/** The first port of a block is held by its owner: whoever finds it taken looks elsewhere. */
export const reservePorts = async (count: number): Promise<ReservedPorts> => {
  const held: Server[] = []
  const ports: number[] = []
  const release = async () => {
    await Promise.all(held.splice(0).map(close))
  }
  const blocks = Math.floor((LAST - FIRST) / BLOCK)
  const start = Math.floor(Math.random() * blocks)
  for (let i = 0; i < blocks && ports.length < count; i++) {
    const first = FIRST + ((start + i) % blocks) * BLOCK
    const lock = await listen(first)
    if (!lock) continue
    held.push(lock)
    for (let port = first + 1; port < first + BLOCK && ports.length < count; port++) {
      const tried = await listen(port)
      if (!tried) continue
      await close(tried)
      ports.push(port)
    }
  }
  if (ports.length === count) return { ports, release }
  await release()
  throw new Error(`there are no ${count} free ports between ${FIRST} and ${LAST}`)
}

/** undefined: someone else listens there. */
const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
const close = (server: Server) => new Promise((resolve) => server.close(resolve))
