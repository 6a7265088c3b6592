/** Which services share a process, and what becomes of processes: crashes, restarts, an owner that outlives its time. */
import { createProcess, type Process } from './engine/process.ts'
import type { Scheduler } from './engine/scheduler.ts'
import type { Plan } from './plan.ts'
import type { Instance, Instances } from './product/instances.ts'

export interface Deployment {
  start(): void
  /** An instance that takes requests. */
  reach<K extends Instance['kind']>(kind: K): Extract<Instance, { kind: K }> | undefined
  /** The board of this process has lost a partition: it ends, as it would without its lease. */
  lost(process: Process): void
  /** Called when a process has crashed. */
  onCrash(listener: (process: Process) => void): void
}

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
      skewMs: isRemote ? random.int(41) - 20 : 0,
    })
    domain.process = process
    domain.up = false
    trace.add(`${scheduler.now()} ${process.name} starts`)
    void domain.start(process).then(() => {
      if (domain.process === process) domain.up = true
    })
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
  const crashSomething = () => {
    const domain = random.pick(domains)
    const { process, name } = domain
    if (!process) return
    if (name !== 'board' || !plan.takeovers || random.chance(0.5)) return crash(domain, process)
    // The old owner goes on for a while: it does not know yet.
    start(domain)
    process.after(random.int(4_000), '', () => crash(domain, process))
  }
  const crashLater = () => {
    scheduler.after(1 + random.int(2 * plan.crashEveryMs), '', () => {
      if (!unrest()) return
      crashSomething()
      crashLater()
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
    lost(process) {
      const domain = domains.find(({ name }) => process.name.startsWith(`${name}.`))
      process.after(random.int(1_000), 'gives up', () => domain && crash(domain, process))
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
    domain('quizzes', (process) => instances().startQuizzes(process).started),
    ...Array.from({ length: plan.answerReplicas }, (_, i) =>
      domain(`answers${i}`, (process) => instances().startAnswers(process).started),
    ),
    domain('board', (process) => instances().startBoard(process).started),
  ]
}
