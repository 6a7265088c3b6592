/**
 * A cluster in memory, for tests of the planner: what a plan applies becomes live, and the tests play the other controllers. It knows
 * no API: objects are kept as they are applied, with a uid and a generation.
 */
import type { QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import { MANAGED_KINDS } from '@quizboard/cdk8s/kinds/all.ts'
import type { Kind, KubeObject } from '@quizboard/cdk8s/kinds/kind.ts'
import { type Fields, platformOf } from '@quizboard/cdk8s/testing/samples.ts'
import {
  idOf,
  type KindState,
  type LiveObject,
  type Observed,
  type PodTrouble,
  type SecretFacts,
} from '../domain/observed.ts'
import { type Plan, planPlatform } from '../domain/plan.ts'

export interface FakeWorld {
  platform: QuizPlatform
  now: number
  readonly objects: Map<string, LiveObject>
  readonly secrets: Map<string, SecretFacts>
  readonly kinds: Map<string, KindState>
  podTroubles: PodTrouble[]
  signingKey: 'good' | 'bad'
  /** Plans once and does what the plan says. */
  step(): Plan
  /** Steps until a plan has nothing to do; the last plan. */
  settle(): Plan
  /** `kind/name`. Throws if it is not there. */
  get(id: string): LiveObject
  has(id: string): boolean
  ids(kind: string): string[]
  secret(name: string, keys: Record<string, string>): void
  change(spec: Fields): void
}

const VERSION = '0.1.0'
const FIRST_SIGHT = '2026-01-01T00:00:00Z'

export const createFakeWorld = (spec: Fields, metadata: Fields = {}): FakeWorld => {
  let made = 0
  const objects = new Map<string, LiveObject>()
  const secrets = new Map<string, SecretFacts>()
  const apply = (object: KubeObject) => {
    const known = objects.get(idOf(object))
    const before = known ? JSON.stringify({ ...known, metadata: undefined, status: undefined }) : undefined
    const changed = before !== JSON.stringify({ ...structuredClone(object), metadata: undefined, status: undefined })
    objects.set(idOf(object), {
      ...structuredClone(object),
      ...(known?.status !== undefined && { status: known.status }),
      metadata: {
        ...structuredClone(object.metadata),
        uid: known?.metadata.uid ?? `uid-${++made}`,
        generation: (known?.metadata.generation ?? 0) + (changed ? 1 : 0),
        creationTimestamp: known?.metadata.creationTimestamp ?? new Date(world.now).toISOString(),
      },
    })
  }
  const observe = (): Observed => ({
    now: world.now,
    objects,
    kindState: ({ kind }: Kind) => world.kinds.get(kind) ?? 'served',
    secrets,
    publicKeys: publicKeysOf(world),
    podTroubles: world.podTroubles,
  })
  const find = (id: string) => [...objects.values()].find(({ kind, metadata }) => `${kind}/${metadata.name}` === id)

  const world: FakeWorld = {
    platform: platformOf(spec, { uid: 'platform-uid', generation: 1, ...metadata }),
    now: Date.parse(FIRST_SIGHT),
    objects,
    secrets,
    kinds: new Map(),
    podTroubles: [],
    signingKey: 'good',
    step() {
      const plan = planPlatform(world.platform, observe(), { version: VERSION, ruleGroups: [] })
      for (const { name, data } of plan.secrets)
        world.secret(name, Object.fromEntries(Object.keys(data).map((key) => [key, `${name}-${key}`])))
      for (const object of plan.apply) apply(object)
      for (const { apiVersion, kind, name } of plan.remove) objects.delete(`${apiVersion}/${kind}/${name}`)
      world.platform = { ...world.platform, status: plan.status }
      return plan
    },
    settle() {
      for (let i = 0; i < 10; i++) {
        const plan = world.step()
        if (plan.apply.length + plan.remove.length + plan.secrets.length === 0) return plan
      }
      throw new Error('the plans never end')
    },
    get(id) {
      const object = find(id)
      if (!object) throw new Error(`there is no ${id}, only ${[...objects.keys()].join(', ')}`)
      return object
    },
    has: (id) => find(id) !== undefined,
    ids: (kind) => [...objects.values()].filter((object) => object.kind === kind).map(({ metadata }) => metadata.name),
    secret(name, keys) {
      const facts = Object.entries(keys).map(([key, value]) => [key, { hash: value, hasQuery: value.includes('?') }])
      secrets.set(name, { keys: Object.fromEntries(facts) })
    },
    change(next) {
      const { metadata: before, status } = world.platform
      const { uid, generation, annotations } = before
      world.platform = { ...platformOf(next, { uid, generation: generation + 1, annotations }), status }
    },
  }
  return world
}

const publicKeysOf = ({ platform, secrets, signingKey }: FakeWorld): Observed['publicKeys'] => {
  const { name } = platform.spec.secrets.signingKey ?? { name: `${platform.metadata.name}-signing-key` }
  if (!secrets.has(name)) return undefined
  return signingKey === 'good' ? { ok: true, jwks: { keys: [] } } : { ok: false, problem: 'the signing key is no key' }
}

/** Kinds of other operators. */
export const foreignKinds = () => MANAGED_KINDS.filter(({ from }) => from !== undefined)

const condition = (type: string, status = 'True', more: Fields = {}) => ({
  type,
  status,
  lastTransitionTime: FIRST_SIGHT,
  ...more,
})

/** What other controllers do, for `id` (kind/name). */
export const play = (world: FakeWorld) => ({
  statefulSetReady(name: string) {
    const live = world.get(`StatefulSet/${name}`)
    live.status = {
      observedGeneration: live.metadata.generation,
      readyReplicas: 1,
      currentRevision: 'a',
      updateRevision: 'a',
    }
  },
  jobDone(prefix: string) {
    world.get(`Job/${jobName(world, prefix)}`).status = { conditions: [condition('Complete')] }
  },
  jobFailed(prefix: string) {
    const lastTransitionTime = new Date(world.now).toISOString()
    world.get(`Job/${jobName(world, prefix)}`).status = {
      conditions: [
        condition('Failed', 'True', {
          reason: 'BackoffLimitExceeded',
          message: 'it has failed five times',
          lastTransitionTime,
        }),
      ],
    }
  },
  rolledOut(name: string) {
    const live = world.get(`Deployment/${name}`)
    // biome-ignore lint/suspicious/noExplicitAny: plain JSON.
    const replicas = (live.spec as any).replicas ?? 1
    live.status = {
      observedGeneration: live.metadata.generation,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    }
  },
  conditions(id: string, ...conditions: [type: string, status?: string, more?: Fields][]) {
    const live = world.get(id)
    live.status = {
      ...live.status,
      observedGeneration: live.metadata.generation,
      conditions: conditions.map((one) => condition(...one)),
    }
  },
})

export const jobName = (world: FakeWorld, prefix: string): string => {
  const name = world.ids('Job').find((one) => one.startsWith(prefix))
  if (!name) throw new Error(`there is no Job ${prefix}…, only ${world.ids('Job').join(', ')}`)
  return name
}

const NAMES = [
  'quizboard-quiz-service',
  'quizboard-answer-service',
  'quizboard-leaderboard-service',
  'quizboard-gateway',
]

/** Everything that a bundled platform takes, to the end. */
export const bringUpBundled = (world: FakeWorld): Plan => {
  const player = play(world)
  world.settle()
  for (const store of ['kafka', 'mongodb', 'postgresql']) player.statefulSetReady(`quizboard-${store}`)
  world.settle()
  for (const work of ['topics', 'migrate']) player.jobDone(`quizboard-${work}`)
  world.settle()
  player.rolledOut('quizboard-quiz-service')
  world.settle()
  for (const name of NAMES) player.rolledOut(name)
  return world.settle()
}

export const verdictOf = (plan: Plan, type: string) => {
  const found = plan.status.conditions?.find((one) => one.type === type)
  if (!found) throw new Error(`there is no condition ${type}`)
  const { status, reason, message } = found
  return { status, reason, message }
}
