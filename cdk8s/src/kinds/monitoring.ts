/** The parts of the Prometheus operator's and KEDA's resources that we use; tests hold them against the real schemas. */
import type { RuleGroup } from '@quizboard/observability/rules/rule.ts'
import { kindOf } from './kind.ts'

interface Selector {
  matchLabels: Record<string, string>
}
interface Endpoint {
  port: string
  path?: string
  interval: string
}

const from = 'the Prometheus operator'
const API = 'monitoring.coreos.com/v1'

export const serviceMonitor = kindOf<{
  spec: { jobLabel?: string; selector: Selector; targetLabels?: string[]; endpoints: Endpoint[] }
}>(API, 'ServiceMonitor', 'servicemonitors', { from })

export const podMonitor = kindOf<{ spec: { selector: Selector; podMetricsEndpoints: Endpoint[] } }>(
  API,
  'PodMonitor',
  'podmonitors',
  { from },
)

export const prometheusRule = kindOf<{ spec: { groups: RuleGroup[] } }>(API, 'PrometheusRule', 'prometheusrules', {
  from,
})

interface Trigger {
  type: 'prometheus' | 'cpu'
  name?: string
  metricType?: 'AverageValue' | 'Value' | 'Utilization'
  metadata: Record<string, string>
}
export const scaledObject = kindOf<{
  spec: {
    scaleTargetRef: { apiVersion: string; kind: string; name: string }
    minReplicaCount: number
    maxReplicaCount: number
    pollingInterval: number
    advanced?: { horizontalPodAutoscalerConfig: { name: string; behavior?: object } }
    fallback?: { failureThreshold: number; replicas: number; behavior?: 'currentReplicasIfHigher' }
    triggers: Trigger[]
  }
}>('keda.sh/v1alpha1', 'ScaledObject', 'scaledobjects', { from: 'KEDA' })
