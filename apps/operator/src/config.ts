/** The settings of the operator, from environment variables. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { LEASE_NAME } from '@quizboard/cdk8s/operator/rights.ts'
import type { RuleGroup } from '@quizboard/observability/rules/rule.ts'
import { ConfigError, type Env, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { findingsOf } from '@quizboard/shared/kit/issues.ts'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const name = (about: string) => z.string().regex(LABEL, 'must be lower case letters, digits and -').describe(about)
const namespaces = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
  .refine((names) => names.every((one) => LABEL.test(one)), 'must be names of namespaces, separated by commas')
  .optional()
  .transform((names) => names ?? [])

/** By the names of the variables. */
export const schema = z.object({
  WATCH_NAMESPACES: namespaces.describe('namespaces with platforms, separated by commas; without it all'),
  POD_NAMESPACE: name('namespace of the operator itself').optional(),
  POD_NAME: setting.text({ max: 253, default: hostname() }).describe('name of this replica'),
  QUIZBOARD_VERSION: setting
    .text({ max: 63, default: manifest.version })
    .describe('version that platforms get whose spec names none'),
  QUIZBOARD_RULES_FILE: setting
    .text({})
    .optional()
    .describe('file with Prometheus rules as JSON, {"groups": […]}, instead of the ones built in'),
  QUIZBOARD_WORKERS: setting.int({ min: 1, max: 50, default: 2 }).describe('platforms that are reconciled at once'),
  QUIZBOARD_RESYNC_MS: setting
    .int({ min: 1_000, max: 86_400_000, default: 300_000 })
    .describe('every platform is looked at so often'),
  QUIZBOARD_LEADER_ELECTION: setting.flag({ default: true }).describe('of several replicas one leads'),
  QUIZBOARD_LEASE_NAME: setting.text({ max: 253, default: LEASE_NAME }).describe('name of the Lease'),
  QUIZBOARD_LEASE_MS: setting
    .int({ min: 3_000, max: 300_000, default: 15_000 })
    .describe('how long others wait for a silent leader'),
  QUIZBOARD_KIND_CHECK_MS: setting
    .int({ min: 500, max: 3_600_000, default: 30_000 })
    .describe('kinds that the cluster does not know are looked for so often'),
})

export interface OperatorSettings {
  watchNamespaces: readonly string[]
  namespace: string | undefined
  podName: string
  version: string
  /** undefined: the ones that are built in. */
  ruleGroups: readonly RuleGroup[] | undefined
  workers: number
  resyncMs: number
  leaderElection: boolean
  leaseName: string
  leaseMs: number
  kindCheckMs: number
}

/** Throws ConfigError with all problems at once. */
export const readOperatorSettings = (env: Env): OperatorSettings => {
  const set = readConfig(schema, env)
  return {
    watchNamespaces: set.WATCH_NAMESPACES,
    namespace: set.POD_NAMESPACE,
    podName: set.POD_NAME,
    version: set.QUIZBOARD_VERSION,
    ruleGroups: set.QUIZBOARD_RULES_FILE === undefined ? undefined : readRules(set.QUIZBOARD_RULES_FILE),
    workers: set.QUIZBOARD_WORKERS,
    resyncMs: set.QUIZBOARD_RESYNC_MS,
    leaderElection: set.QUIZBOARD_LEADER_ELECTION,
    leaseName: set.QUIZBOARD_LEASE_NAME,
    leaseMs: set.QUIZBOARD_LEASE_MS,
    kindCheckMs: set.QUIZBOARD_KIND_CHECK_MS,
  }
}

const texts = z.record(z.string(), z.string())
const rule = z.strictObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  for: z.string().optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
})
const rulesFile = z.strictObject({
  groups: z
    .array(z.strictObject({ name: z.string(), interval: z.string().optional(), rules: z.array(rule).max(500) }))
    .max(100),
})

const readRules = (path: string): RuleGroup[] => {
  const fail = (detail: string) => new ConfigError([{ name: 'QUIZBOARD_RULES_FILE', value: path, detail }])
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw fail(`cannot be read: ${(error as Error).message}`)
  }
  const parsed = rulesFile.safeParse(value)
  // Optional fields that are not there are not there: the type says the same.
  if (parsed.success) return parsed.data.groups as RuleGroup[]
  const [first] = findingsOf(parsed.error, value, 1).findings
  throw fail(`is no file of rules: ${first?.path.map(String).join('.')} ${first?.detail}`)
}
