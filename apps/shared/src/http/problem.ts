/** RFC 9457 problems. One table maps our codes to statuses; nothing else in the code base knows a status of an error. */
import type { Problem } from '../contracts/rest.ts'

/** code → HTTP status and title. */
export const PROBLEMS = {
  'body/too_large': [413, 'The body is too large'],
  'headers/too_large': [431, 'The headers are too large'],
  'body/too_slow': [408, 'The body came too slowly'],
  'auth/missing': [401, 'A token is needed'],
  'auth/invalid': [401, 'The token is not valid'],
  'auth/expired': [401, 'The token has expired'],
  'quiz/unknown': [404, 'No such quiz'],
  'deck/unknown': [404, 'No such deck'],
  'player/unknown': [404, 'No such player'],
  'route/unknown': [404, 'No such resource'],
  'method/not_allowed': [405, 'The method is not allowed here'],
  'auth/other_quiz': [403, 'The token is of another quiz'],
  'auth/not_host': [403, 'Only the host may do this'],
  'auth/not_player': [403, 'Only a player may do this'],
  'body/unsupported_type': [415, 'The content type is not supported'],
  'body/not_json': [400, 'The request is not well-formed'],
  'body/invalid': [422, 'The request is not valid'],
  'question/unknown': [422, 'No such question'],
  'quiz/not_open': [409, 'The quiz is not open yet'],
  'quiz/not_running': [409, 'The quiz is not running'],
  'quiz/closed': [409, 'The quiz is closed'],
  'quiz/no_next_question': [409, 'There is no next question'],
  'quiz/moved_on': [409, 'The quiz has moved on'],
  'quiz/wrong_state': [409, 'The quiz is in another state'],
  'quiz/full': [409, 'The quiz is full'],
  'question/not_open': [409, 'The question is not open yet'],
  'question/closed': [409, 'The question is closed'],
  'answer/already_given': [409, 'The answer was already given'],
  'rate/limited': [429, 'Too many requests'],
  'service/unavailable': [503, 'Not available for the moment'],
  'service/failed': [500, 'An error of ours'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof PROBLEMS
export type ProblemItem = NonNullable<Problem['errors']>[number]

/** Thrown by handlers and use cases at the edge; the router turns it into a response. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly errors: readonly ProblemItem[] | undefined
  /** Extra members of the body, e.g. `skipped`. */
  readonly extra: Record<string, unknown> | undefined
  /** Whole seconds for Retry-After. */
  readonly retryAfterS: number | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      errors?: readonly ProblemItem[]
      extra?: Record<string, unknown>
      retryAfterS?: number
      /** `deck/unknown` is 404 in a path, 422 in a body. */
      status?: number
    } = {},
  ) {
    super(detail)
    this.name = 'ProblemError'
    this.code = code
    this.status = more.status ?? PROBLEMS[code][0]
    this.errors = more.errors
    this.extra = more.extra
    this.retryAfterS = more.retryAfterS
  }
}

/** 503: what is away for the moment, or too busy; it can be asked again in a second. */
export const unavailable = (detail: string): ProblemError =>
  new ProblemError('service/unavailable', detail, { retryAfterS: 1 })
