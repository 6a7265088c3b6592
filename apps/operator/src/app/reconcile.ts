/** Brings one platform a step closer to what its resource says. */
import { isDeepStrictEqual } from 'node:util'
import { parsePlatform, type QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import type { QuizPlatformStatus } from '@quizboard/cdk8s/crd/status.ts'
import type { LiveObject } from '../domain/observed.ts'
import { buildOf, isPaused, type Plan, type PlanSettings, planPlatform } from '../domain/plan.ts'
import { secretNeeds } from '../domain/secret-needs.ts'
import { invalidStatus, withFailures } from '../domain/status.ts'
import { type Cluster, type PlatformRef, Refusal } from '../ports/cluster.ts'

/** `requeueMs`: look again then; undefined: when something changes. */
export interface Outcome {
  requeueMs: number | undefined
}
const done: Outcome = { requeueMs: undefined }

export interface ReconcileTools {
  cluster: Cluster
  settings: PlanSettings
  now(): number
  /** What was done, for the log. */
  onPlan?(ref: PlatformRef, plan: Plan): void
}

/**
 * Rejects when something failed: then it is to be tried again, later and later. What somebody has to act on is in the platform's
 * conditions before.
 */
export const reconcilePlatform = async (ref: PlatformRef, tools: ReconcileTools): Promise<Outcome> => {
  const resource = tools.cluster.getPlatform(ref)
  // Deleted: Kubernetes collects what belongs to it.
  if (!resource || resource.metadata.deletionTimestamp) return done
  const parsed = parsePlatform(resource, { unknownFields: 'ignore' })
  if (!parsed.ok) {
    const told = { now: tools.now(), operatorVersion: tools.settings.version }
    await writeStatus(ref, resource, invalidStatus(bareOf(resource), parsed.problems, told), tools)
    return done
  }
  const { platform } = parsed
  const plan = await planFor(platform, tools).catch(async (error: unknown) => {
    if (error instanceof Refusal) await tellRefusal(ref, resource, platform, error, tools)
    throw error
  })
  tools.onPlan?.(ref, plan)
  const refusals = await carryOut(platform, plan, tools)
  await writeStatus(ref, resource, withFailures(plan.status, refusals, tools.now()), tools)
  tools.cluster.tell(platform, plan.events)
  const [first] = refusals
  if (first) throw first
  return { requeueMs: plan.requeueMs }
}

const planFor = async (platform: QuizPlatform, { cluster, settings }: ReconcileTools): Promise<Plan> => {
  // Which Secrets there have to be does not depend on what is in them.
  const build = buildOf(platform, { secrets: new Map() }, settings)
  const names = isPaused(platform) ? [] : secretNeeds(build).map(({ ref }) => ref.name)
  return planPlatform(platform, await cluster.observe(platform, [...new Set(names)]), settings)
}

/** Everything that can be done is done: one refusal does not keep the rest back. */
const carryOut = async (platform: QuizPlatform, plan: Plan, { cluster }: ReconcileTools): Promise<Refusal[]> => {
  const refusals: Refusal[] = []
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusals.push(error)
    }
  }
  // One after the other: a Deployment must not come before the Secret that it mounts.
  for (const secret of plan.secrets) await attempt(() => cluster.makeSecret(platform, secret))
  for (const object of plan.apply) await attempt(() => cluster.apply(platform, object))
  for (const removal of plan.remove) await attempt(() => cluster.remove(platform, removal))
  return refusals
}

/** Refused before there was a plan: what was known stays, with the refusal in front. */
const tellRefusal = (
  ref: PlatformRef,
  resource: LiveObject,
  { metadata, status }: QuizPlatform,
  refusal: Refusal,
  tools: ReconcileTools,
): Promise<void> => {
  const known = { ...status, observedGeneration: metadata.generation, operatorVersion: tools.settings.version }
  return writeStatus(ref, resource, withFailures(known, [refusal], tools.now()), tools)
}

/** A status that says the same is not written: it would only wake everybody who watches. */
const writeStatus = async (
  ref: PlatformRef,
  resource: LiveObject,
  status: QuizPlatformStatus,
  { cluster }: ReconcileTools,
): Promise<void> => {
  if (!isDeepStrictEqual(resource.status, status)) await cluster.writeStatus(ref, status)
}

/** Enough of a platform whose spec cannot be read to write its status. */
const bareOf = ({ metadata, status }: LiveObject): QuizPlatform => ({
  metadata: {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    generation: metadata.generation ?? 0,
    annotations: metadata.annotations ?? {},
  },
  spec: {} as QuizPlatform['spec'],
  status,
})
