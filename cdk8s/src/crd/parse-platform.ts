/** A QuizPlatform as it comes from the API server or a file → checked, with every default. */
import { findingsOf } from '@quizboard/shared/kit/issues.ts'
import { z } from 'zod'
import { rootStructure } from './custom-resource-definition.ts'
import { API_VERSION, KIND, nameRule, type QuizPlatformSpec, specSchema } from './quiz-platform.ts'
import { withRules } from './rule.ts'
import { type QuizPlatformStatus, statusSchema } from './status.ts'
import { prune } from './structural.ts'

export interface QuizPlatform {
  metadata: {
    name: string
    namespace: string
    uid: string
    generation: number
    annotations: Readonly<Record<string, string>>
  }
  spec: QuizPlatformSpec
  status: QuizPlatformStatus | undefined
}

export type Parsed = { ok: true; platform: QuizPlatform } | { ok: false; problems: string[] }

const resourceSchema = withRules(
  z.object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(KIND),
    metadata: z.object({
      name: z.string().min(1).max(253),
      namespace: z.string().default('default'),
      uid: z.string().default(''),
      generation: z.int().default(0),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
    spec: specSchema,
    status: statusSchema.optional().catch(undefined),
  }),
  nameRule,
)

/**
 * `unknownFields`: `ignore` is what the API server does to stored objects, and what an operator older than its CRD needs;
 * `refuse` is for people's files.
 */
export const parsePlatform = (resource: unknown, { unknownFields }: { unknownFields: 'ignore' | 'refuse' }): Parsed => {
  const { metadata } = (resource ?? {}) as { metadata?: unknown }
  const pruned = unknownFields === 'ignore' ? { ...(prune(resource, rootStructure) as object), metadata } : resource
  const parsed = resourceSchema.safeParse(pruned)
  if (parsed.success) {
    const { metadata: meta, spec, status } = parsed.data
    return { ok: true, platform: { metadata: meta, spec, status } }
  }
  const { findings } = findingsOf(parsed.error, pruned)
  return { ok: false, problems: findings.map(({ path, detail }) => `${pathOf(path)} ${detail}`) }
}

/** `spec.kafka.external.bootstrapServers[0]`, as the API server writes it. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
