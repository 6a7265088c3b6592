/** Settings that every process of ours has, from environment variables. */
import { hostname } from 'node:os'
import { z } from 'zod'
import { type Env, readConfig, setting, withSecretFiles } from '../kit/config.ts'
import type { LogLevel } from '../kit/logger.ts'

const port = (fallback: number) => setting.int({ min: 0, max: 65_535, default: fallback })

/** By the names of the variables. */
export const processSchema = z.object({
  QUIZBOARD_PORT: port(8080).describe('port for clients; 0: any free one (8080)'),
  QUIZBOARD_HOST: setting.text({ default: '' }).describe('address to listen on (all of this machine)'),
  QUIZBOARD_METRICS_PORT: port(9464).describe('port of /metrics, /livez and /readyz (9464)'),
  QUIZBOARD_METRICS_HOST: setting.text({ default: '0.0.0.0' }).describe('address of that port (all)'),
  QUIZBOARD_LOG_LEVEL: setting
    .oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { default: 'info' })
    .describe('what is logged to standard error (info)'),
  QUIZBOARD_LOG_FORMAT: setting
    .oneOf(['pretty', 'json'])
    .optional()
    .describe('pretty or json (pretty on a terminal, else json)'),
  QUIZBOARD_CONNECTIONS_LIMIT: setting
    .int({ min: 1, max: 1_000_000, default: 30_000 })
    .describe('open connections (30000)'),
  QUIZBOARD_TRUSTED_PROXIES: setting
    .int({ min: 0, max: 10, default: 0 })
    .describe('how many proxies in front tell the client’s address (0)'),
  QUIZBOARD_LEAVE_DELAY_MS: setting
    .int({ min: 0, max: 60_000, default: 0 })
    .describe('how long it still serves after SIGTERM, until every load balancer has noticed (0)'),
})

export interface ProcessSettings {
  port: number
  host: string
  metrics: { port: number; host: string }
  logLevel: LogLevel
  pretty: boolean
  connectionsLimit: number
  trustedProxies: number
  leaveDelayMs: number
}

export const readProcessSettings = (env: Env): ProcessSettings => {
  const set = readConfig(processSchema, env)
  return {
    port: set.QUIZBOARD_PORT,
    host: set.QUIZBOARD_HOST,
    metrics: { port: set.QUIZBOARD_METRICS_PORT, host: set.QUIZBOARD_METRICS_HOST },
    logLevel: set.QUIZBOARD_LOG_LEVEL,
    pretty: (set.QUIZBOARD_LOG_FORMAT ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'pretty',
    connectionsLimit: set.QUIZBOARD_CONNECTIONS_LIMIT,
    trustedProxies: set.QUIZBOARD_TRUSTED_PROXIES,
    leaveDelayMs: set.QUIZBOARD_LEAVE_DELAY_MS,
  }
}

/** Of the services, which talk among themselves. */
export const internalSchema = z.object({
  QUIZBOARD_INTERNAL_PORT: port(8081).describe('port for our other services and replicas (8081)'),
  QUIZBOARD_INTERNAL_SECRET: setting
    .text({ min: 16, max: 500 })
    .describe('what our services know each other by, the same for all; 16 characters or more'),
  QUIZBOARD_ADVERTISED_HOST: setting
    .text({ default: '127.0.0.1' })
    .describe('how other replicas reach this one; @hostname: by this machine’s own name (127.0.0.1)'),
})

export interface InternalSettings {
  port: number
  secret: string
  advertisedHost: string
}

export const readInternalSettings = (env: Env): InternalSettings => {
  const set = readConfig(internalSchema, env)
  return {
    port: set.QUIZBOARD_INTERNAL_PORT,
    secret: set.QUIZBOARD_INTERNAL_SECRET,
    // Containers of Docker know each other by it, and nobody can tell them in advance what it is.
    advertisedHost: set.QUIZBOARD_ADVERTISED_HOST === '@hostname' ? hostname() : set.QUIZBOARD_ADVERTISED_HOST,
  }
}

/** Whom a service lets in. */
export const accessSchema = z.object({
  QUIZBOARD_HOST_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/, 'must be 1–500 printable ASCII characters without spaces')
    .describe('the host’s token for the API'),
  QUIZBOARD_WRONG_TOKENS_PER_S: setting
    .int({ min: 1, max: 1_000_000, default: 10 })
    .describe('wrong tokens a second from one address (10)'),
  QUIZBOARD_WRONG_TOKENS_BURST: setting
    .int({ min: 1, max: 1_000_000, default: 100 })
    .describe('wrong tokens at once from one address (100)'),
})

export interface AccessSettings {
  hostToken: string
  wrongTokens: { ratePerS: number; burst: number }
}

export const readAccessSettings = (env: Env): AccessSettings => {
  const set = readConfig(accessSchema, env)
  return {
    hostToken: set.QUIZBOARD_HOST_TOKEN,
    wrongTokens: { ratePerS: set.QUIZBOARD_WRONG_TOKENS_PER_S, burst: set.QUIZBOARD_WRONG_TOKENS_BURST },
  }
}

/** These may be given by a file: NAME_FILE. */
const SECRETS = [
  'QUIZBOARD_HOST_TOKEN',
  'QUIZBOARD_INTERNAL_SECRET',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'MONGODB_URL',
  'POSTGRES_URL',
] as const

export const withSecrets = (env: Env): Env => withSecretFiles(env, SECRETS)

/** Names of ours in the environment that mean nothing here: typing errors, as a rule. */
export const unknownNames = (env: Env, known: Iterable<string>): string[] => {
  const names = new Set([...known, ...SECRETS.map((name) => `${name}_FILE`)])
  return Object.keys(env).filter((name) => name.startsWith('QUIZBOARD_') && !names.has(name))
}
