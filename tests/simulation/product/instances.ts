/** Starts the services on a process, each on its handles of what is durable. */
import type { AnswerApp } from '@quizboard/answer-service/app/answer-app.ts'
import type { AnswerStore, Replica } from '@quizboard/answer-service/ports/answer-store.ts'
import type { Peers } from '@quizboard/answer-service/ports/peers.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Answers } from '@quizboard/quiz-service/ports/answers.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Moments } from '../engine/moments.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'
import type { Durable } from '../stores/durable.ts'
import { type AnswerInstance, startAnswers } from './answer-process.ts'
import { createBoardNetwork } from './board-network.ts'
import { type BoardInstance, startBoard } from './board-process.ts'
import { type QuizInstance, startQuizzes } from './quiz-process.ts'

/** Lets a test put a fault of its own between the product and a port. */
export interface Wrappers {
  answerStore?(store: AnswerStore): AnswerStore
  answerLog?(log: EventLog): EventLog
  boardStore?(store: BoardStore): BoardStore
  boardLog?(log: EventLog): EventLog
  peers?(peers: Peers): Peers
  /** As the quiz-service asks it. */
  answers?(answers: Answers): Answers
}

/** One attempt at a stop, and at a page of a regrade, as the adapter has them. */
const STOP_TRY_MS = 2_000
const REGRADE_TRY_MS = 5_000
const STALL_MS = 2_500
const BLOCK_MS = 3_000

export type Instance = QuizInstance | AnswerInstance | BoardInstance

/** A request between services is the worst moment for whatever can happen to the one that is asked. */
export interface RequestFaults {
  lost: () => number
  stalls: () => number
  isBlocked: () => number
}

export interface Instances {
  startQuizzes(process: Process): QuizInstance
  startAnswers(process: Process): AnswerInstance
  startBoard(process: Process): BoardInstance
  readonly all: ReadonlySet<Instance>
  /** Nothing gets through between its board and the others for so long. */
  cut(process: Process, ms: number): void
  /** All of it ends in good order, as on SIGTERM; `onLeft`: its viewers are sent away. */
  end(process: Process, onLeft: () => void): Promise<void>
  /** Its instances are gone. */
  crashed(process: Process): void
}

