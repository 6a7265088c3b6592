/** How a store is, whoever runs it. Each adapter turns what its operator tells into this. */
import type { Kind } from '@quizboard/cdk8s/kinds/kind.ts'
import { ageOf, type KindState, type LiveObject, type Observed } from '../observed.ts'

export interface StoreState {
  /** Services can work with it. */
  ready: boolean
  /** Its own operator has nothing left to do. */
  settled: boolean
  /** Waiting will not help. */
  needsHelp: boolean
  /** As a condition's: CamelCase. */
  reason: string
  /** What is wrong and what to do about it. */
  message: string
  /** `Strimzi Kafka 4.3.1` */
  version: string
}

export const isReady = (version: string, message: string): StoreState => ({
  ready: true,
  settled: true,
  needsHelp: false,
  reason: 'Ready',
  message,
  version,
})

/** It works, and is being changed. */
export const isUpdating = (version: string, message: string): StoreState => ({
  ...isReady(version, message),
  settled: false,
  reason: 'Updating',
})

export const isWaiting = (version: string, reason: string, message: string): StoreState => ({
  ready: false,
  settled: false,
  needsHelp: false,
  reason,
  message,
  version,
})

export const needsHelp = (version: string, reason: string, message: string): StoreState => ({
  ...isWaiting(version, reason, message),
  needsHelp: true,
})

/** What is to do where the API server does not have a kind. */
export const kindProblem = (kind: Kind, state: KindState, instead: string): StoreState | undefined => {
  const { from = 'Kubernetes', apiVersion } = kind
  if (state === 'missing')
    return needsHelp(
      from,
      'CRDMissing',
      `the cluster does not know ${kind.kind} (${apiVersion}): install ${from}${instead === '' ? '' : `, or ${instead}`}`,
    )
  if (state === 'forbidden')
    return needsHelp(
      from,
      'Forbidden',
      `the operator may not read ${kind.plural} (${apiVersion}): give its service account the rights of k8s/operator/rules.yaml`,
    )
  return undefined
}

/** An operator that looks at its resources at all does so within seconds. */
export const UNTOUCHED_MS = 60_000

/** A resource whose operator has not said anything about it yet. */
export const untouched = (
  live: LiveObject,
  { kind, from }: { kind: string; from: string },
  { now }: Pick<Observed, 'now'>,
): StoreState => {
  const { name, namespace = '' } = live.metadata
  if (ageOf(live, now) < UNTOUCHED_MS) return isWaiting(from, 'Creating', `${kind} ${name} has just been made`)
  return needsHelp(
    from,
    'NotTakenUp',
    `${from} has not looked at ${kind} ${name}: check that its operator runs, and that it watches the namespace ${namespace}`,
  )
}
