/** Which services share a process, and what becomes of processes: crashes, ends, restarts, stalls, a network that is cut. */
import type { Moments } from './engine/moments.ts'
import { createProcess, type Process } from './engine/process.ts'
import type { Scheduler } from './engine/scheduler.ts'
import type { Plan } from './plan.ts'
import type { Instance, Instances } from './product/instances.ts'

export interface Deployment {
  start(): void
  /** An instance that takes requests. */
  reach<K extends Instance['kind']>(kind: K): Extract<Instance, { kind: K }> | undefined
  /** Called when a process has crashed, or sends its viewers away. */
  onCrash(listener: (process: Process) => void): void
}

/** As a container has it. */
const END_MS = 30_000

/** What crashes together. */
interface Domain {
  name: string
  /** The one that is wanted. */
  process: Process | undefined
  /** It takes requests. */
  up: boolean
  /** Resolves once it takes requests. */
  start(process: Process): Promise<void>
}

export const createDeployment = (
  scheduler: Scheduler,
  plan: Plan,
  instances: () => Instances,
  unrest: () => boolean,
  moments: Moments,
): Deployment => {
  const { random, trace } = scheduler
  const listeners: ((process: Process) => void)[] = []
  const domains = domainsOf(plan, instances)
  let generation = 0

  const start = (domain: Domain) => {
    const isRemote = plan.topology === 'apart'
    const process = createProcess(scheduler, `${domain.name}.${++generation}`, {
      isRemote,
      failureRate: () => (unrest() ? plan.failureRate : 0),
      givenUpRate: () => (unrest() ? plan.givenUpRate : 0),
      slowRate: () => (unrest() ? plan.slowRate : 0),
      rareSlowRate: () => (unrest() ? plan.rareSlowRate : 0),
      rareFailureRate: () => (unrest() ? plan.rareFailureRate : 0),
      skewMs: isRemote ? random.int(41) - 20 : 0,
    })
    domain.process = process
    domain.up = false
    trace.add(`${scheduler.now()} ${process.name} starts`)
    domain.start(process).then(
      () => {
        if (domain.process === process) domain.up = true
      },
      // A service that cannot start ends, and whoever runs it starts it again.
      () => crash(domain, process),
    )
  }
  const crash = (domain: Domain, process: Process) => {
    if (!process.alive) return
    trace.add(`${scheduler.now()} ${process.name} crashes`)
    process.crash()
    instances().crashed(process)
    for (const listener of listeners) listener(process)
    if (domain.process !== process) return
    domain.process = undefined
    domain.up = false
    scheduler.after(20 + random.int(2_000), '', () => {
      if (!domain.process) start(domain)
    })
  }
  const end = (domain: Domain, process: Process) => {
    trace.add(`${scheduler.now()} ${process.name} is to end`)
    domain.up = false
    const tell = () => {
      for (const listener of listeners) listener(process)
    }
    instances()
      .end(process, tell)
      .then(
        () => crash(domain, process),
        () => crash(domain, process),
      )
    // Whoever waits for it waits no longer.
    scheduler.after(END_MS, '', () => crash(domain, process))
  }
  const crashSomething = () => {
    const domain = random.pick(domains)
    const { process, name } = domain
    if (!process) return
    if (random.chance(plan.stallShare)) {
      const ms = random.chance(0.7) ? random.int(1_500) : random.int(12_000)
      trace.add(`${scheduler.now()} ${process.name} stalls for ${ms} ms`)
      return process.stall(ms)
    }
    if (random.chance(plan.blockShare)) {
      const ms = random.int(8_000)
      trace.add(`${scheduler.now()} ${process.name} cannot reach its stores for ${ms} ms`)
      return process.block(ms, false)
    }
    if (name.startsWith('board') && random.chance(plan.cutShare)) {
      const ms = random.int(8_000)
      trace.add(`${scheduler.now()} ${process.name} is cut off for ${ms} ms`)
      return instances().cut(process, ms)
    }
    if (domain.up && random.chance(plan.endShare)) return end(domain, process)
    crash(domain, process)
  }
  const crashLater = () => {
    scheduler.after(1 + random.int(2 * plan.crashEveryMs), '', () => {
      const strike = () => {
        if (!unrest()) return
        crashSomething()
        crashLater()
      }
      if (random.chance(0.3)) void moments.next(1_000).then(strike)
      else strike()
    })
  }

  return {
    start() {
      for (const domain of domains) start(domain)
      crashLater()
    },
    reach<K extends Instance['kind']>(kind: K) {
      const isUp = ({ process }: Instance) => domains.some((domain) => domain.up && domain.process === process)
      const up = [...instances().all].filter(
        (instance): instance is Extract<Instance, { kind: K }> => instance.kind === kind && isUp(instance),
      )
      return up.length === 0 ? undefined : random.pick(up)
    },
    onCrash: (listener) => void listeners.push(listener),
  }
}

const domainsOf = (plan: Plan, instances: () => Instances): Domain[] => {
  const domain = (name: string, start: Domain['start']): Domain => ({ name, process: undefined, up: false, start })
  if (plan.topology === 'together')
    return [
      domain('product', async (process) => {
        // As the launcher does it: what a crash left in the outbox goes out before the others read the log.
        await instances().startQuizzes(process).started
        await Promise.all([instances().startAnswers(process).started, instances().startBoard(process).started])
      }),
    ]
  return [
    ...Array.from({ length: plan.quizReplicas }, (_, i) =>
      domain(`quizzes${i}`, (process) => instances().startQuizzes(process).started),
    ),
    ...Array.from({ length: plan.answerReplicas }, (_, i) =>
      domain(`answers${i}`, (process) => instances().startAnswers(process).started),
    ),
    ...Array.from({ length: plan.boardReplicas }, (_, i) =>
      domain(`board${i}`, (process) => instances().startBoard(process).started),
    ),
  ]
}
