/** A simulated world: what is durable, the processes that run on it, crashes and restarts, and how clients reach them. */

import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import { type Logger, silentLogger } from '@quizboard/shared/kit/logger.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { createProcess, type Process } from './engine/process.ts'
import type { Scheduler } from './engine/scheduler.ts'
import { type Facts, newFacts } from './facts.ts'
import { watchCommits } from './oracle/commits.ts'
import type { Plan } from './plan.ts'
import { type AnswerInstance, startAnswers } from './product/answer-process.ts'
import { type BoardInstance, startBoard } from './product/board-process.ts'
import { type QuizInstance, startQuizzes } from './product/quiz-process.ts'
import { createSimEventLog, type SimEventLog } from './stores/sim-event-log.ts'
import { createSimQuizStore, type SimQuizStore } from './stores/sim-quiz-store.ts'
import { createSimAnswerStore, createSimBoardStore, type Durable } from './stores/sim-stores.ts'

/** Lets a test put a fault of its own between the product and a port. */
export interface Wrappers {
  answerStore?(store: AnswerStore): AnswerStore
  boardStore?(store: BoardStore): BoardStore
  boardLog?(log: EventLog): EventLog
}

type Instance = QuizInstance | AnswerInstance | BoardInstance
type Reply<T> = { kind: 'reply'; value: T } | { kind: 'unreachable' } | { kind: 'lost' } | { kind: 'failed' }

export interface World {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly plan: Plan
  readonly facts: Facts
  readonly log: SimEventLog
  readonly answers: Durable<AnswerStore>
  readonly boards: Durable<BoardStore>
  readonly quizzes: SimQuizStore
  /** A rule was broken. The run goes on to its end of the moment and fails. */
  violate(rule: string, detail: string): void
  readonly violations: readonly string[]
  start(): void
  /** Things go wrong. */
  readonly unrest: boolean
  /** From now on nothing goes wrong any more, and what is down starts. */
  calm(): void
  /** An instance that takes requests. */
  reach<K extends Instance['kind']>(kind: K): Extract<Instance, { kind: K }> | undefined
  /** A request of a client: to an instance, over a network, with the client's patience. */
  request<I extends Instance, T>(
    label: string,
    reach: () => I | undefined,
    run: (instance: I) => Promise<T>,
  ): Promise<Reply<T>>
  /** Called when a process has crashed. */
  onCrash(listener: (process: Process) => void): void
}

const PATIENCE_MS = 3_000

