/** What a call may fail with: a problem the server described, or no answer at all. */
import type { Problem } from '@quizboard/shared/contracts/rest.ts'

/** Status of a failure without any reply: no network, or a server that is away. */
export const NO_REPLY = 0

export class ApiError extends Error {
  readonly status: number
  /** The contract's code, e.g. `quiz/closed`; `network` without a reply. */
  readonly code: string
  readonly errors: NonNullable<Problem['errors']>
  /** What the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** The whole body: some problems have members of their own. */
  readonly body: unknown

  constructor(status: number, code: string, detail: string, body?: unknown, retryAfterMs?: number) {
    super(detail)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.body = body
    this.errors = isProblem(body) && Array.isArray(body.errors) ? body.errors : []
    this.retryAfterMs = retryAfterMs
  }

  /** Whether the same call may succeed later; then it is not known whether this one was carried out. */
  get passing(): boolean {
    return this.status === NO_REPLY || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'

export const noReply = (): ApiError =>
  new ApiError(NO_REPLY, 'network', 'The quiz could not be reached. Check the connection; trying again is safe.')

export const errorOf = (status: number, body: unknown, retryAfter: string | null): ApiError => {
  const seconds = Number(retryAfter ?? Number.NaN)
  const wait = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
  if (!isProblem(body)) return new ApiError(status, 'unknown', `The server answered with status ${status}.`, body, wait)
  return new ApiError(status, body.code, body.detail || body.title, body, wait)
}

/** What to tell the user about anything that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : 'Something went wrong in this page. Reload it and try again.'
