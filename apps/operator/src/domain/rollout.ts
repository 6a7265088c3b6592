/** How far a Deployment is. */
import { TEMPLATE_HASH } from '@quizboard/cdk8s/workloads/service-workload.ts'
import { conditionOf, isObserved, type LiveObject, type PodTrouble } from './observed.ts'

export interface Rollout {
  /** Pods that are wanted, and that are ready. */
  replicas: number
  ready: number
  /** All pods are of the newest template, and ready. */
  done: boolean
  /** Of the newest pods; empty while done. */
  message: string
  needsHelp: boolean
  image: string | undefined
}

const count = (value: unknown) => (typeof value === 'number' ? value : 0)

export const rolloutOf = (live: LiveObject, component: string, troubles: readonly PodTrouble[]): Rollout => {
  // biome-ignore lint/suspicious/noExplicitAny: a Deployment as the API server gives it.
  const spec = live.spec as any
  const { status = {} } = live
  const replicas = typeof spec?.replicas === 'number' ? spec.replicas : 1
  const ready = count(status.readyReplicas)
  const isNew = isObserved(live) && count(status.updatedReplicas) >= replicas
  // Old pods that are still there count against it: the roll is not over.
  const done = isNew && count(status.replicas) <= replicas && count(status.availableReplicas) >= replicas
  const isRolling = !isNew || count(status.replicas) > replicas
  const trouble = troubles.find((one) => one.component === component)
  const late = conditionOf(live, 'Progressing')?.reason === 'ProgressDeadlineExceeded'
  const image: unknown = spec?.template?.spec?.containers?.[0]?.image
  return {
    replicas,
    ready: Math.min(ready, replicas),
    done,
    message: done
      ? ''
      : `${Math.min(ready, replicas)} of ${replicas} pods are ready${isRolling ? ', new ones are rolled out' : ''}${trouble ? ` (pod ${trouble.pod}: ${trouble.message})` : ''}`,
    needsHelp: !done && (late || trouble?.needsHelp === true),
    image: typeof image === 'string' ? image : undefined,
  }
}

/** Whether applying `wanted` would replace pods. */
export const wouldRoll = (live: LiveObject, wanted: { metadata: LiveObject['metadata'] }): boolean =>
  live.metadata.annotations?.[TEMPLATE_HASH] !== wanted.metadata.annotations?.[TEMPLATE_HASH]
