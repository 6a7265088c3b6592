/** What schemas find wrong, in words for people: "must be …", for HTTP errors and the configuration alike. */
import type { z } from 'zod'
import { printText } from './print-value.ts'

export interface Finding {
  path: readonly PropertyKey[]
  /** "is required", "must be a whole number". */
  detail: string
}
type Issue = z.core.$ZodIssue

/** The findings of an error, one for each unknown field; of more than `max`, the first ones and how many more there are. */
export const findingsOf = (
  error: z.core.$ZodError,
  input: unknown,
  max = Number.POSITIVE_INFINITY,
): { findings: Finding[]; more: number } => {
  const listed: Finding[] = []
  let more = 0
  for (const issue of error.issues) {
    const room = max - listed.length
    if (room > 0) listed.push(...findings(issue, input, [], room))
    more += Math.max(0, (issue.code === 'unrecognized_keys' ? issue.keys.length : 1) - Math.max(0, room))
  }
  return { findings: listed, more }
}

const findings = (issue: Issue, input: unknown, prefix: readonly PropertyKey[], max: number): Finding[] => {
  const path = prefix.length === 0 ? issue.path : [...prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, max).map((key) => ({ path: [...path, key], detail: 'is not a known field' }))
  if (issue.code === 'invalid_key') {
    const reasons = issue.issues.map((inner) => describe(inner, issue.path.at(-1)))
    return [{ path, detail: `has a name that ${reasons.join(' and ')}` }]
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = closestBranch(issue.errors)
    if (branch) return branch.flatMap((inner) => findings(inner, input, path, max)).slice(0, max)
  }
  return [{ path, detail: describe(issue, valueAt(input, path)) }]
}

/** The branch of a union that got furthest: it has no complaint about the value as a whole. */
const closestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined =>
  branches.filter((branch) => branch.every((issue) => issue.path.length > 0)).sort((a, b) => a.length - b.length)[0]

/** Own properties only; undefined: there is none. */
export const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown => {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.getOwnPropertyDescriptor(value, key)?.value
  }
  return value
}

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  undefined: 'absent',
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return TYPES[typeof value] ?? typeof value
}

const quoted = (values: readonly unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value))).join(', ')

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${quoted(values)}` : `must be one of ${quoted(values)}`

const UNITS: Record<string, string> = { string: 'characters', array: 'entries', set: 'entries', object: 'fields' }
const limit = (origin: string, word: string, amount: unknown): string => {
  const unit = UNITS[origin]
  if (!unit) return `must be ${word} ${String(amount)}`
  const one = unit === 'entries' ? 'entry' : unit.slice(0, -1)
  return `must have ${word} ${String(amount)} ${Number(amount) === 1 ? one : unit}`
}

const describe = (issue: Issue, value: unknown): string => {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is required'
      if (typeof value === 'number' && !Number.isFinite(value)) return 'must be within the range of numbers'
      if (issue.expected === 'int' && typeof value === 'number')
        return Number.isInteger(value) ? 'must be a whole number in the safe range' : 'must be a whole number'
      return `must be ${TYPES[issue.expected] ?? issue.expected}, not ${typeOf(value)}`
    case 'invalid_value':
      return value === undefined ? 'is required' : oneOf(issue.values)
    case 'too_small':
      return limit(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)
    case 'too_big':
      return limit(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)
    case 'invalid_union':
      if (value === undefined) return 'is required'
      // A discriminated union names the values that its discriminator may have.
      return 'options' in issue && Array.isArray(issue.options) && issue.options.length > 0
        ? oneOf(issue.options)
        : 'fits none of the allowed shapes'
    default:
      // Of a refinement or a pattern: the schema's own words.
      return printText(issue.message, 200)
  }
}
