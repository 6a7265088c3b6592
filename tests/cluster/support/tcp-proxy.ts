/** A way to the API server that can be cut, held and closed: what networks do, to order. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  /** As a kubeconfig wants it. */
  readonly server: string
  /** Resets every connection. */
  cut(): void
  /** Nothing passes any more, and nothing is closed. */
  hold(on: boolean): void
  /** New connections are reset at once. */
  refuse(on: boolean): void
  close(): Promise<void>
}

export const openTcpProxy = async (target: string): Promise<TcpProxy> => {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let held = false
  let refusing = false
  const own = (socket: Socket) => {
    sockets.add(socket)
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    own(client)
    if (refusing) return void client.resetAndDestroy()
    const upstream = own(connect(Number(port || 443), hostname))
    client.pipe(upstream).pipe(client)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    if (held) for (const one of [client, upstream]) one.pause()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    hold(on) {
      held = on
      for (const socket of sockets) {
        if (on) socket.pause()
        else socket.resume()
      }
    },
    refuse(on) {
      refusing = on
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