export const createWorld = (scheduler: Scheduler, plan: Plan, wrappers: Wrappers, logger?: Logger): World => {
  const { random, trace } = scheduler
  const facts = newFacts()
  const violations: string[] = []
  const crashListeners: ((process: Process) => void)[] = []
  let unrest = true
  const violate = (rule: string, detail: string) => {
    trace.add(`VIOLATION ${rule} ${detail}`)
    violations.push(`[${rule}] ${detail} (at ${new Date(scheduler.now()).toISOString()}, step ${scheduler.steps})`)
  }

  const log = createSimEventLog(scheduler, plan.partitions, () => unrest)
  const answers = createSimAnswerStore(scheduler, watchCommits(facts, violate))
  const boards = createSimBoardStore()
  const quizzes = createSimQuizStore(scheduler.now, ({ current, state }) => {
    if (!current) return
    const { question_id } = current.question
    facts.opened.set(question_id, { openedAt: current.openedAt, deadline: current.deadline })
    for (const [id] of facts.opened) if (id !== question_id && isOfSameQuiz(id, question_id)) facts.closed.add(id)
    if (current.state === 'closed' || state === 'closed') facts.closed.add(question_id)
  })

  const running = new Set<Instance>()
  let generation = 0
  const newProcess = (name: string): Process => {
    const isRemote = plan.topology === 'apart'
    return createProcess(scheduler, `${name}.${++generation}`, {
      isRemote,
      failureRate: () => (unrest ? plan.failureRate : 0),
      skewMs: isRemote ? random.int(41) - 20 : 0,
    })
  }
  const parts = { log: logger ?? silentLogger() }

  const startAnswersOn = (process: Process) => {
    const store = wrappers.answerStore?.(answers.open(process)) ?? answers.open(process)
    const instance = startAnswers(process, store, log.open(process), parts.log)
    running.add(instance)
    return instance
  }
  const startBoardOn = (process: Process) => {
    const store = wrappers.boardStore?.(boards.open(process)) ?? boards.open(process)
    const eventLog = wrappers.boardLog?.(log.open(process)) ?? log.open(process)
    const onError = (err: unknown) => parts.log.warn({ err }, 'the board met an error')
    // One that has lost a partition ends, as it would without its lease; whoever is wanted starts again.
    const onLost = () => {
      const domain = domains.find(({ name }) => process.name.startsWith(`${name}.`))
      process.after(random.int(1_000), 'gives up', () => domain && crash(domain, process))
    }
    const instance = startBoard(process, store, eventLog, onError, onLost)
    running.add(instance)
    return instance
  }
  /** To every replica that runs or is about to: in one process a call, between processes requests. */
  const stopAccepting = async (process: Process, quizId: string, questionIds: readonly string[]) => {
    const replicas = [...running].filter((instance) => instance.kind === 'answers')
    await Promise.all(
      replicas.map(async (replica) => {
        if (replica.process === process) return replica.app.stopAccepting(quizId, questionIds)
        // A replica that has crashed accepts nothing; its successor reads `closing` in the log before it accepts anything.
        await new Promise<void>((resolve) => {
          crashListeners.push((crashed) => {
            if (crashed === replica.process) resolve()
          })
          scheduler.after(
            scheduler.latency(),
            `${replica.process.name} is told to stop ${questionIds.join(' ')}`,
            () => {
              if (!replica.process.alive) return resolve()
              void replica.app
                .stopAccepting(quizId, questionIds)
                .then(() => void process.after(scheduler.latency(), '', resolve))
            },
          )
        })
      }),
    )
  }
  const startQuizzesOn = (process: Process) => {
    const instance = startQuizzes({
      process,
      store: quizzes.open(process),
      eventLog: log.open(process),
      answers: {
        stopAccepting: (quizId, questionIds) => stopAccepting(process, quizId, questionIds),
        answered: async () => [],
      },
      random,
      logger: parts.log,
    })
    running.add(instance)
    return instance
  }

  const domains = domainsOf(plan, { startAnswersOn, startBoardOn, startQuizzesOn })

  const start = (domain: Domain) => {
    const process = newProcess(domain.name)
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
    for (const instance of running) if (instance.process === process) running.delete(instance)
    process.crash()
    for (const listener of [...crashListeners]) listener(process)
    if (domain.process !== process) return
    domain.process = undefined
    domain.up = false
    scheduler.after(20 + random.int(2_000), '', () => {
      if (!domain.process) start(domain)
    })
  }
  const crashLater = () => {
    const ms = 1 + random.int(2 * plan.crashEveryMs)
    scheduler.after(ms, '', () => {
      if (!unrest) return
      const domain = random.pick(domains)
      const process = domain.process
      if (process && domain.name === 'board' && plan.takeovers && random.chance(0.5)) {
        // The old owner goes on for a while: it does not know yet.
        start(domain)
        process.after(random.int(4_000), '', () => crash(domain, process))
      } else if (process) crash(domain, process)
      crashLater()
    })
  }
  const compactLater = () => {
    scheduler.after(500 + random.int(3_000), '', () => {
      log.compact()
      if (unrest) compactLater()
    })
  }

  const isUp = ({ process }: Instance) => domains.some((domain) => domain.up && domain.process === process)

  return {
    scheduler,
    random,
    plan,
    facts,
    log,
    answers,
    boards,
    quizzes,
    violate,
    violations,
    get unrest() {
      return unrest
    },
    start() {
      for (const domain of domains) start(domain)
      crashLater()
      compactLater()
    },
    calm() {
      unrest = false
      trace.add(`${scheduler.now()} calm`)
    },
    reach<K extends Instance['kind']>(kind: K) {
      const up = [...running].filter(
        (instance): instance is Extract<Instance, { kind: K }> => instance.kind === kind && isUp(instance),
      )
      return up.length === 0 ? undefined : random.pick(up)
    },
    request: (label, reach, run) =>
      new Promise((resolve) => {
        scheduler.after(PATIENCE_MS, '', () => resolve({ kind: 'lost' }))
        scheduler.after(scheduler.latency(), label, () => {
          const instance = reach()
          if (!instance) return void scheduler.after(scheduler.latency(), '', () => resolve({ kind: 'unreachable' }))
          const { process } = instance
          run(instance).then(
            (value) => {
              if (process.alive) scheduler.after(scheduler.latency(), '', () => resolve({ kind: 'reply', value }))
            },
            (error) => {
              parts.log.warn({ err: error }, label)
              if (process.alive) scheduler.after(scheduler.latency(), '', () => resolve({ kind: 'failed' }))
            },
          )
        })
      }),
    onCrash: (listener) => void crashListeners.push(listener),
  }
}

const isOfSameQuiz = (a: string, b: string): boolean =>
  a.slice(0, a.lastIndexOf('-')) === b.slice(0, b.lastIndexOf('-'))

/** What crashes together. */
interface Domain {
  name: string
  process: Process | undefined
  /** Its process takes requests. */
  up: boolean
  /** Resolves once it takes requests. */
  start(process: Process): Promise<void>
}

interface Starts {
  startQuizzesOn(process: Process): QuizInstance
  startAnswersOn(process: Process): AnswerInstance
  startBoardOn(process: Process): BoardInstance
}

const domainsOf = (plan: Plan, { startQuizzesOn, startAnswersOn, startBoardOn }: Starts): Domain[] => {
  const domain = (name: string, start: Domain['start']): Domain => ({ name, process: undefined, up: false, start })
  if (plan.topology === 'together')
    return [
      domain('product', async (process) => {
        // As the launcher does it: what a crash left in the outbox goes out before the others read the log.
        await startQuizzesOn(process).started
        await Promise.all([startAnswersOn(process).started, startBoardOn(process).started])
      }),
    ]
  return [
    domain('quizzes', (process) => startQuizzesOn(process).started),
    ...Array.from({ length: plan.answerReplicas }, (_, i) =>
      domain(`answers${i}`, (process) => startAnswersOn(process).started),
    ),
    domain('board', (process) => startBoardOn(process).started),
  ]
}
