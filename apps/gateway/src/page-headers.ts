/** What browsers are told about our pages, so that a hostile name, frame or script gets nowhere. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'

const HOST = /^[A-Za-z0-9.\-[\]:]{1,255}$/

/** `https`: the pages are reached by HTTPS (through a proxy), where stricter rules make sense. */
export const createPageHeaders = ({ https }: { https: boolean }) => {
  const setAll = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        // 'self' covers the WebSocket of the same origin in new browsers only: older ones need it spelled out.
        connectSrc: ["'self'", (request) => socketSource(request, 'ws'), (request) => socketSource(request, 'wss')],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    // In a classroom it is plain HTTP on the local network: there these would only fill the console with warnings.
    strictTransportSecurity: https ? { maxAge: 15_552_000, includeSubDomains: false } : false,
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  return (request: IncomingMessage, response: ServerResponse): void => setAll(request, response, () => {})
}

const socketSource = (request: IncomingMessage, scheme: string) => {
  const host = request.headers.host ?? ''
  return HOST.test(host) ? `${scheme}://${host}` : "'self'"
}
