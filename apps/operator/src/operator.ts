/** The operator, put together: copies of the cluster, a queue, workers, and one leader of all replicas. */
import type { KubeConfig } from '@kubernetes/client-node'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { collectProcessMetrics, type Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { createKubeCluster } from './adapters/kube-cluster.ts'
import { createKubeEvents } from './adapters/kube-events.ts'
import { createKubeHttp, type KubeHttp } from './adapters/kube-http.ts'
import { createKubeLease } from './adapters/kube-lease.ts'
import { createOperatorMetrics, type OperatorMetrics } from './adapters/metrics.ts'
import { createWatches, type Watches } from './adapters/watches.ts'
import { startController } from './app/controller.ts'
import { createEventRecorder } from './app/event-recorder.ts'
import { type LeaderElection, startLeaderElection } from './app/leader-election.ts'
import { type ReconcileTools, reconcilePlatform } from './app/reconcile.ts'
import { createWorkQueue, type WorkQueue } from './app/work-queue.ts'
import type { OperatorSettings } from './config.ts'
import type { Plan } from './domain/plan.ts'
import type { PlatformRef } from './ports/cluster.ts'

export interface OperatorOptions {
  settings: OperatorSettings
  config: KubeConfig
  /** Of the operator itself. */
  namespace: string
  clock: Clock
  random: Random
  logger: Logger
  metrics: Metrics
  /** Registers what must be closed; the last one that came is closed first. */
  own(name: string, close: () => Promise<void>): void
  /** Another replica may lead now: this process must end. */
  onLost(): void
}

export interface Operator {
  /** Why it is not ready; a standby is as ready as a leader. */
  unready(): string[]
  /** Resolves once it leads and works, or when it is stopped before. */
  started: Promise<void>
}

const SYNC_CHECK_MS = 50

export const createOperator = (options: OperatorOptions): Operator => {
  const { settings, config, clock, random, logger, metrics, own } = options
  const { version, podName, workers, leaseName, ruleGroups } = settings
  let election: LeaderElection | undefined
  const measured = createOperatorMetrics({
    registry: metrics.registry,
    ...{ workers, leaseName },
    depth: () => queue.depth,
    isLeader: () => election?.isLeader ?? !settings.leaderElection,
  })
  collectProcessMetrics(metrics)
  const queue = createWorkQueue({ clock, observer: measured.queue })
  const http = createKubeHttp({ config, userAgent: `quizboard-operator/${version}`, onAnswer: measured.answered })
  own('connections', async () => http.close())
  const events = createEventRecorder({
    sink: createKubeEvents(http, podName),
    ...{ clock, random },
    onTrouble: (err) => logger.debug({ err }, 'an Event was not written'),
  })
  own('events', () => events.flush())
  const watches = openWatches(options, { http, queue, measured })
  let stopping = false
  own('watches', () => {
    stopping = true
    return watches.stop()
  })
  const tools: ReconcileTools = {
    cluster: createKubeCluster({ http, watches, events, version, clock, random }),
    settings: { version, ruleGroups },
    now: clock.now,
    onPlan(ref, plan) {
      measured.mended(plan.mended.length)
      logPlan(logger, ref, plan)
    },
  }

  const start = async () => {
    watches.start()
    // A plan out of half a copy would make what is there, and miss what is not.
    while (watches.unsynced().length > 0 && !stopping) await clock.sleep(SYNC_CHECK_MS)
    if (stopping) return
    if (settings.leaderElection) {
      election = startElection(options, http)
      if (!(await election.elected())) return
    }
    startWork(options, { queue, watches, measured, tools })
  }
  return {
    unready: () => watches.unsynced().map((id) => `not listed yet: ${id}`),
    started: start(),
  }
}

interface Parts {
  http: KubeHttp
  queue: WorkQueue
  watches: Watches
  measured: OperatorMetrics
  tools: ReconcileTools
}

const openWatches = (
  { settings, clock, random, logger }: OperatorOptions,
  { http, queue, measured }: Pick<Parts, 'http' | 'queue' | 'measured'>,
): Watches =>
  createWatches({
    ...{ http, clock, random },
    namespaces: settings.watchNamespaces,
    settings: { absentMs: settings.kindCheckMs },
    onKey: (key) => queue.add(key),
    onState(kind, place, state) {
      measured.watchState(kind.kind, place, state === 'synced')
      // Kinds of other operators may well be missing.
      const level = state === 'forbidden' ? 'warn' : kind.from === undefined ? 'info' : 'debug'
      logger[level]({ kind: kind.kind, namespace: place || undefined, state }, 'watch')
    },
    onTrouble(kind, place, err) {
      measured.watchFailed(kind.kind)
      logger.warn({ err, kind: kind.kind, namespace: place || undefined }, 'a watch broke; it goes on')
    },
  })

const startElection = (options: OperatorOptions, http: KubeHttp): LeaderElection => {
  const { settings, namespace, clock, random, logger, own, onLost } = options
  const { leaseMs, leaseName, podName } = settings
  const election = startLeaderElection({
    store: createKubeLease(http, { namespace, name: leaseName }),
    // A restarted pod has the same name, and must not take its old lease for its own.
    identity: `${podName}_${Buffer.from(random.bytes(6)).toString('hex')}`,
    clock,
    leaseMs,
    renewWithinMs: (leaseMs * 2) / 3,
    retryMs: leaseMs / 7.5,
    onTrouble: (err) => logger.warn({ err }, 'the lease could not be read or written'),
  })
  let stopping = false
  own('lease', () => {
    stopping = true
    return election.stop()
  })
  void election.elected().then((elected) => elected && logger.info({ lease: `${namespace}/${leaseName}` }, 'leading'))
  void election.lost().then(() => stopping || onLost())
  return election
}

const refOf = (key: string): PlatformRef => {
  const at = key.indexOf('/')
  return { namespace: key.slice(0, at), name: key.slice(at + 1) }
}

const startWork = (
  { settings, clock, logger, own }: OperatorOptions,
  { queue, watches, measured, tools }: Pick<Parts, 'queue' | 'watches' | 'measured' | 'tools'>,
): void => {
  const controller = startController({
    ...{ queue, clock },
    workers: settings.workers,
    reconcile: (key) => reconcilePlatform(refOf(key), tools),
    observer: {
      ...measured.controller,
      failed: (key, err) => logger.warn({ err, platform: key }, 'could not be reconciled; it is tried again'),
    },
  })
  own('workers', () => controller.stop())
  let timer: { cancel(): void } | undefined
  const resync = () => {
    for (const key of watches.platformKeys()) queue.add(key)
    timer = clock.after(settings.resyncMs, resync)
  }
  resync()
  own('resync', async () => timer?.cancel())
}

/** Names alone: an object may hold what is nobody's business. */
const logPlan = (logger: Logger, ref: PlatformRef, { apply, remove, secrets, mended }: Plan): void => {
  if (apply.length + remove.length + secrets.length === 0) return
  const changes = {
    applied: apply.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    removed: remove.map(({ kind, name }) => `${kind}/${name}`),
    made: secrets.map(({ name }) => `Secret/${name}`),
    mended,
  }
  logger.info({ ...ref, ...changes }, 'changes')
}
