/**
 * Scaling by load: by CPU with a HorizontalPodAutoscaler, or by how far a service is behind with KEDA.
 *
 * KEDA's own Kafka trigger cannot see that: it reads the offsets that a consumer group has committed, and our consumers have
 * private groups without commits, their offsets lie in MongoDB beside the boards. So the trigger is a Prometheus query over what
 * the services themselves report, in seconds: how old an event is when it is applied (leaderboard), how long the oldest row waits
 * in an outbox (answers, quizzes). Seconds behind are what players feel, and a number of records says little without its rate.
 * A CPU trigger stays beside it: a service that is busy but not yet behind should grow, too.
 *
 * KEDA makes the HorizontalPodAutoscaler itself, under the name that ours would have, so a change between the two ends with one.
 */

import type { Construct } from 'constructs'
import type { HorizontalPodAutoscalerBehavior } from 'kubernetes-types/autoscaling/v2.d.ts'
import type { Autoscaling } from '../crd/services.ts'
import type { ServiceName } from '../crd/status.ts'
import { addObject } from '../kinds/kind.ts'
import { horizontalPodAutoscaler } from '../kinds/kubernetes.ts'
import { scaledObject } from '../kinds/monitoring.ts'
import { type Build, labelsOf, nameOf } from '../platform/build.ts'
import { FIELDS } from './images.ts'

/** Up at once, down slowly: a quiz comes in a wave, and every pod that goes moves sockets and partitions. */
const BEHAVIOR: HorizontalPodAutoscalerBehavior = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
}

export const addAutoscaling = (scope: Construct, build: Build, component: ServiceName): void => {
  const { autoscaling } = build.spec[FIELDS[component]]
  if (!autoscaling) return
  const name = nameOf(build, component)
  const metadata = { name, labels: labelsOf(build, component) }
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name }
  const { minReplicas, maxReplicas, cpuUtilization, keda } = autoscaling
  if (keda) {
    addObject(scope, scaledObject, metadata, {
      spec: {
        scaleTargetRef: target,
        minReplicaCount: minReplicas,
        maxReplicaCount: maxReplicas,
        pollingInterval: 15,
        advanced: { horizontalPodAutoscalerConfig: { name, behavior: BEHAVIOR } },
        // Without Prometheus nothing is known: keep what runs.
        fallback: { failureThreshold: 4, replicas: minReplicas, behavior: 'currentReplicasIfHigher' },
        triggers: triggers(build, component, autoscaling, keda),
      },
    })
    return
  }
  addObject(scope, horizontalPodAutoscaler, metadata, {
    spec: {
      scaleTargetRef: target,
      minReplicas,
      maxReplicas,
      behavior: BEHAVIOR,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuUtilization } },
        },
      ],
    },
  })
}

const triggers = (
  build: Build,
  component: ServiceName,
  { cpuUtilization }: Autoscaling,
  { prometheusUrl, query, threshold }: NonNullable<Autoscaling['keda']>,
) => {
  const asked = query ?? secondsBehind(build, component)
  const cpu = { type: 'cpu' as const, metricType: 'Utilization' as const, metadata: { value: String(cpuUtilization) } }
  if (asked === undefined) return [cpu]
  return [
    {
      type: 'prometheus' as const,
      name: 'behind',
      metadata: { serverAddress: prometheusUrl, query: asked, threshold, ignoreNullValues: 'true' },
    },
    cpu,
  ]
}

/** The gateway keeps nothing, so it is never behind. */
const secondsBehind = ({ name, namespace }: Build, component: ServiceName): string | undefined => {
  const pods = `namespace="${namespace}",pod=~"${name}-${component}-.*"`
  switch (component) {
    case 'leaderboard-service':
      return `histogram_quantile(0.99, sum by (le) (rate(quizboard_board_event_age_seconds_bucket{${pods}}[1m])))`
    case 'answer-service':
      return `max(quizboard_answers_outbox_oldest_seconds{${pods}})`
    case 'quiz-service':
      return `max(quizboard_outbox_oldest_seconds{${pods}})`
    case 'gateway':
      return undefined
  }
}
