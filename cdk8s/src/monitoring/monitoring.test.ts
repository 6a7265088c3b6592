import { expect, it } from 'vitest'
import { nothingKnown } from '../platform/build.ts'
import { synthesise } from '../platform/synthesise.ts'
import { find, idOf, type Json } from '../testing/objects.ts'
import { BUNDLED, buildOf } from '../testing/samples.ts'

/** With our own rules. */
const made = (monitoring: object) => synthesise(buildOf({ ...BUNDLED, monitoring }, nothingKnown))

it('nothing is made unless it is asked for', () => {
  const ids = made({}).map(idOf)
  expect(ids.filter((id) => /Monitor|PrometheusRule|dashboard/.test(id))).toEqual([])
})
it('the rules are about this platform alone, by the labels that its ServiceMonitor gives', () => {
  const objects = made({ rules: true, serviceMonitors: true, labels: { release: 'prometheus' } })
  const { metadata, spec } = find(objects, 'PrometheusRule/quizboard')
  const { namespace } = find(objects, 'ServiceMonitor/quizboard').metadata
  expect(metadata.labels.release).toBe('prometheus')
  const rules: Json[] = spec.groups.flatMap((group: Json) => group.rules)
  expect(rules.length).toBeGreaterThan(20)
  const [platform, rest] = [
    `namespace="${namespace}",app_kubernetes_io_instance="quizboard"`,
    /quizboard:\w+(?!\{)\b(?!\{)/,
  ]
  for (const { expr } of rules) {
    expect(expr).toContain(platform)
    expect(expr.replaceAll(/[\w:]+\{[^}]*\}/g, '')).not.toMatch(rest)
  }
  expect(find(objects, 'ServiceMonitor/quizboard').spec.targetLabels).toEqual(['app.kubernetes.io/instance'])
})
it('the dashboard is found by the side-car of Grafana, has the platform chosen, and an id of its own', () => {
  const { metadata, data } = find(made({ dashboards: true }), 'ConfigMap/quizboard-dashboard')
  expect(metadata.labels.grafana_dashboard).toBe('1')
  const [[file, text]] = Object.entries(data) as [[string, string]]
  expect(file).toBe(`${metadata.namespace}-quizboard.json`)
  const dashboard: Json = JSON.parse(text)
  expect(dashboard.uid).toMatch(/^quizboard-[0-9a-f]{30}$/)
  expect(dashboard.title).toBe(`Quizboard ${metadata.namespace}/quizboard`)
  const chosen = Object.fromEntries(dashboard.templating.list.map((each: Json) => [each.name, each.current?.value]))
  expect(chosen).toMatchObject({ namespace: [metadata.namespace], platform: ['quizboard'], job: '$__all' })
  // A ConfigMap takes 1 MiB.
  expect(text.length).toBeLessThan(200_000)
})
