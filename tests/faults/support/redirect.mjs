/**
 * Preloaded into a service: its connections to a server go through a proxy instead, whatever address the server advertises, and
 * begin with a line that tells whose they are. `FAULTS_REDIRECT`: `port=port of the proxy`, comma-separated.
 */
import { Socket } from 'node:net'

const ways = new Map((process.env.FAULTS_REDIRECT ?? '').split(',').map((way) => way.split('=').map(Number)))
const { connect } = Socket.prototype

Socket.prototype.connect = function (...args) {
  // `net.connect` hands its arguments on as one list.
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  const proxy = typeof options === 'object' && options !== null ? ways.get(Number(options.port)) : undefined
  if (proxy === undefined) return connect.apply(this, args)
  const { port: _, ...others } = options
  const callback = Array.isArray(args[0]) ? args[0][1] : args[1]
  connect.call(this, { ...others, port: proxy }, ...(typeof callback === 'function' ? [callback] : []))
  this.write(`${process.pid}\n`)
  return this
}
