/** The status of a platform, out of what was found. */
import type { QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import { CONDITIONS, type Condition, type QuizPlatformStatus, SERVICES } from '@quizboard/cdk8s/crd/status.ts'
import { service } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { publicUrl } from '@quizboard/cdk8s/network/exposure.ts'
import { type Build, hostOf, nameOf, PORTS } from '@quizboard/cdk8s/platform/build.ts'
import { conditionsOf, no, type Verdicts, yes } from './conditions.ts'
import { liveOf, type Observed } from './observed.ts'
import type { ServiceState } from './services-state.ts'
import type { Findings } from './verdicts.ts'

interface Told {
  now: number
  operatorVersion: string
}

const previous = ({ status }: Pick<QuizPlatform, 'status'>): readonly Condition[] => status?.conditions ?? []

export const statusOf = (
  platform: QuizPlatform,
  build: Build,
  observed: Observed,
  { findings, verdicts, operatorVersion }: { findings: Findings; verdicts: Verdicts; operatorVersion: string },
): QuizPlatformStatus => {
  const { generation } = platform.metadata
  const { stores, services } = findings
  const version = commonVersion(services)
  const url = publicUrl(build) ?? balancerUrl(build, observed)
  const sum = (of: 'ready' | 'replicas') => services.reduce((total, { rollout }) => total + (rollout?.[of] ?? 0), 0)
  return {
    observedGeneration: generation,
    conditions: conditionsOf(verdicts, previous(platform), { now: observed.now, generation }),
    operatorVersion,
    ...(version !== undefined && { version }),
    ...(url !== undefined && { url }),
    endpoints: Object.fromEntries(
      SERVICES.map((name) => [name, `http://${hostOf(build, nameOf(build, name))}:${PORTS.http}`]),
    ),
    ready: `${sum('ready')}/${sum('replicas')}`,
    services: services.flatMap(({ service: name, rollout }) =>
      rollout
        ? [
            {
              name,
              ...(rollout.image !== undefined && { image: rollout.image }),
              replicas: rollout.replicas,
              readyReplicas: rollout.ready,
            },
          ]
        : [],
    ),
    stores: { kafka: stores.kafka.version, mongodb: stores.mongodb.version, postgresql: stores.postgresql.version },
  }
}

/** Tag or digest that all services run; undefined: they differ, or are still rolled out. */
const commonVersion = (services: readonly ServiceState[]): string | undefined => {
  if (!services.every(({ done }) => done)) return undefined
  const versions = services.map(({ rollout }) => rollout?.image?.replace(/^.*[:@]/, ''))
  return new Set(versions).size === 1 ? versions[0] : undefined
}

const balancerUrl = (build: Build, observed: Observed): string | undefined => {
  const live = liveOf(observed, service, nameOf(build, 'gateway'))
  const { ip, hostname } = live?.status?.loadBalancer?.ingress?.[0] ?? {}
  const address = hostname ?? ip
  return typeof address === 'string' ? `http://${address}:${PORTS.http}` : undefined
}

/** Everything else stays as it was last seen. */
const withConditions = (
  platform: QuizPlatform,
  verdicts: Verdicts,
  { now, operatorVersion }: Told,
): QuizPlatformStatus => {
  const { generation } = platform.metadata
  return {
    ...platform.status,
    observedGeneration: generation,
    operatorVersion,
    conditions: conditionsOf(verdicts, previous(platform), { now, generation }),
  }
}

/** What was said before still stands, but nobody looks any more. */
export const pausedStatus = (platform: QuizPlatform, told: Told): QuizPlatformStatus => {
  const before = new Map(previous(platform).map((condition) => [condition.type, condition]))
  const last = Object.fromEntries(
    CONDITIONS.map((type) => {
      const {
        status = 'Unknown',
        reason = 'Paused',
        message = 'not looked at: the platform is paused',
      } = before.get(type) ?? {}
      return [type, { status, reason, message }]
    }),
  ) as Verdicts
  return withConditions(
    platform,
    {
      ...last,
      Reconciling: no('Paused', 'nothing is done while the platform is paused'),
      Paused: yes(
        'PauseAnnotation',
        'the annotation quizboard.dev/pause-reconciliation says so: remove it to go on; the other conditions are as they were',
      ),
    },
    told,
  )
}

/** A spec that this operator cannot read, though the API server has taken it: the definition and the operator differ in version. */
export const invalidStatus = (platform: QuizPlatform, problems: readonly string[], told: Told): QuizPlatformStatus => {
  const message = `${problems.join('; ')}. Nothing is changed until the spec is right, or the operator is of the version of its CustomResourceDefinition`
  const unknown = { status: 'Unknown', reason: 'InvalidSpec', message: 'the spec cannot be read' } as const
  return withConditions(
    platform,
    {
      Ready: no('InvalidSpec', message),
      Reconciling: no('InvalidSpec', 'nothing can be done'),
      Stalled: yes('InvalidSpec', message),
      KafkaReady: unknown,
      MongoDBReady: unknown,
      PostgreSQLReady: unknown,
      ServicesReady: unknown,
      MonitoringReady: unknown,
      Paused: no('NotPaused', 'the operator looks after this platform'),
    },
    told,
  )
}

/** Something could not be applied: the API server's own words, and what they mean for the platform. */
export const withFailures = (
  status: QuizPlatformStatus,
  failures: readonly { reason: string; message: string }[],
  now: number,
): QuizPlatformStatus => {
  const [first] = failures
  if (!first) return status
  const message = failures.map((failure) => failure.message).join('; ')
  const before = status.conditions ?? []
  const known = new Map(before.map(({ type, status, reason, message }) => [type, { status, reason, message }]))
  const unknown = { status: 'Unknown', reason: first.reason, message: 'not looked at yet' } as const
  const kept = Object.fromEntries(CONDITIONS.map((type) => [type, known.get(type) ?? unknown])) as Verdicts
  const verdicts = { ...kept, Ready: no(first.reason, message), Stalled: yes(first.reason, message) }
  const generation = status.observedGeneration ?? 0
  return { ...status, conditions: conditionsOf(verdicts, before, { now, generation }) }
}
