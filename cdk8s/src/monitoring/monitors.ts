/** For the Prometheus operator: what to scrape, and the rules. */
import { platformGroups } from '@quizboard/observability/rules/groups.ts'
import type { RuleGroup } from '@quizboard/observability/rules/rule.ts'
import type { Construct } from 'constructs'
import { addObject } from '../kinds/kind.ts'
import { podMonitor, prometheusRule, serviceMonitor } from '../kinds/monitoring.ts'
import { cnpgPods, strimziPods } from '../network/flows.ts'
import { type Build, labelsOf, PART_OF } from '../platform/build.ts'

export const addMonitors = (scope: Construct, build: Build): void => {
  const { serviceMonitors, interval, labels } = build.spec.monitoring
  if (!serviceMonitors) return
  const metadata = (name: string) => ({ name, labels: { ...labels, ...labelsOf(build, 'platform') } })
  addObject(scope, serviceMonitor, metadata(build.name), {
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: { 'app.kubernetes.io/instance': build.name, 'app.kubernetes.io/part-of': PART_OF } },
      targetLabels: ['app.kubernetes.io/instance'],
      // Services of stores have no such port.
      endpoints: [{ port: 'metrics', interval }],
    },
  })
  if (build.spec.kafka.strimzi)
    addObject(scope, podMonitor, metadata(`${build.name}-kafka`), {
      spec: {
        selector: { matchLabels: strimziPods(build) },
        podMetricsEndpoints: [{ port: 'tcp-prometheus', path: '/metrics', interval }],
      },
    })
  // CloudNativePG has a switch for one of its own, which it is about to drop.
  if (build.spec.postgresql.cnpg)
    addObject(scope, podMonitor, metadata(`${build.name}-postgresql`), {
      spec: { selector: { matchLabels: cnpgPods(build) }, podMetricsEndpoints: [{ port: 'metrics', interval }] },
    })
}

/** Ours, for this platform alone: as its ServiceMonitor labels the series. */
const ownGroups = ({ namespace, name }: Build): RuleGroup[] =>
  platformGroups(`namespace="${namespace}",app_kubernetes_io_instance="${name}"`)

/** `groups`: instead of ours; none at all: nothing is made. */
export const addRules = (scope: Construct, build: Build, groups: readonly RuleGroup[] = ownGroups(build)): void => {
  const { rules, labels } = build.spec.monitoring
  if (!rules || groups.length === 0) return
  addObject(
    scope,
    prometheusRule,
    { name: build.name, labels: { ...labels, ...labelsOf(build, 'platform') } },
    { spec: { groups: [...groups] } },
  )
}
