/** The operators' side, on a port of its own: /metrics, /livez, /readyz. The health answers serve the public port too. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { renderMetrics } from '../kit/metrics.ts'
import { hardenServer } from './harden.ts'

export interface AdminServer {
  /** The one that was asked for, or the one that the system chose for 0. */
  port: number
  close(): Promise<void>
}

const sendText = (res: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8') => {
  res.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  res.end(text)
}

/**
 * Answers `/livez` (200 while the process turns its event loop) and `/readyz` (200, or 503 with a line for each reason).
 * False: it is another path, nothing was done.
 */
export const handleHealth = (req: IncomingMessage, res: ServerResponse, unready: () => readonly string[]): boolean => {
  const path = req.url?.split('?', 1)[0]
  if (path !== '/livez' && path !== '/readyz') return false
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('allow', 'GET, HEAD')
    sendText(res, 405, 'method not allowed\n')
    return true
  }
  const reasons = path === '/readyz' ? unready() : []
  if (reasons.length === 0) sendText(res, 200, 'ok\n')
  else {
    res.setHeader('retry-after', '1')
    sendText(res, 503, `${reasons.join('\n')}\n`)
  }
  return true
}

/** Resolves once it listens; rejects if it cannot (`EADDRINUSE`). Several registries are shown as one. */
export const createAdminServer = (options: {
  registry: Registry | readonly Registry[]
  unready(): readonly string[]
  port: number
  host: string
}): Promise<AdminServer> => {
  const { registry, unready, port, host } = options
  const registries: readonly Registry[] = Array.isArray(registry) ? registry : [registry]
  const metrics = async (res: ServerResponse) => {
    try {
      sendText(res, 200, await renderMetrics(registries), 'text/plain; version=0.0.4; charset=utf-8')
    } catch {
      sendText(res, 500, 'the metrics could not be read\n')
    }
  }
  const server = createServer((req, res) => {
    req.resume()
    if (handleHealth(req, res, unready)) return
    const isMetrics = req.url?.split('?', 1)[0] === '/metrics'
    if (isMetrics && (req.method === 'GET' || req.method === 'HEAD')) void metrics(res)
    else sendText(res, isMetrics ? 405 : 404, 'there are /metrics, /livez and /readyz\n')
  })
  hardenServer(server)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}
