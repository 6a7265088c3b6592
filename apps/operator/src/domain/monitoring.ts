/** Whether the platform is monitored as its spec says. It is never a reason for the platform not to be ready. */

import { SERVICES } from '@quizboard/cdk8s/crd/status.ts'
import { podMonitor, prometheusRule, scaledObject, serviceMonitor } from '@quizboard/cdk8s/kinds/monitoring.ts'
import type { Build } from '@quizboard/cdk8s/platform/build.ts'
import { FIELDS } from '@quizboard/cdk8s/workloads/images.ts'
import type { RuleGroup } from '@quizboard/observability/rules/rule.ts'
import { no, type Verdict, yes } from './conditions.ts'
import type { Observed } from './observed.ts'
import { kindProblem } from './stores/store-state.ts'

export const monitoringVerdict = (
  build: Build,
  observed: Observed,
  groups: readonly RuleGroup[] | undefined,
): Verdict => {
  const { serviceMonitors, rules } = build.spec.monitoring
  const usesKeda = SERVICES.some((service) => build.spec[FIELDS[service]].autoscaling?.keda)
  const kinds = [
    ...(serviceMonitors ? [serviceMonitor, podMonitor] : []),
    ...(rules ? [prometheusRule] : []),
    ...(usesKeda ? [scaledObject] : []),
  ]
  const problems = kinds.flatMap((kind) => {
    const problem = kindProblem(kind, observed.kindState(kind), turnOff(kind.kind))
    return problem ? [problem] : []
  })
  const [first] = problems
  if (first) return no(first.reason, problems.map(({ message }) => message).join('; '))
  if (rules && groups?.length === 0)
    return no('NoRules', 'monitoring.rules is on, but this operator was given a file without rules')
  return kinds.length === 0 ? yes('NotWanted', 'nothing is to be monitored') : yes('Ready', 'everything is applied')
}

const turnOff = (kind: string) => {
  if (kind === 'ScaledObject') return 'leave autoscaling.keda out'
  return kind === 'PrometheusRule' ? 'set monitoring.rules to false' : 'set monitoring.serviceMonitors to false'
}
