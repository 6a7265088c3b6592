/** What becomes of the definition in the cluster, given the one of this version. Pure. */
import { compareVersions } from './versions.ts'

export const VERSION_ANNOTATION = 'quizboard.dev/version'

/** What Helm calls itself, whatever its file is called. */
export const FIELD_MANAGER = 'helm'

interface ManagedFields {
  manager?: string
  operation?: string
  subresource?: string
  [field: string]: unknown
}

export interface Definition {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    resourceVersion?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    managedFields?: readonly ManagedFields[]
    [field: string]: unknown
  }
  spec: { versions: readonly { name: string }[]; [field: string]: unknown }
  status?: { storedVersions?: readonly string[]; [field: string]: unknown }
}

export type DefinitionPlan =
  /** `from`: its version so far; undefined: there is none. */
  | { action: 'apply'; from: string | undefined }
  /** It stays as it is: `why`, for people. */
  | { action: 'keep'; why: string }
  | { action: 'refuse'; why: string }

const versionOf = ({ metadata }: Definition): string => metadata.annotations?.[VERSION_ANNOTATION] ?? ''

export const planDefinition = (live: Definition | undefined, ours: Definition): DefinitionPlan => {
  if (live === undefined) return { action: 'apply', from: undefined }
  const [there, here] = [versionOf(live), versionOf(ours)]
  if ((compareVersions(there, here) ?? 0) > 0)
    return {
      action: 'keep',
      why: `the definition in the cluster is of version ${there}, newer than ${here}: fields that this version does not know are ignored`,
    }
  const known = new Set(ours.spec.versions.map(({ name }) => name))
  const lost = (live.status?.storedVersions ?? []).filter((name) => !known.has(name))
  if (lost.length > 0)
    return {
      action: 'refuse',
      why: `QuizPlatforms are stored as ${lost.join(', ')}, which version ${here} cannot read: install a version that knows it, or migrate them`,
    }
  return { action: 'apply', from: there === '' ? 'an unknown version' : there }
}

/**
 * The definition belongs to Helm alone, whoever wrote it before: Helm 4 applies what is in a chart's crds/ at every install, and refuses
 * where somebody else owns a field that differs. Undefined: nobody else does.
 */
export const ownersToKeep = ({ metadata }: Definition): ManagedFields[] | undefined => {
  const all = metadata.managedFields ?? []
  const kept = all.filter(
    ({ manager, operation, subresource }) =>
      subresource === 'status' || (manager === FIELD_MANAGER && operation === 'Apply'),
  )
  return kept.length === all.length ? undefined : kept
}

/** What the API server says about a definition that it serves; undefined: nothing yet. */
export const isServed = (definition: Definition | undefined): boolean => {
  const conditions = definition?.status?.conditions
  if (!Array.isArray(conditions)) return false
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True')
}
