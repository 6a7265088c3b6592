/** What the metrics of a registry are, without their values: for documents and for those who check rules against them. */
import type { Registry } from 'prom-client'
import { z } from 'zod'

/** What prom-client keeps of a metric. */
const kept = z.object({
  name: z.string(),
  help: z.string(),
  type: z.enum(['counter', 'gauge', 'histogram', 'summary']),
  labelNames: z.array(z.string()),
})

export interface MetricDescription {
  name: string
  type: 'counter' | 'gauge' | 'histogram' | 'summary'
  /** Without those that every sample of the registry carries, and without a histogram's `le`. */
  labels: readonly string[]
  help: string
}

export const describeMetrics = (registry: Registry): MetricDescription[] =>
  registry.getMetricsAsArray().map((metric) => {
    const { name, help, type, labelNames } = kept.parse(metric)
    return { name, type, labels: labelNames.filter((label) => label !== 'le'), help }
  })
