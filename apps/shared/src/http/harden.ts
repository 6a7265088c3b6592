/** What every HTTP server of ours has: bounded headers, bounded times, and a problem document for what is no HTTP at all. */
import type { Server, ServerOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { problemBody } from './problem-body.ts'

/** For `createServer`: what cannot be set later. */
export const SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  /** How often Node looks for connections that are past their times. */
  connectionsCheckingInterval: 2_000,
  noDelay: true,
  keepAlive: true,
} as const satisfies ServerOptions

export interface ServerTimes {
  /** For all headers of a request. */
  headersMs?: number
  /** For a whole request; more than the body may take, since the router answers a slow body better. */
  requestMs?: number
  /** An idle connection is kept for the next request. */
  keepAliveMs?: number
}

/** Sets the times and answers malformed requests. For the launcher: before `listen`. */
export const hardenServer = (server: Server, times: ServerTimes = {}): void => {
  server.headersTimeout = times.headersMs ?? 15_000
  server.requestTimeout = times.requestMs ?? 60_000
  server.keepAliveTimeout = times.keepAliveMs ?? 65_000
  // RFC 9110 lets a server ignore an expectation that it does not know; Node would answer 417 without a problem document.
  server.on('checkExpectation', (req, res) => server.emit('request', req, res))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // A reply under way must not get a second one into its middle; the field is Node's own, its default handler reads it too.
    const underWay: unknown = Reflect.get(socket, '_httpMessage')
    const begun = typeof underWay === 'object' && underWay !== null && Reflect.get(underWay, 'headersSent') === true
    if (error.code === 'ECONNRESET' || !socket.writable || begun) {
      socket.destroy()
      return
    }
    socket.end(malformedReply(error.code))
    // The peer may go on sending: read no more of it than a moment.
    socket.resume()
    setTimeout(() => socket.destroy(), 1_000).unref()
  })
}

const malformedReply = (code: string | undefined): string => {
  const problem =
    code === 'HPE_HEADER_OVERFLOW'
      ? problemBody('headers/too_large', `The headers take more than ${SERVER_OPTIONS.maxHeaderSize} bytes`)
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? problemBody('body/too_slow', 'The request came too slowly')
        : problemBody('body/not_json', 'This is not a well-formed HTTP request')
  const body = JSON.stringify(problem)
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
