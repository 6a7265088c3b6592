/** Where this product is reached, by its own machine and by others. */
import { networkInterfaces } from 'node:os'

/** Interfaces of containers and virtual machines: phones cannot reach those addresses. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|utun|tun|tap|wg|zt|tailscale)/i

/** This machine's address on the local network, where players' phones are; undefined: it has none. */
const localNetworkAddress = (): string | undefined => {
  const addresses = Object.entries(networkInterfaces())
    .filter(([name]) => !VIRTUAL.test(name))
    .flatMap(([, list]) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  return addresses.find((address) => /^(192\.168\.|10\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)) ?? addresses[0]
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
const isAll = (host: string) => host === '' || host === '0.0.0.0' || host === '::'
const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host)

export interface Links {
  /** For this machine's own browser and programs. */
  local: string
  /** For everyone else; the same as `local` if nobody else can reach us. */
  shared: string
}

/** Where it is reached. `publicUrl`: what the settings say, if they do. */
export const linksOf = ({
  host,
  port,
  publicUrl,
}: {
  host: string
  port: number
  publicUrl: string | undefined
}): Links => {
  const at = (name: string) => `http://${bracketed(name)}:${port}`
  const local = at(isAll(host) || isLoopback(host) ? 'localhost' : host)
  if (publicUrl !== undefined) return { local, shared: publicUrl }
  const network = isAll(host) ? localNetworkAddress() : undefined
  return { local, shared: network === undefined ? local : at(network) }
}
