/**
 * What the operator may do, out of the one table of kinds that it applies: the least that works. It has no right to delete what holds
 * data, to read Secrets other than by name, or to touch anything outside of the namespaces that it watches.
 */
import { DEFINITION_NAME, GROUP, PLURAL } from '../crd/quiz-platform.ts'
import { MANAGED_KINDS } from '../kinds/all.ts'
import type { Kind } from '../kinds/kind.ts'

export interface PolicyRule {
  apiGroups: string[]
  resources: string[]
  verbs: string[]
  resourceNames?: string[]
}

export const LEASE_NAME = 'quizboard-operator'

const groupOf = ({ apiVersion }: Kind) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '')

const APPLY = ['get', 'list', 'watch', 'create', 'patch']

/** One rule for each group and set of verbs. */
const managedRules = (): PolicyRule[] => {
  const rules = Map.groupBy(MANAGED_KINDS, (kind) => `${groupOf(kind)} ${kind.data}`)
  return [...rules.values()].map((kinds) => ({
    apiGroups: [...new Set(kinds.map(groupOf))],
    resources: kinds.map(({ plural }) => plural).sort(),
    // Data goes with its QuizPlatform, by Kubernetes' own hand, if its deletionPolicy says so; never by ours.
    verbs: kinds[0]?.data ? APPLY : [...APPLY, 'delete'],
  }))
}

/** In every namespace with platforms. */
export const platformRules = (): PolicyRule[] => [
  { apiGroups: [GROUP], resources: [PLURAL], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [GROUP], resources: [`${PLURAL}/status`], verbs: ['patch'] },
  ...managedRules(),
  // By name, and never changed: neither listed nor watched.
  { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create'] },
  // To say why pods are not ready.
  { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
]

/** In the operator's own namespace: to agree on a leader. A name cannot be demanded of what does not exist yet. */
export const ownRules = (): PolicyRule[] => [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'update'], resourceNames: [LEASE_NAME] },
]

/** Of whoever brings the definition up to date: the chart's Job, for as long as it runs. */
export const definitionRules = (): PolicyRule[] => {
  const definitions = { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'] }
  return [
    { ...definitions, verbs: ['create'] },
    { ...definitions, verbs: ['get', 'patch'], resourceNames: [DEFINITION_NAME] },
  ]
}
