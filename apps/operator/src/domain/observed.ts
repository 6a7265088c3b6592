/** What the cluster holds of a platform: read by a gatherer, judged by the planner. No value of a Secret is in it. */
import type { Kind, Metadata } from '@quizboard/cdk8s/kinds/kind.ts'

/** As the API server gives it; what we do not look at stays untyped. */
export interface LiveObject {
  apiVersion: string
  kind: string
  metadata: Metadata & {
    uid?: string
    resourceVersion?: string
    generation?: number
    creationTimestamp?: string
    deletionTimestamp?: string
    ownerReferences?: { uid: string }[]
    managedFields?: { manager?: string; subresource?: string; fieldsV1?: unknown }[]
  }
  // biome-ignore lint/suspicious/noExplicitAny: foreign statuses are read field by field, each read guarded.
  status?: any
  [field: string]: unknown
}

/** Whether the API server has a kind: without its operator's CustomResourceDefinition it has not. */
export type KindState = 'served' | 'missing' | 'forbidden' | 'unknown'

export interface SecretFacts {
  /** Key → what is known of its value. */
  keys: Readonly<Record<string, { hash: string; hasQuery: boolean }>>
}

export interface PodTrouble {
  /** Its label app.kubernetes.io/component. */
  component: string
  pod: string
  /** `ImagePullBackOff: …` */
  message: string
  /** It will not pass by itself: somebody has to do something. */
  needsHelp: boolean
}

export type PublicKeys = { ok: true; jwks: object } | { ok: false; problem: string } | undefined

export interface Observed {
  /** Milliseconds since the Unix epoch. */
  now: number
  objects: ReadonlyMap<string, LiveObject>
  kindState(kind: Kind): KindState
  /** By name; undefined: there is no such Secret. */
  secrets: ReadonlyMap<string, SecretFacts | undefined>
  /** Out of the signing key; undefined: that is not there yet. */
  publicKeys: PublicKeys
  podTroubles: readonly PodTrouble[]
}

/** Within one namespace. */
export const idOf = ({ apiVersion, kind, metadata }: Pick<LiveObject, 'apiVersion' | 'kind' | 'metadata'>): string =>
  `${apiVersion}/${kind}/${metadata.name}`

export const liveOf = (observed: Observed, { apiVersion, kind }: Kind, name: string): LiveObject | undefined =>
  observed.objects.get(`${apiVersion}/${kind}/${name}`)

interface ForeignCondition {
  type: string
  status: string
  reason: string | undefined
  message: string | undefined
  lastTransitionTime: string | undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Of any object that keeps conditions the usual way. */
export const conditionOf = (object: LiveObject | undefined, type: string): ForeignCondition | undefined => {
  const { conditions } = object?.status ?? {}
  if (!Array.isArray(conditions)) return undefined
  const found = conditions.find((condition) => condition?.type === type)
  if (!found) return undefined
  return {
    type,
    status: String(found.status),
    reason: text(found.reason),
    message: text(found.message),
    lastTransitionTime: text(found.lastTransitionTime),
  }
}

/** Whether the object's own controller has seen what we want of it. */
export const isObserved = ({ metadata, status }: LiveObject): boolean =>
  typeof status?.observedGeneration === 'number' && status.observedGeneration >= (metadata.generation ?? 0)

/** Milliseconds; 0 where nobody says. */
export const ageOf = ({ metadata }: LiveObject, now: number): number =>
  metadata.creationTimestamp === undefined ? 0 : Math.max(0, now - Date.parse(metadata.creationTimestamp))
