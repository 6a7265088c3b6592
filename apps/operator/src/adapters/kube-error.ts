/** What the API server says when it refuses something: a Status, in its own words. */

export class KubeError extends Error {
  /** HTTP status; 0: there was no answer. */
  readonly status: number
  /** `AlreadyExists`, `Invalid`, `Expired`; of the Status. */
  readonly reason: string
  readonly retryAfterMs: number | undefined
  constructor(message: string, status: number, reason = '', retryAfterMs?: number) {
    super(message)
    this.name = 'KubeError'
    this.status = status
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof KubeError && error.status === 404
export const isConflict = (error: unknown): boolean => error instanceof KubeError && error.status === 409
/** The resource version is too old to go on from. */
export const isGone = (error: unknown): boolean => error instanceof KubeError && error.status === 410

/** Whether the same request may succeed later, without anybody changing it. */
export const isTransient = (error: unknown): boolean =>
  !(error instanceof KubeError) ||
  error.status === 0 ||
  error.status === 409 ||
  error.status === 429 ||
  error.status >= 500

const RETRY_AFTER_MAX_S = 300

/** `what`: the request, for answers that are no Status. */
export const kubeErrorOf = (status: number, body: string, what: string, retryAfter?: string | undefined): KubeError => {
  const told = statusOf(body)
  const seconds = Number(retryAfter)
  const wait = retryAfter !== undefined && seconds >= 0 ? Math.min(seconds, RETRY_AFTER_MAX_S) * 1_000 : undefined
  return new KubeError(told.message ?? `${what} was answered by ${status}`, status, told.reason ?? '', wait)
}

const statusOf = (body: string): { message?: string; reason?: string } => {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null) return {}
    const { message, reason } = parsed as Record<string, unknown>
    return {
      ...(typeof message === 'string' && { message }),
      ...(typeof reason === 'string' && { reason }),
    }
  } catch {
    return {}
  }
}
