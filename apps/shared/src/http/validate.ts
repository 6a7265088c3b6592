/** Bodies and query parameters against their schemas: every problem with its pointer or parameter and its value. */
import { z } from 'zod'
import { findingsOf, valueAt } from '../kit/issues.ts'
import { isSecretName, shownValue, VALUE_MAX } from '../kit/print-value.ts'
import { ProblemError, type ProblemItem } from './problem.ts'

/** More problems than these are counted, not listed. */
export const PROBLEMS_MAX = 1_000

/** RFC 6901: `['questions', 3, 'a/b']` → `/questions/3/a~1b`; the whole document is ''. */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const valueItem = (path: readonly PropertyKey[], value: unknown, secret: string | undefined): { value?: unknown } => {
  if (value === undefined) return {}
  if (path.some((key) => isSecretName(String(key)))) return { value: '[hidden]' }
  return { value: shownValue(value, VALUE_MAX, secret) }
}

/** A problem of a body. `value`: what stood there; it is cut. `secret`: the caller's token, never shown. */
export const bodyItem = (
  path: readonly PropertyKey[],
  detail: string,
  value?: unknown,
  secret?: string,
): ProblemItem => ({ pointer: pointerTo(path), detail, ...valueItem(path, value, secret) })

export const parameterItem = (parameter: string, detail: string, value?: unknown, secret?: string): ProblemItem => ({
  parameter,
  detail,
  ...valueItem([parameter], value, secret),
})

/** 422 `body/invalid` with these problems, and `more` that are not listed. */
export const invalid = (errors: readonly ProblemItem[], more = 0): ProblemError => {
  const listed = errors.slice(0, PROBLEMS_MAX)
  const others = errors.length + more - 1
  const first = listed[0]
  const place = first?.parameter ?? first?.pointer ?? ''
  const shownPlace = place === '' ? 'the body' : String(shownValue(place))
  const detail = `${shownPlace} ${first?.detail ?? 'is not valid'}${others > 0 ? ` (and ${others} more)` : ''}`
  return new ProblemError('body/invalid', detail, { errors: listed })
}

/** `errors`: at most PROBLEMS_MAX; `more`: how many there are besides. */
export type Checked<T> = { ok: true; value: T } | { ok: false; errors: ProblemItem[]; more: number }

const check = <T>(
  schema: z.ZodType<T>,
  input: unknown,
  itemOf: (path: readonly PropertyKey[], detail: string) => ProblemItem,
): Checked<T> => {
  const parsed = schema.safeParse(input)
  if (parsed.success) return { ok: true, value: parsed.data }
  const { findings, more } = findingsOf(parsed.error, input, PROBLEMS_MAX)
  return { ok: false, errors: findings.map(({ path, detail }) => itemOf(path, detail)), more }
}

export const checkBody = <T>(schema: z.ZodType<T>, input: unknown, secret?: string): Checked<T> =>
  check(schema, input, (path, detail) => bodyItem(path, detail, valueAt(input, path), secret))

export const checkQuery = <T>(schema: z.ZodType<T>, input: unknown, secret?: string): Checked<T> =>
  check(schema, input, (path, detail) => {
    const name = path.slice(0, 1)
    return parameterItem(String(name[0] ?? ''), detail, valueAt(input, name), secret)
  })

/** A parameter that came more than once is a list, which no parameter of ours may be. */
const single = <T>(fallback: T, parse: (text: string) => T | undefined, message: string) =>
  z
    .unknown()
    .optional()
    .transform((value, context): T => {
      if (value === undefined) return fallback
      const parsed = typeof value === 'string' ? parse(value) : undefined
      if (parsed !== undefined) return parsed
      context.addIssue({ code: 'custom', message: Array.isArray(value) ? 'must be given only once' : message })
      return z.NEVER
    })

/** `limit`, `offset`: a whole number from `min` to `max`; absent: `default`. */
export const queryInt = ({ min, max, default: fallback }: { min: number; max: number; default: number }) =>
  single(
    fallback,
    (text) => {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : undefined
    },
    `must be a whole number from ${min} to ${max}`,
  ).meta({ type: 'integer', minimum: min, maximum: max, default: fallback })

/** An optional text of at most `max` characters, not empty. */
export const queryText = ({ max = 200 }: { max?: number } = {}) =>
  single<string | undefined>(
    undefined,
    (text) => (text.length > 0 && text.length <= max ? text : undefined),
    `must be a text of 1 to ${max} characters`,
  ).meta({ type: 'string', minLength: 1, maxLength: max })

/** `after`: where the next page begins, as the last one said in `next`. */
export const queryAfter = () => queryText({ max: 500 })

/**
 * The parameters of a query string (without `?`), a list where a name comes more than once; undefined: bad
 * percent-encoding. `+` is a space.
 */
export const parseQuery = (text: string): Record<string, string | string[]> | undefined => {
  const parameters: Record<string, string | string[]> = Object.create(null)
  if (text === '') return parameters
  try {
    for (const pair of text.split('&')) {
      if (pair === '') continue
      const equals = pair.indexOf('=')
      const name = decode(equals === -1 ? pair : pair.slice(0, equals))
      const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
      const known = parameters[name]
      if (known === undefined) parameters[name] = value
      else if (typeof known === 'string') parameters[name] = [known, value]
      else known.push(value)
    }
    return parameters
  } catch {
    return undefined
  }
}
const decode = (text: string): string => decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text)
