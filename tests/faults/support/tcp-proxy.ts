/** The way from the services to one server, which can be cut, held, slowed and half-closed: what networks do, to order. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Resets every connection of `pids`. New ones are made as before. */
  cut(pids: Pids): void
  /** Nothing passes any more, in either direction, and nothing is closed. */
  hold(pids: Pids): void
  /** New connections are reset, those that are there too. */
  refuse(pids: Pids): void
  /** Everything is so much later. */
  delay(pids: Pids, ms: number): void
  /** The server's side ends each connection; what the client still sends goes on to the server. */
  halfClose(pids: Pids): void
  /** No more of it. */
  heal(): void
  close(): Promise<void>
}
/** Of client processes. */
export type Pids = ReadonlySet<number> | 'all'

interface Way {
  pid: number
  client: Socket
  server: Socket
}
interface Fault {
  pids: Pids
  kind: 'hold' | 'refuse' | 'delay'
  ms: number
}

/** `port`: of the server, on this machine. */
export const openTcpProxy = async (port: number): Promise<TcpProxy> => {
  const ways = new Set<Way>()
  let fault: Fault | undefined
  const isMeant = (pids: Pids, pid: number) => pids === 'all' || pids.has(pid)
  const faultOf = (pid: number) => (fault && isMeant(fault.pids, pid) ? fault : undefined)
  const of = (pids: Pids) => [...ways].filter(({ pid }) => isMeant(pids, pid))
  const reset = ({ client, server }: Way) => {
    client.resetAndDestroy()
    server.destroy()
  }

  /** One direction. A pause holds the sender back as a full network would. */
  const carry = (way: Way, from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      const late = faultOf(way.pid)
      const pass = () => {
        if (to.destroyed || to.write(chunk)) return
        from.pause()
        to.once('drain', () => settle(way))
      }
      // Timers of one length fire in their order.
      if (late?.kind === 'delay') setTimeout(pass, late.ms)
      else pass()
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      ways.delete(way)
      if (!to.destroyed) to.end()
    })
  }
  const settle = (way: Way) => {
    const isHeld = faultOf(way.pid)?.kind === 'hold'
    for (const socket of [way.client, way.server]) {
      if (isHeld) socket.pause()
      else socket.resume()
    }
  }
  const accept = (client: Socket, pid: number, rest: Buffer) => {
    if (faultOf(pid)?.kind === 'refuse') return void client.resetAndDestroy()
    const server = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    const way = { pid, client, server }
    ways.add(way)
    carry(way, client, server)
    carry(way, server, client)
    if (rest.length > 0) server.write(rest)
    settle(way)
  }
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    let head = Buffer.alloc(0)
    const take = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\n')
      if (end < 0) return
      client.off('data', take)
      client.off('error', gone)
      accept(client, Number(head.subarray(0, end)), head.subarray(end + 1))
    }
    const gone = () => client.destroy()
    client.on('data', take)
    client.on('error', gone)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const apply = (next: Fault | undefined) => {
    fault = next
    for (const way of ways) settle(way)
  }
  return {
    port: (listener.address() as AddressInfo).port,
    cut(pids) {
      of(pids).forEach(reset)
    },
    hold: (pids) => apply({ pids, kind: 'hold', ms: 0 }),
    refuse(pids) {
      apply({ pids, kind: 'refuse', ms: 0 })
      of(pids).forEach(reset)
    },
    delay: (pids, ms) => apply({ pids, kind: 'delay', ms }),
    halfClose(pids) {
      for (const { client } of of(pids)) client.end()
    },
    heal: () => apply(undefined),
    async close() {
      for (const way of ways) reset(way)
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
