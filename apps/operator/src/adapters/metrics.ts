/** The operator's metrics, under the names that controller-runtime gave them: dashboards for any operator work for this one. */
import type { Registry } from 'prom-client'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { ControllerObserver } from '../app/controller.ts'
import type { QueueObserver } from '../app/work-queue.ts'

const CONTROLLER = 'quizplatform'
/** From 5 ms to a minute, in seconds. */
const RECONCILE_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** From 10 µs to 1000 s, a decade each, as client-go has them. */
const QUEUE_BUCKETS_S = Array.from({ length: 9 }, (_, i) => 10 ** (i - 5))

export interface OperatorMetrics {
  queue: QueueObserver
  controller: Pick<ControllerObserver, 'working' | 'reconciled'>
  answered(told: { method: string; code: number; host: string }): void
  watchState(kind: string, namespace: string, synced: boolean): void
  watchFailed(kind: string): void
  mended(count: number): void
}

export const createOperatorMetrics = (options: {
  registry: Registry
  workers: number
  depth(): number
  isLeader(): boolean
  leaseName: string
}): OperatorMetrics => {
  const { registry, workers, depth, isLeader, leaseName } = options
  const registers = [registry]
  const labels = { controller: CONTROLLER }
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[], value?: (gauge: Gauge) => void) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      ...(value && {
        collect() {
          value(this as unknown as Gauge)
        },
      }),
    })
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers })

  const reconciles = counter('controller_runtime_reconcile_total', 'Reconciliations', ['controller', 'result'])
  const errors = counter('controller_runtime_reconcile_errors_total', 'Reconciliations that failed', ['controller'])
  const time = histogram(
    'controller_runtime_reconcile_time_seconds',
    'How long a reconciliation takes',
    ['controller'],
    RECONCILE_BUCKETS_S,
  )
  const active = gauge('controller_runtime_active_workers', 'Workers that are at work', ['controller'])
  gauge('controller_runtime_max_concurrent_reconciles', 'Workers', ['controller']).set(labels, workers)
  gauge('leader_election_master_status', 'Whether this replica leads', ['name'], (one) =>
    one.set({ name: leaseName }, isLeader() ? 1 : 0),
  )
  const requests = counter('rest_client_requests_total', 'Requests to the API server', ['code', 'method', 'host'])

  const queueLabels = { name: CONTROLLER, controller: CONTROLLER }
  const queueNames = Object.keys(queueLabels)
  gauge('workqueue_depth', 'Keys that wait', queueNames, (one) => one.set(queueLabels, depth()))
  const adds = counter('workqueue_adds_total', 'Keys that were added', queueNames)
  const retries = counter('workqueue_retries_total', 'Keys that were added again after a failure', queueNames)
  const waited = histogram('workqueue_queue_duration_seconds', 'How long keys wait', queueNames, QUEUE_BUCKETS_S)
  const worked = histogram(
    'workqueue_work_duration_seconds',
    'How long keys are worked on',
    queueNames,
    QUEUE_BUCKETS_S,
  )

  const synced = gauge('quizboard_operator_watch_synced', 'Whether the copy of a kind is whole', ['kind', 'namespace'])
  const failures = counter('quizboard_operator_watch_failures_total', 'Lists and watches that broke', ['kind'])
  const mended = counter('quizboard_operator_mended_total', 'Objects that somebody else had changed, put right', [])
  for (const result of ['success', 'error', 'requeue', 'requeue_after']) reconciles.inc({ ...labels, result }, 0)
  errors.inc(labels, 0)
  active.set(labels, 0)

  return {
    queue: {
      added: () => adds.inc(queueLabels),
      retried: () => retries.inc(queueLabels),
      taken: (ms) => waited.observe(queueLabels, ms / 1_000),
      done: (ms) => worked.observe(queueLabels, ms / 1_000),
    },
    controller: {
      working: (count) => active.set(labels, count),
      reconciled(result, ms) {
        reconciles.inc({ ...labels, result })
        if (result === 'error') errors.inc(labels)
        time.observe(labels, ms / 1_000)
      },
    },
    answered: ({ method, code, host }) => requests.inc({ code: code === 0 ? '<error>' : String(code), method, host }),
    watchState: (kind, namespace, isSynced) => synced.set({ kind, namespace }, isSynced ? 1 : 0),
    watchFailed: (kind) => failures.inc({ kind }),
    mended: (count) => mended.inc(count),
  }
}
