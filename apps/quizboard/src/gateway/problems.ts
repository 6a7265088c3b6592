/** Problems that are answered before any service sees the request. */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

const body = (status: number, code: string, title: string, detail: string) =>
  JSON.stringify({ type: `urn:quizboard:${code}`, title, status, detail, code })

export interface EdgeProblem {
  status: number
  code: string
  title: string
  detail: string
  headers?: Record<string, string>
}

/** Sends it as application/problem+json. */
export const sendProblem = (response: ServerResponse, { status, code, title, detail, headers }: EdgeProblem): void => {
  const content = Buffer.from(body(status, code, title, detail))
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': content.length,
    ...headers,
  })
  response.end(content)
}

/** The same on a bare socket, where there is no response object; closes the connection. */
export const sendRawProblem = (socket: Duplex, { status, code, title, detail, headers }: EdgeProblem): void => {
  const content = body(status, code, title, detail)
  const lines = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(content)}`,
    'Connection: close',
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.once('error', () => {})
  socket.end(`${lines.join('\r\n')}\r\n\r\n${content}`, () => socket.destroy())
}

export const NOT_READY: EdgeProblem = {
  status: 503,
  code: 'service/unavailable',
  title: 'Not available for the moment',
  detail: 'Quizboard is starting or stopping.',
  headers: { 'Retry-After': '1', Connection: 'close' },
}

export const noRoute = (path: string): EdgeProblem => ({
  status: 404,
  code: 'route/unknown',
  title: 'No such resource',
  detail: `There is nothing at ${path.length > 100 ? `${path.slice(0, 100)}…` : path}.`,
})
