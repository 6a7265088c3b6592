/**
 * Settings from environment variables: parsed once, all problems reported together. An empty variable counts as not set.
 * Names carry their unit (`_MS`, `_BYTES`).
 */
import { z } from 'zod'
import { findingsOf, valueAt } from './issues.ts'
import { isSecretName, printText } from './print-value.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface ConfigProblem {
  name: string
  /** As it was set, secrets hidden; undefined: not set. */
  value: string | undefined
  /** What is wrong: "must be a whole number from 0 to 65535". */
  detail: string
}

/** Its message is for the person who starts the program; no stack needs to be shown. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, value, detail }) =>
      value === undefined ? `  ${name} ${detail}` : `  ${name}=${value} ${detail}`,
    )
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** `schema`: an object schema whose fields are names of variables (see `setting`). Throws ConfigError. */
export const readConfig = <T extends z.ZodType>(schema: T, env: Env): z.infer<T> => {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(set)
  if (parsed.success) return parsed.data
  throw new ConfigError(
    findingsOf(parsed.error, set).findings.map(({ path, detail }) => {
      const name = String(path[0] ?? '')
      const value = valueAt(set, path.slice(0, 1))
      return { name, value: typeof value === 'string' ? shown(name, value) : undefined, detail }
    }),
  )
}

const shown = (name: string, value: string): string => {
  if (isSecretName(name)) return '(hidden)'
  // The password of postgres://user:password@host.
  return JSON.stringify(printText(value.replace(/(\/\/[^/:@\s]*):[^/@\s]*@/, '$1:(hidden)@'), 100))
}

/** Schemas of single settings. Without `default` a setting is required; `.optional()` makes it optional. */
export const setting = {
  int({ min, max, default: fallback }: { min: number; max: number; default?: number }) {
    const message = `must be a whole number from ${min} to ${max}`
    const schema = z
      .string()
      .refine((text) => /^[+-]?\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max, { message })
      .transform(Number)
    return withDefault<number>(schema, fallback)
  },
  flag({ default: fallback }: { default?: boolean } = {}) {
    const schema = z
      .string()
      .refine((text) => /^(true|false|1|0)$/i.test(text), { message: 'must be true or false' })
      .transform((text) => /^(true|1)$/i.test(text))
    return withDefault<boolean>(schema, fallback)
  },
  text({ min = 1, max = 1_000, default: fallback }: { min?: number; max?: number; default?: string } = {}) {
    return withDefault<string>(z.string().min(min).max(max), fallback)
  },
  oneOf<const V extends readonly [string, ...string[]]>(
    values: V,
    { default: fallback }: { default?: V[number] } = {},
  ) {
    return withDefault<V[number]>(z.enum(values), fallback)
  },
  url({ protocols, default: fallback }: { protocols: readonly string[]; default?: string }) {
    const isFit = (text: string) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1))
    const message = `must be a URL that begins with ${protocols.map((p) => `${p}://`).join(' or ')}`
    return withDefault<string>(z.string().refine(isFit, { message }), fallback)
  },
}

const withDefault = <T>(schema: z.ZodType<T>, fallback: T | undefined): z.ZodType<T> =>
  fallback === undefined ? schema : schema.optional().transform((value) => value ?? fallback)
