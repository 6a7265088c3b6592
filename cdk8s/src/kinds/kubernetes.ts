/** Kubernetes' own kinds that a platform is made of. */
import type { DeploymentSpec, StatefulSetSpec } from 'kubernetes-types/apps/v1.d.ts'
import type { HorizontalPodAutoscalerSpec } from 'kubernetes-types/autoscaling/v2.d.ts'
import type { JobSpec } from 'kubernetes-types/batch/v1.d.ts'
import type { ServiceSpec } from 'kubernetes-types/core/v1.d.ts'
import type { IngressSpec, NetworkPolicySpec } from 'kubernetes-types/networking/v1.d.ts'
import type { PodDisruptionBudgetSpec } from 'kubernetes-types/policy/v1.d.ts'
import { kindOf } from './kind.ts'

export const deployment = kindOf<{ spec: DeploymentSpec }>('apps/v1', 'Deployment', 'deployments')
export const statefulSet = kindOf<{ spec: StatefulSetSpec }>('apps/v1', 'StatefulSet', 'statefulsets', { data: true })
export const service = kindOf<{ spec: ServiceSpec }>('v1', 'Service', 'services')
export const configMap = kindOf<{ data: Record<string, string> }>('v1', 'ConfigMap', 'configmaps')
export const job = kindOf<{ spec: JobSpec }>('batch/v1', 'Job', 'jobs')
export const horizontalPodAutoscaler = kindOf<{ spec: HorizontalPodAutoscalerSpec }>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
)
export const podDisruptionBudget = kindOf<{ spec: PodDisruptionBudgetSpec }>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
)
export const networkPolicy = kindOf<{ spec: NetworkPolicySpec }>(
  'networking.k8s.io/v1',
  'NetworkPolicy',
  'networkpolicies',
)
export const ingress = kindOf<{ spec: IngressSpec }>('networking.k8s.io/v1', 'Ingress', 'ingresses')

/** Of manifests for people; the operator makes none. */
export const namespaceKind = kindOf('v1', 'Namespace', 'namespaces')
