/** What the parsers of the topics' records have in common. */
import type { z } from 'zod'

export const ID_LIMIT = 200
const DETAIL_LIMIT = 300

export interface Malformed {
  kind: 'malformed'
  reason: 'not_json' | 'unknown_shape' | 'invalid'
  /** A sentence for people. */
  detail: string
}

export const malformed = (reason: Malformed['reason'], detail: string): Malformed => ({
  kind: 'malformed',
  reason,
  detail: detail.slice(0, DETAIL_LIMIT),
})

/** undefined: not a JSON object. */
export const parseJson = (value: string): object | undefined => {
  try {
    const json: unknown = JSON.parse(value)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
  } catch {
    return undefined
  }
}

export const problemsOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'the value'}: ${issue.message}`)
    .join('; ')

/** Ids come back out of every store as they went in: lone surrogates and U+0000 would not. */
export const idProblem = (name: string, id: string): string | undefined => {
  if (id.length < 1 || id.length > ID_LIMIT) return `${name} must have 1–${ID_LIMIT} characters, it has ${id.length}`
  if (!id.isWellFormed()) return `${name} is not well-formed Unicode`
  if (id.includes('\0')) return `${name} contains U+0000`
  return undefined
}
