/** Whom a request counts for in rate limits. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { addressKey } from './rate-limit.ts'

/**
 * The peer's address; behind `trustProxy` proxies of ours (`true`: one), the address that the outermost of them saw: what
 * stands further left in X-Forwarded-For is the client's own claim. IPv6 by its first 64 bits (addressKey).
 */
export const clientAddress = (req: IncomingMessage, trustProxy: boolean | number): string => {
  const peer = req.socket.remoteAddress ?? ''
  const proxies = Number(trustProxy)
  if (proxies === 0) return addressKey(peer)
  const header = req.headers['x-forwarded-for']
  const hops = (typeof header === 'string' ? header : '').split(',')
  const seen = hops.at(-proxies)?.trim() ?? ''
  return addressKey(isIP(seen) === 0 ? peer : seen)
}
