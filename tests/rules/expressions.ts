/** What a query asks for, held against what the programs expose. */
import { metricsCatalogue } from '../../scripts/lib/metrics-catalogue.ts'

/** Of Prometheus and its operator: they know where a series comes from. */
const TARGET_LABELS = ['namespace', 'app_kubernetes_io_instance', 'job', 'instance', 'pod']

const exposed = new Map(metricsCatalogue().map((metric) => [metric.name, metric]))
const metricOf = (name: string) => exposed.get(name) ?? exposed.get(name.replace(/_(bucket|count|sum)$/, ''))

/** Metrics, and what rules record. */
export const namesIn = (expr: string): string[] =>
  expr
    .replace(/\{[^}]*\}/g, '')
    .match(/\b(quizboard|process|nodejs|controller_runtime|leader_election|workqueue|rest_client)[:_][\w:]+/g) ?? []

/** Names and labels that are asked for and not there, in words. */
export const problemsOf = (expr: string, recorded: readonly string[] = []): string[] => {
  const used = namesIn(expr)
  const unknown = used.filter((name) => !recorded.includes(name) && !metricOf(name))
  const labels = [...expr.matchAll(/([\w:]+)\{([^}]*)\}/g)].flatMap(([, name = '', matchers = '']) => {
    const known = ['service', 'le', ...TARGET_LABELS, ...(metricOf(name)?.labels ?? [])]
    return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)"/g)]
      .map(([, label = '']) => label)
      .filter((label) => !known.includes(label))
      .map((label) => `${name} has no label ${label}`)
  })
  return [
    ...(used.length === 0 ? ['no metric is asked for'] : []),
    ...unknown.map((name) => `there is no ${name}`),
    ...labels,
  ]
}
