/** Problems that are answered before any service sees the request. */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProblemCode } from './problem.ts'
import { problemBody } from './problem-body.ts'

export interface EdgeProblem {
  code: ProblemCode
  detail: string
  headers?: Record<string, string>
}

/** Sends it as application/problem+json. */
export const sendProblem = (response: ServerResponse, { code, detail, headers }: EdgeProblem): void => {
  const problem = problemBody(code, detail)
  const content = Buffer.from(JSON.stringify(problem))
  response.writeHead(problem.status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': content.length,
    ...headers,
  })
  response.end(content)
}

/** The same on a bare socket, where there is no response object; closes the connection. */
export const sendRawProblem = (socket: Duplex, { code, detail, headers }: EdgeProblem): void => {
  const problem = problemBody(code, detail)
  const content = JSON.stringify(problem)
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(content)}`,
    ...Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.on('error', () => {})
  socket.end(`${lines.join('\r\n')}\r\n\r\n${content}`, () => socket.destroy())
}

export const NOT_READY: EdgeProblem = {
  code: 'service/unavailable',
  detail: 'Quizboard is starting or stopping',
  headers: { 'Retry-After': '1', Connection: 'close' },
}

export const noRoute = (path: string): EdgeProblem => ({
  code: 'route/unknown',
  detail: `There is nothing at ${path.length > 100 ? `${path.slice(0, 100)}…` : path}`,
})
