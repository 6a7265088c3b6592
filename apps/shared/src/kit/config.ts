/**
 * Settings from environment variables: parsed once, all problems reported together. An empty variable counts as not set.
 * Names carry their unit (`_MS`, `_BYTES`).
 */
import { readFileSync } from 'node:fs'
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
  /** Several URLs with commas, without slashes at their ends. */
  urls({ protocols }: { protocols: readonly string[] }) {
    const parts = (text: string) => text.split(',').map((part) => part.trim().replace(/\/+$/, ''))
    const isFit = (text: string) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1))
    const message = `must be one or more URLs that begin with ${protocols.map((p) => `${p}://`).join(' or ')}, separated by commas`
    return z
      .string()
      .refine((text) => parts(text).every(isFit), { message })
      .transform(parts)
  },
}

const withDefault = <T>(schema: z.ZodType<T>, fallback: T | undefined): z.ZodType<T> =>
  fallback === undefined ? schema : schema.optional().transform((value) => value ?? fallback)

/**
 * Secrets may be given by a file instead, as Kubernetes mounts them: `NAME_FILE` holds the path, the file the value (one line
 * end at its end is dropped). Gives the environment with the values in it. Throws ConfigError.
 */
export const withSecretFiles = (env: Env, names: readonly string[]): Env => {
  const problems: ConfigProblem[] = []
  const found: Record<string, string> = {}
  for (const name of names) {
    const file = `${name}_FILE`
    const path = env[file]
    if (path === undefined || path === '') continue
    if (env[name]) problems.push({ name: file, value: path, detail: `must not be set beside ${name}` })
    else {
      try {
        found[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
      } catch (error) {
        problems.push({ name: file, value: path, detail: `cannot be read: ${(error as Error).message}` })
      }
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...env, ...found }
}

/** Runs every reader and gives their results, or throws one ConfigError with the problems of all. */
export const readAll = <T extends Record<string, () => unknown>>(readers: T): { [K in keyof T]: ReturnType<T[K]> } => {
  const problems: ConfigProblem[] = []
  const results = Object.entries(readers).map(([name, read]) => {
    try {
      return [name, read()]
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
      return [name, undefined]
    }
  })
  // Several readers may have looked at the same setting.
  const seen = new Map(problems.map((problem) => [`${problem.name} ${problem.detail}`, problem]))
  if (seen.size > 0) throw new ConfigError([...seen.values()])
  return Object.fromEntries(results)
}

/** One line for each setting: its name, what it is for, its default. */
export const describeConfig = (shape: Readonly<Record<string, z.ZodType>>): string[] => {
  const width = Math.max(...Object.keys(shape).map((name) => name.length))
  return Object.entries(shape).map(([name, schema]) => {
    const fallback: unknown = schema.safeParse(undefined).data
    const about = schema.description ?? ''
    const shown = fallback === undefined || fallback === '' || about.endsWith(')') ? '' : ` (${String(fallback)})`
    return `  ${name.padEnd(width)}  ${about}${shown}`.trimEnd()
  })
}
