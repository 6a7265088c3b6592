/** A port of a pod as a port of this machine, as `kubectl port-forward` does it. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { PortForward } from '@kubernetes/client-node'
import type { TestCluster } from './cluster.ts'

export const forwardPort = async (
  cluster: TestCluster,
  namespace: string,
  pod: string,
  port: number,
): Promise<number> => {
  const forward = new PortForward(cluster.config)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)))
    forward.portForward(namespace, pod, [port], socket, null, socket).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cluster.after(async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}
