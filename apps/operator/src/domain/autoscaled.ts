/**
 * The number of pods of a Deployment that an autoscaler has. Server-side apply takes a field away when its only owner stops naming
 * it, and a Deployment without a number has one pod: so we name what is there, until somebody else has set it.
 */
import type { ServiceSpec } from '@quizboard/cdk8s/crd/services.ts'
import { SERVICES } from '@quizboard/cdk8s/crd/status.ts'
import type { KubeObject } from '@quizboard/cdk8s/kinds/kind.ts'
import { deployment } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { type Build, nameOf } from '@quizboard/cdk8s/platform/build.ts'
import { FIELDS } from '@quizboard/cdk8s/workloads/images.ts'
import { type LiveObject, liveOf, type Observed } from './observed.ts'

export const withScale = (build: Build, desired: readonly KubeObject[], observed: Observed): KubeObject[] => {
  const scaled = new Map(
    SERVICES.flatMap((service) => {
      const { autoscaling } = build.spec[FIELDS[service]]
      return autoscaling ? [[nameOf(build, service), autoscaling] as const] : []
    }),
  )
  return desired.map((object) => {
    const autoscaling = object.kind === deployment.kind ? scaled.get(object.metadata.name) : undefined
    if (!autoscaling) return object
    const replicas = replicasOf(liveOf(observed, deployment, object.metadata.name), autoscaling)
    return replicas === undefined ? object : { ...object, spec: { ...(object.spec as object), replicas } }
  })
}

const replicasOf = (
  live: LiveObject | undefined,
  { minReplicas, maxReplicas }: NonNullable<ServiceSpec['autoscaling']>,
): number | undefined => {
  if (!live) return minReplicas
  if (isSetByOthers(live)) return undefined
  const { replicas } = live.spec as { replicas?: number }
  return Math.min(maxReplicas, Math.max(minReplicas, replicas ?? minReplicas))
}

/** An autoscaler writes through the subresource `scale`, and so does kubectl scale. */
const isSetByOthers = ({ metadata }: LiveObject): boolean =>
  (metadata.managedFields ?? []).some(({ subresource, fieldsV1 }) => {
    const fields = fieldsV1 as { 'f:spec'?: Record<string, unknown> } | undefined
    return subresource === 'scale' && fields?.['f:spec']?.['f:replicas'] !== undefined
  })
