/** A simulated world: what is durable, the processes that run on it, and how clients reach them. */
import { type Logger, silentLogger } from '@quizboard/shared/kit/logger.ts'
import type { SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { createDeployment, type Deployment } from './deployment.ts'
import { createMoments, type Moments } from './engine/moments.ts'
import type { Scheduler } from './engine/scheduler.ts'
import { type Facts, newFacts } from './facts.ts'
import type { Plan } from './plan.ts'
import { createInstances, type Instance, type Instances, type Wrappers } from './product/instances.ts'
import { createDurable, type Durable } from './stores/durable.ts'

type Reply<T> = { kind: 'reply'; value: T } | { kind: 'unreachable' } | { kind: 'lost' } | { kind: 'failed' }

export interface World extends Durable, Pick<Deployment, 'reach' | 'onCrash'> {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly plan: Plan
  readonly facts: Facts
  readonly moments: Moments
  /** A rule was broken. The run ends soon, and fails. */
  violate(rule: string, detail: string): void
  readonly violations: readonly string[]
  /** Everything that runs. */
  readonly instances: ReadonlySet<Instance>
  start(): void
  /** Things go wrong. */
  readonly unrest: boolean
  /** From now on nothing goes wrong any more, and what is down starts. */
  calm(): void
  /** A request of a client: to an instance, over a network, with the client's patience, milliseconds. */
  request<I extends Instance, T>(
    label: string,
    reach: () => I | undefined,
    run: (instance: I) => Promise<T>,
    patienceMs?: number,
  ): Promise<Reply<T>>
}

const PATIENCE_MS = 3_000

export const createWorld = (
  scheduler: Scheduler,
  plan: Plan,
  wrappers: Wrappers,
  logger: Logger = silentLogger(),
): World => {
  const { random, trace } = scheduler
  const facts = newFacts()
  const violations: string[] = []
  let unrest = true
  const violate = (rule: string, detail: string) => {
    trace.add(`VIOLATION ${rule} ${detail}`)
    violations.push(`[${rule}] ${detail} (at ${new Date(scheduler.now()).toISOString()}, step ${scheduler.steps})`)
  }
  const moments = createMoments(scheduler)
  const durable = createDurable(scheduler, plan.partitions, plan.lagShare, facts, () => unrest, violate, moments)
  const { log } = durable
  const deployment = createDeployment(
    scheduler,
    plan,
    () => instances,
    () => unrest,
    moments,
  )
  const { reach, onCrash } = deployment
  const instances: Instances = createInstances({
    ...{ scheduler, durable, wrappers, logger, moments },
    standbys: plan.standbys,
    tight: plan.tight,
    requests: {
      lost: () => (unrest ? plan.lossShare : 0),
      stalls: () => (unrest ? plan.stallShare / 4 : 0),
      isBlocked: () => (unrest ? plan.blockShare : 0),
    },
  })
  const compactLater = () => {
    scheduler.after(500 + random.int(3_000), '', () => {
      log.compact()
      if (unrest) compactLater()
    })
  }

  return {
    ...durable,
    scheduler,
    random,
    plan,
    facts,
    moments,
    violate,
    violations,
    instances: instances.all,
    get unrest() {
      return unrest
    },
    start() {
      deployment.start()
      compactLater()
    },
    calm() {
      unrest = false
      trace.add(`${scheduler.now()} calm`)
    },
    reach,
    request: (label, target, run, patienceMs = PATIENCE_MS) =>
      new Promise((resolve) => {
        const later = (reply: Parameters<typeof resolve>[0]) =>
          scheduler.after(scheduler.latency(), '', () => resolve(reply))
        scheduler.after(patienceMs, '', () => resolve({ kind: 'lost' }))
        scheduler.after(scheduler.latency(), label, () => {
          const instance = target()
          if (!instance) return void later({ kind: 'unreachable' })
          const { process } = instance
          process.after(0, '', () => {
            run(instance).then(
              (value) => process.alive && later({ kind: 'reply', value }),
              (err) => {
                logger.warn({ err }, label)
                if (process.alive) later({ kind: 'failed' })
              },
            )
          })
        })
      }),
    onCrash,
  }
}
