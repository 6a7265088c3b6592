/** The bytes of a problem: RFC 9457, type `urn:quizboard:` + code. */
import type { Problem } from '../contracts/rest.ts'
import { PROBLEMS, type ProblemCode, type ProblemError, type ProblemItem } from './problem.ts'

export const problemBody = (
  code: ProblemCode,
  detail: string,
  more: {
    status?: number
    errors?: readonly ProblemItem[] | undefined
    extra?: Record<string, unknown> | undefined
  } = {},
): Problem & Record<string, unknown> => {
  const [status, title] = PROBLEMS[code]
  return {
    type: `urn:quizboard:${code}`,
    title,
    status: more.status ?? status,
    detail,
    code,
    ...(more.errors ? { errors: [...more.errors] } : {}),
    ...more.extra,
  }
}

export const problemOf = (error: ProblemError): Problem & Record<string, unknown> =>
  problemBody(error.code, error.message, error)
