/** The HTTP side of a live socket: which requests may be upgraded, and problems for those that may not. */
import type { Duplex } from 'node:stream'
import { splitTarget } from '@quizboard/shared/http/paths.ts'
import type { ProblemCode } from '@quizboard/shared/http/problem.ts'
import { problemBody } from '@quizboard/shared/http/problem-body.ts'

/** The quiz_id of `/live/{quiz_id}`; undefined: another path, or one that is not well percent-encoded. */
export const liveQuizId = (target: string): string | undefined => {
  const [, encoded] = /^\/live\/([^/]+)$/.exec(splitTarget(target).path) ?? []
  if (encoded === undefined) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

/** Answers an upgrade request by a problem and ends the connection. */
export const refuseUpgrade = (
  socket: Duplex,
  code: ProblemCode,
  detail: string,
  headers: Record<string, string> = {},
): void => {
  const problem = problemBody(code, detail)
  const body = JSON.stringify(problem)
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    'Cache-Control: no-store',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  // The client may have gone; that is no error of ours.
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