export const createInstances = (parts: {
  scheduler: Scheduler
  durable: Durable
  wrappers: Wrappers
  logger: Logger
  moments: Moments
  standbys: number
  tight: boolean
  /** What goes wrong with requests of one service to another, as shares of them. */
  requests: RequestFaults
}): Instances => {
  const { scheduler, durable, wrappers, logger, moments, standbys, tight, requests } = parts
  const { log, boards, quizzes } = durable
  const network = createBoardNetwork(scheduler, log.partitions, tight ? 2 : undefined)
  const all = new Set<Instance>()
  const started = <I extends Instance>(instance: I): I => {
    all.add(instance)
    return instance
  }

  /** A request to an answer-service: it may be lost with either process, or on the way, and then there is no reply. */
  const ask = <T>(asker: Process, replica: AnswerInstance, what: string, work: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const { process } = replica
      const { random } = scheduler
      const isOther = process !== asker
      const isLost = () => isOther && random.chance(requests.lost() / 2)
      moments.happen()
      if (isLost()) return
      process.after(scheduler.latency(), `is asked to ${what}`, () => {
        if (isOther && random.chance(requests.stalls())) stall(process)
        if (random.chance(requests.isBlocked())) block(process)
        const reply = (settle: () => void) => isLost() || asker.after(scheduler.latency(), '', settle)
        process.after(0, '', () => {
          work().then(
            (value) => reply(() => resolve(value)),
            (error) => reply(() => reject(error)),
          )
        })
      })
    })
  const block = (process: Process) => {
    const ms = scheduler.random.int(BLOCK_MS)
    scheduler.trace.add(`${scheduler.now()} ${process.name} cannot reach its stores for ${ms} ms`)
    process.block(ms, scheduler.random.chance(0.5))
  }
  const stall = (process: Process) => {
    const ms = scheduler.random.int(STALL_MS)
    scheduler.trace.add(`${scheduler.now()} ${process.name} stalls for ${ms} ms`)
    process.stall(ms)
  }
  const refuse = (asker: Process, why: string) =>
    new Promise<never>((_, reject) => {
      asker.after(scheduler.latency(), '', () => reject(new Error(why)))
    })
  const answers = () => [...all].filter((instance) => instance.kind === 'answers')

  const peersOf = (asker: Process): Peers => {
    const tell = async <T>(
      { id, address }: Replica,
      what: string,
      work: (app: AnswerApp) => Promise<T | undefined>,
    ) => {
      const replica = answers().find(({ process }) => process.name === address)
      if (!replica) return refuse(asker, `nobody is at ${address}`)
      const done = await ask(asker, replica, `${what} as ${id}`, () => work(replica.app))
      if (done === undefined) throw new Error(`${address} is another registration by now`)
      return done
    }
    return {
      stop: (replica, quizId, questionIds) =>
        tell(replica, `stop ${questionIds.join(' ')}`, (app) => app.stopHere(replica.id, quizId, questionIds)),
      async revoke(replica, quizId, questionId) {
        const work = async (app: AnswerApp) => (await app.revokeHere(replica.id, quizId, questionId)) || undefined
        await tell(replica, `revoke ${questionId}`, work)
      },
    }
  }
  /** As the adapter does it: one replica after the other, until one answers. */
  const insist = async <T>(asker: Process, tryMs: number, what: string, work: (app: AnswerApp) => Promise<T>) => {
    for (;;) {
      const replicas = answers()
      const replica = replicas.length > 0 ? scheduler.random.pick(replicas) : undefined
      const attempt = replica
        ? ask(asker, replica, what, () => work(replica.app))
        : refuse(asker, 'there is no answer-service')
      if (await within(asker.clock, tryMs, attempt).catch(() => false)) return attempt
      await asker.clock.sleep(100)
    }
  }

  const answersFor = (asker: Process): Answers => ({
    stopAccepting: (quizId, questionIds) =>
      insist(asker, STOP_TRY_MS, `stop ${questionIds.join(' ')} everywhere`, (app) =>
        app.stopAccepting(quizId, questionIds),
      ),
    answered: async () => [],
    regrade: (quiz_id, { after, ...correction }) =>
      insist(asker, REGRADE_TRY_MS, `regrade ${correction.question_id}`, (app) =>
        app.regrade({ quiz_id, ...correction }, after),
      ),
  })

  return {
    all,
    startQuizzes(process) {
      const asked = answersFor(process)
      return started(
        startQuizzes({
          process,
          store: quizzes.open(process),
          eventLog: log.open(process),
          answers: wrappers.answers?.(asked) ?? asked,
          random: scheduler.random,
          logger,
        }),
      )
    },
    startAnswers(process) {
      const store = durable.answers.open(process)
      const eventLog = log.open(process)
      const peers = peersOf(process)
      return started(
        startAnswers({
          ...{ process, logger, tight },
          store: wrappers.answerStore?.(store) ?? store,
          eventLog: wrappers.answerLog?.(eventLog) ?? eventLog,
          peers: wrappers.peers?.(peers) ?? peers,
        }),
      )
    },
    startBoard(process) {
      const store = boards.open(process)
      const eventLog = log.open(process)
      const instance = startBoard({
        ...{ process, standbys, tight },
        store: wrappers.boardStore?.(store) ?? store,
        membership: durable.members.open(process),
        peers: network.peersOf(process),
        log: wrappers.boardLog?.(eventLog) ?? eventLog,
        onError: (err) => logger.warn({ err }, 'the board met an error'),
      })
      network.listen(process, instance.shards)
      return started(instance)
    },
    cut: (process, ms) => network.cut(process, ms),
    async end(process, onLeft) {
      const mine = [...all].filter((instance) => instance.process === process)
      for (const instance of mine) if (instance.kind === 'board') await instance.leave()
      onLeft()
      for (const instance of mine) await instance.stop()
    },
    crashed(process) {
      network.gone(process)
      for (const instance of all) if (instance.process === process) all.delete(instance)
    },
  }
}
