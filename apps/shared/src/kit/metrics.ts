/** Prometheus metrics: one registry a service, names checked when they are made. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  registry: Registry
  /** The same name again gives the same metric: several routers of one service share theirs. */
  counter(name: string, help: string, labels?: readonly string[]): Counter
  gauge(name: string, help: string, labels?: readonly string[]): Gauge
  histogram(name: string, help: string, options: { buckets: readonly number[]; labels?: readonly string[] }): Histogram
}

/** From half a millisecond to ten seconds, in seconds. */
export const DURATION_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const

const NAME = /^quizboard_[a-z0-9]+(_[a-z0-9]+)*$/
const checkName = (name: string, isCounter: boolean) => {
  if (!NAME.test(name)) throw new Error(`metric "${name}": names are quizboard_ and lower case words joined by _`)
  if (name.endsWith('_total') !== isCounter) throw new Error(`metric "${name}": counters, and only they, end in _total`)
  if (/_(ms|millis|milliseconds|kb|mb)$/.test(name)) throw new Error(`metric "${name}": use seconds and bytes`)
}

/** Every sample carries the label `service`. */
export const createMetrics = (service: string): Metrics => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const once = <T>(name: string, kind: abstract new (...args: never[]) => T, make: () => T): T => {
    const known: unknown = registry.getSingleMetric(name)
    if (known === undefined) return make()
    if (known instanceof kind) return known
    throw new Error(`metric "${name}" is already there as another kind`)
  }
  return {
    registry,
    counter(name, help, labels = []) {
      checkName(name, true)
      return once(
        name,
        Counter,
        () => new Counter({ name, help, labelNames: [...labels], registers: [registry] }),
      ) as Counter
    },
    gauge(name, help, labels = []) {
      checkName(name, false)
      return once(name, Gauge, () => new Gauge({ name, help, labelNames: [...labels], registers: [registry] })) as Gauge
    },
    histogram(name, help, { buckets, labels = [] }) {
      checkName(name, false)
      return once(
        name,
        Histogram,
        () => new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] }),
      ) as Histogram
    },
  }
}

/** For tests: nothing is shared between two of them. */
export const createTestMetrics = (): Metrics => createMetrics('test')

/** CPU, memory, event loop, garbage collection of this process: once a process, in one service's registry. */
export const collectProcessMetrics = (metrics: Metrics): void => {
  collectDefaultMetrics({ register: metrics.registry })
}

/**
 * The text of several registries as one: a metric that several have is written as one group, as the format demands.
 * (prom-client's own merge refuses equal names.)
 */
export const renderMetrics = async (registries: readonly Registry[]): Promise<string> => {
  const groups = new Map<string, { head: string; samples: string[] }>()
  for (const registry of registries) {
    for (const metric of registry.getMetricsAsArray()) {
      const text = (await registry.getSingleMetricAsString(metric.name)).trimEnd()
      const lines = text.split('\n')
      const head = lines.filter((line) => line.startsWith('#')).join('\n')
      const samples = lines.filter((line) => line !== '' && !line.startsWith('#'))
      const group = groups.get(metric.name)
      if (group) group.samples.push(...samples)
      else groups.set(metric.name, { head, samples })
    }
  }
  return [...groups.values()].map(({ head, samples }) => `${[head, ...samples].join('\n')}\n`).join('\n')
}
