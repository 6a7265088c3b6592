import { type Fleet, SERVICES } from './fleet.ts'

/** One process each, under its service's name as the job. */
export interface PrometheusTargets {
  targets: string[]
  labels: { job: string }
}

/** Where the metrics of the fleet's processes are, as Prometheus reads it from a file (`file_sd_configs`). */
export const prometheusTargets = (fleet: Pick<Fleet, 'gateway' | 'replicas'>): PrometheusTargets[] =>
  [
    { job: 'gateway', processes: [fleet.gateway] },
    ...SERVICES.map((job) => ({ job, processes: fleet.replicas(job) })),
  ].map(({ job, processes }) => ({
    targets: processes.map(({ metricsPort }) => `127.0.0.1:${metricsPort}`),
    labels: { job },
  }))
