/** Starts the services on a process, each on its handles of what is durable. */
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'
import type { Durable } from '../stores/durable.ts'
import { type AnswerInstance, startAnswers } from './answer-process.ts'
import { type BoardInstance, startBoard } from './board-process.ts'
import { type QuizInstance, startQuizzes } from './quiz-process.ts'

/** Lets a test put a fault of its own between the product and a port. */
export interface Wrappers {
  answerStore?(store: AnswerStore): AnswerStore
  boardStore?(store: BoardStore): BoardStore
  boardLog?(log: EventLog): EventLog
}

export type Instance = QuizInstance | AnswerInstance | BoardInstance

export interface Instances {
  startQuizzes(process: Process): QuizInstance
  startAnswers(process: Process): AnswerInstance
  startBoard(process: Process): BoardInstance
  readonly all: ReadonlySet<Instance>
  /** Its instances are gone. */
  crashed(process: Process): void
}

export const createInstances = (parts: {
  scheduler: Scheduler
  durable: Durable
  wrappers: Wrappers
  logger: Logger
  /** The board of this process has lost a partition. */
  onLost(process: Process): void
}): Instances => {
  const { scheduler, durable, wrappers, logger, onLost } = parts
  const { log, answers, boards, quizzes } = durable
  const all = new Set<Instance>()
  const waitingFor = new Map<Process, (() => void)[]>()
  const started = <I extends Instance>(instance: I): I => {
    all.add(instance)
    return instance
  }

  /** Between two processes. One that crashes meanwhile accepts nothing; its successor has read `closing` in the log. */
  const tellToStop = (asker: Process, replica: AnswerInstance, quizId: string, questionIds: readonly string[]) =>
    new Promise<void>((resolve) => {
      waitingFor.set(replica.process, [...(waitingFor.get(replica.process) ?? []), resolve])
      const label = `${replica.process.name} is told to stop ${questionIds.join(' ')}`
      scheduler.after(scheduler.latency(), label, async () => {
        if (!replica.process.alive) return
        await replica.app.stopAccepting(quizId, questionIds)
        asker.after(scheduler.latency(), '', resolve)
      })
    })

  return {
    all,
    startQuizzes: (process) =>
      started(
        startQuizzes({
          process,
          store: quizzes.open(process),
          eventLog: log.open(process),
          answers: {
            // To every replica that runs or is about to.
            async stopAccepting(quizId, questionIds) {
              const replicas = [...all].filter((instance) => instance.kind === 'answers')
              await Promise.all(
                replicas.map((replica) =>
                  replica.process === process
                    ? replica.app.stopAccepting(quizId, questionIds)
                    : tellToStop(process, replica, quizId, questionIds),
                ),
              )
            },
            answered: async () => [],
          },
          random: scheduler.random,
          logger,
        }),
      ),
    startAnswers(process) {
      const store = answers.open(process)
      return started(startAnswers(process, wrappers.answerStore?.(store) ?? store, log.open(process), logger))
    },
    startBoard(process) {
      const store = boards.open(process)
      const eventLog = log.open(process)
      const onError = (err: unknown) => logger.warn({ err }, 'the board met an error')
      return started(
        startBoard(
          process,
          wrappers.boardStore?.(store) ?? store,
          wrappers.boardLog?.(eventLog) ?? eventLog,
          onError,
          () => onLost(process),
        ),
      )
    },
    crashed(process) {
      for (const instance of all) if (instance.process === process) all.delete(instance)
      for (const resolve of waitingFor.get(process) ?? []) resolve()
      waitingFor.delete(process)
    },
  }
}
