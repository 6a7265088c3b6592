/** Listening, with errors that say what to change. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Trouble } from '../process/trouble.ts'

export interface Place {
  port: number
  /** Empty: all addresses. */
  host: string
  /** The setting that chooses the port, for errors. */
  setting: string
}

/** Resolves to the real port, also when 0 was asked for. Rejects with Trouble that names the setting. */
export const listen = (server: Server, place: Place): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describeListenError(error, place)))
    // Without an address Node listens on all, IPv6 and IPv4, whichever the machine has.
    const { port, host } = place
    server.listen({ port, ...(host !== '' && { host }), backlog: 1_024 }, () => {
      server.removeAllListeners('error')
      resolve((server.address() as AddressInfo).port)
    })
  })

const describeListenError = (error: NodeJS.ErrnoException, { port, host, setting }: Place): Error => {
  const choose = `Choose another with ${setting}, for example ${setting}=8090.`
  switch (error.code) {
    case 'EADDRINUSE':
      return new Trouble(`Port ${port} is taken by another program.\n${choose}`)
    case 'EACCES':
      return new Trouble(`Port ${port} may not be used by this account.\n${choose}`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Trouble(`This machine has no address ${host} to listen on (${setting.replace(/PORT$/, 'HOST')}).`)
    default:
      return error
  }
}
