/**
 * Pure: what the cluster should hold of a platform, and what to tell the user about it.
 *
 * Level-based: it looks at what is, never at what happened, so it may run at any time and any number of times. The order of a first
 * install and of an upgrade comes out of gates: a store is made at once; topics wait for Kafka, the migration for PostgreSQL, the
 * quiz-service for both, the other services for the quiz-service. Whatever is held back stays as it is.
 */
import type { QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import { API_VERSION, KIND } from '@quizboard/cdk8s/crd/quiz-platform.ts'
import type { QuizPlatformStatus } from '@quizboard/cdk8s/crd/status.ts'
import type { KubeObject, OwnerReference } from '@quizboard/cdk8s/kinds/kind.ts'
import { configMap, deployment, job } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import type { Build, Facts } from '@quizboard/cdk8s/platform/build.ts'
import { synthesise } from '@quizboard/cdk8s/platform/synthesise.ts'
import { type GeneratedSecret, generatedSecrets } from '@quizboard/cdk8s/secrets/generated.ts'
import { publicKeys as publicKeysName } from '@quizboard/cdk8s/secrets/names.ts'
import type { RuleGroup } from '@quizboard/observability/rules/rule.ts'
import { withScale } from './autoscaled.ts'
import { type Changes, changesOf } from './changes.ts'
import { eventsOf, type PlannedEvent } from './events.ts'
import { type JobState, jobState } from './jobs.ts'
import { monitoringVerdict } from './monitoring.ts'
import { liveOf, type Observed } from './observed.ts'
import { factsOf, missingOfUser, type SecretNeed, secretNeeds } from './secret-needs.ts'
import { type Gates, heldDeployments, serviceStates } from './services-state.ts'
import { pausedStatus, statusOf } from './status.ts'
import type { StoreState } from './stores/store-state.ts'
import { minutes, storeState, withTopics } from './stores/stores.ts'
import { type Findings, verdictsOf } from './verdicts.ts'

export const MANAGED_BY = 'quizboard-operator'
export const PAUSE = 'quizboard.dev/pause-reconciliation'

export interface PlanSettings {
  /** Of the operator; also the tag of the images where the spec names none. */
  version: string
  /** Instead of our own rules. */
  ruleGroups?: readonly RuleGroup[] | undefined
}

export interface Plan extends Changes {
  /** To be made, if they are still not there when it comes to it. */
  secrets: readonly GeneratedSecret[]
  status: QuizPlatformStatus
  events: readonly PlannedEvent[]
  /** Look again then, even if nothing changes; undefined: the usual resync will do. */
  requeueMs: number | undefined
}

/** Secrets are not watched, and pods only looked at while something is not ready. */
const UNREADY_MS = 10_000
/** What was just made is looked at at once: hashes of Secrets are part of the pods. */
const MADE_MS = 0

export const isPaused = ({ metadata }: Pick<QuizPlatform, 'metadata'>): boolean =>
  metadata.annotations[PAUSE] === 'true'

export const planPlatform = (platform: QuizPlatform, observed: Observed, settings: PlanSettings): Plan => {
  if (isPaused(platform)) return leaveAlone(platform, observed, settings)
  const build = buildOf(platform, observed, settings)
  const needs = secretNeeds(build)
  const { publicKeys } = observed
  const synthesised = synthesise(build, {
    owner: ownerOf(platform),
    ruleGroups: settings.ruleGroups,
    publicJwks: publicKeys?.ok ? publicKeys.jwks : undefined,
  })
  const desired = withScale(build, synthesised, observed)
  const jobs = jobsOf(desired, observed)
  const kafka = storeState(build, 'kafka', observed, needs)
  const stores = {
    kafka: withTopicsOf(kafka, jobs.topics),
    mongodb: storeState(build, 'mongodb', observed, needs),
    postgresql: storeState(build, 'postgresql', observed, needs),
  }
  const secrets = generatedSecrets(build).filter(({ name }) => !observed.secrets.get(name))
  const services = serviceStates(build, desired, observed)
  const gates = gatesOf({ stores, jobs, observed, needs, secrets, quizServiceDone: services[0]?.done === true })
  const held = new Set([
    ...heldDeployments(build, services, gates).map((name) => `${deployment.kind}/${name}`),
    ...(jobs.topics && !kafka.ready ? [`${job.kind}/${jobs.topics.name}`] : []),
    ...(jobs.migrate && !stores.postgresql.ready ? [`${job.kind}/${jobs.migrate.name}`] : []),
  ])
  const changes = changesOf(platform, desired, observed, {
    isHeld: ({ kind, metadata }) => held.has(`${kind}/${metadata.name}`),
    // Not known for a moment is not unwanted: services verify with them.
    kept: publicKeys?.ok ? [] : [`${configMap.kind}/${publicKeysName(build).name}`],
    failedJobs: failedJobs(jobs),
  })
  const findings: Findings = {
    stores,
    services,
    waitingFor: gates.others,
    faults: faultsOf({ jobs, needs, observed }),
    changes: changes.apply.length + changes.remove.length,
    monitoring: monitoringVerdict(build, observed, settings.ruleGroups),
  }
  const verdicts = verdictsOf(findings)
  const status = statusOf(platform, build, observed, { findings, verdicts, operatorVersion: settings.version })
  return {
    ...changes,
    secrets,
    status,
    events: eventsOf(platform, status, changes),
    requeueMs: requeueOf({ secrets, verdicts, jobs }),
  }
}

const leaveAlone = (platform: QuizPlatform, { now }: Observed, { version }: PlanSettings): Plan => {
  const status = pausedStatus(platform, { now, operatorVersion: version })
  const nothing = { apply: [], remove: [], mended: [] }
  return { ...nothing, secrets: [], status, events: eventsOf(platform, status, nothing), requeueMs: undefined }
}

export const buildOf = (
  { metadata, spec }: Pick<QuizPlatform, 'metadata' | 'spec'>,
  observed: Pick<Observed, 'secrets'>,
  { version }: Pick<PlanSettings, 'version'>,
): Build => {
  const facts: Facts = {
    hash: (ref) => factsOf(observed, ref)?.hash,
    hasQuery: (ref) => factsOf(observed, ref)?.hasQuery ?? false,
  }
  return { name: metadata.name, namespace: metadata.namespace, spec, version, managedBy: MANAGED_BY, facts }
}

export const ownerOf = ({ metadata: { name, uid } }: QuizPlatform): OwnerReference => ({
  apiVersion: API_VERSION,
  kind: KIND,
  name,
  uid,
  controller: true,
  // Blocking would need the right to set finalizers of platforms.
  blockOwnerDeletion: false,
})

interface NamedJob {
  name: string
  state: JobState
}
interface Jobs {
  migrate: NamedJob | undefined
  /** Undefined: nobody has to make topics by a Job. */
  topics: NamedJob | undefined
}

const jobsOf = (desired: readonly KubeObject[], observed: Observed): Jobs => {
  const find = (component: string): NamedJob | undefined => {
    const wanted = desired.find(
      ({ kind, metadata }) => kind === job.kind && metadata.labels?.['app.kubernetes.io/component'] === component,
    )
    if (!wanted) return undefined
    const { name } = wanted.metadata
    return { name, state: jobState(liveOf(observed, job, name), observed.podTroubles, observed.now) }
  }
  return { migrate: find('migrate'), topics: find('topics') }
}

const withTopicsOf = (kafka: StoreState, topics: NamedJob | undefined) =>
  topics ? withTopics(kafka, topics.state, topics.name) : kafka

const failedJobs = ({ migrate, topics }: Jobs): string[] =>
  [migrate, topics].flatMap((one) => (one?.state.state === 'failed' && one.state.retryInMs === 0 ? [one.name] : []))

const gatesOf = (known: {
  stores: Findings['stores']
  jobs: Jobs
  observed: Observed
  needs: readonly SecretNeed[]
  secrets: readonly GeneratedSecret[]
  quizServiceDone: boolean
}): Gates => {
  const { stores, jobs, observed, needs, secrets, quizServiceDone } = known
  const missing = missingOfUser(needs, observed, undefined)
  const quizService = [
    ...(stores.kafka.ready ? [] : ['Kafka']),
    ...(stores.postgresql.ready ? [] : ['PostgreSQL']),
    ...(jobs.migrate?.state.state === 'done' ? [] : ['the migration of PostgreSQL']),
    ...(secrets.length === 0 && missing.length === 0 ? [] : ['Secrets']),
    ...(observed.publicKeys?.ok ? [] : ['the signing key']),
  ]
  const others = [
    ...quizService,
    ...(stores.mongodb.ready ? [] : ['MongoDB']),
    ...(quizServiceDone ? [] : ['the quiz-service']),
  ]
  return { quizService, others }
}

const faultsOf = ({
  jobs: { migrate },
  needs,
  observed,
}: {
  jobs: Jobs
  needs: readonly SecretNeed[]
  observed: Observed
}) => {
  const missing = missingOfUser(needs, observed, undefined).map((message) => ({ reason: 'SecretMissing', message }))
  const { publicKeys } = observed
  const badKey = publicKeys && !publicKeys.ok ? [{ reason: 'SigningKeyInvalid', message: publicKeys.problem }] : []
  return [...missing, ...badKey, ...migrationFaults(migrate)]
}

const migrationFaults = (migrate: NamedJob | undefined) => {
  if (!migrate) return []
  const { name, state } = migrate
  if (state.state === 'running' && state.needsHelp)
    return [{ reason: 'Migrating', message: `PostgreSQL is being migrated by Job ${name}: ${state.message}` }]
  if (state.state !== 'failed') return []
  const message =
    `PostgreSQL could not be migrated (${state.message}): see kubectl logs job/${name}; it is tried again in ` +
    `${minutes(state.retryInMs)}, or when the Job is deleted. The old version goes on`
  return [{ reason: 'MigrationFailed', message }]
}

const requeueOf = (known: {
  secrets: readonly GeneratedSecret[]
  verdicts: ReturnType<typeof verdictsOf>
  jobs: Jobs
}): number | undefined => {
  const { secrets, verdicts, jobs } = known
  if (secrets.length > 0) return MADE_MS
  const retries = [jobs.migrate, jobs.topics].flatMap((one) =>
    one?.state.state === 'failed' ? [one.state.retryInMs] : [],
  )
  if (verdicts.Ready.status !== 'True') return Math.min(UNREADY_MS, ...retries.map((ms) => ms + 1))
  return undefined
}
