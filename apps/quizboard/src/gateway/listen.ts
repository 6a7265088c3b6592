import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Trouble } from '../trouble.ts'

/** Resolves to the real port, also when 0 was asked for. Rejects with Trouble that names the setting. */
export const listen = (server: Server, { port, host }: { port: number; host: string }): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describeListenError(error, port, host)))
    // Without an address Node listens on all, IPv6 and IPv4, whichever the machine has.
    server.listen({ port, ...(host !== '' && { host }), backlog: 1_024 }, () => {
      server.removeAllListeners('error')
      resolve((server.address() as AddressInfo).port)
    })
  })

const describeListenError = (error: NodeJS.ErrnoException, port: number, host: string): Error => {
  const choose = 'Choose another with QUIZBOARD_PORT, for example: QUIZBOARD_PORT=8090 npm start'
  switch (error.code) {
    case 'EADDRINUSE':
      return new Trouble(`Port ${port} is taken by another program.\n${choose}`)
    case 'EACCES':
      return new Trouble(`Port ${port} may not be used by this account.\n${choose}`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Trouble(`This machine has no address ${host} to listen on (QUIZBOARD_HOST).`)
    default:
      return error
  }
}
