/** The dashboard of one platform, for the side-car that Grafana's chart brings: it takes ConfigMaps with this label. */
import { dashboardFor } from '@quizboard/observability/dashboard/for-platform.ts'
import type { Construct } from 'constructs'
import { addObject } from '../kinds/kind.ts'
import { configMap } from '../kinds/kubernetes.ts'
import { type Build, labelsOf } from '../platform/build.ts'

export const addDashboard = (scope: Construct, build: Build): void => {
  if (!build.spec.monitoring.dashboards) return
  const name = `${build.name}-dashboard`
  addObject(
    scope,
    configMap,
    { name, labels: { ...labelsOf(build, 'platform'), grafana_dashboard: '1' } },
    { data: { [`${build.namespace}-${build.name}.json`]: JSON.stringify(dashboardFor(build)) } },
  )
}
