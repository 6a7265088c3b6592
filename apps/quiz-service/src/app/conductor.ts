/**
 * Runs the lifecycle: each step is one transaction with its event, and a question that is to be closed goes through
 * `closing` and the answer-services' word before its key is shown. A crash at any point leaves a state from which
 * `deadlines.ts` goes on.
 */
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { lifecycleRecord } from '../domain/events.ts'
import { type Command, type Decision, decide, type Refusal } from '../domain/lifecycle.ts'
import type { Quiz } from '../domain/quiz.ts'
import type { Answers } from '../ports/answers.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import type { OutboxRelay } from './outbox-relay.ts'

export type Outcome =
  | { kind: 'done'; quiz: Quiz; changed: boolean }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'unknown' }
  /** The answer-services did not confirm in time, or the log is away; the question stays `closing` and is finished later. */
  | { kind: 'unconfirmed' }

export interface Conductor {
  /** Resolves once the events of the command are in the log, or after a bounded wait for it. */
  run(quizId: string, command: Command): Promise<Outcome>
}

export interface ConductorOptions {
  store: QuizStore
  answers: Answers
  relay: OutboxRelay
  clock: Clock
  metrics: Metrics
  /** Called with every state that was stored. */
  onChange(quiz: Quiz): void
  stopAnswersMs: number
  logWaitMs: number
}

interface Step {
  quiz: Quiz
  decision: Decision
}

export const createConductor = (options: ConductorOptions): Conductor => {
  const { store, answers, relay, clock, metrics, onChange, stopAnswersMs, logWaitMs } = options
  const changes = metrics.counter('quizboard_lifecycle_changes_total', 'Changes of quizzes, by command', ['command'])

  /** One transaction: decide on the state as it is, store what comes of it, and its event. */
  const step = (quizId: string, command: Command, stopped: number | undefined): Promise<Step | undefined> =>
    store.withQuiz(quizId, async (work) => {
      const decision = decide(work.quiz, command, clock.now(), stopped)
      const changed = 'quiz' in decision ? decision.quiz : undefined
      if (changed) {
        await work.save(changed)
        await work.publish([lifecycleRecord(changed)])
      }
      return { quiz: changed ?? work.quiz, decision }
    })

  const inLog = () => within(clock, logWaitMs, relay.flush()).catch(() => false)

  /**
   * First `closing` is in the log, then those who accept now are told: an answer-service that starts after it was to be
   * told has read `closing` before it accepts anything. False: the log is away.
   */
  const stopAnswers = async (quizId: string, questionId: string): Promise<boolean> => {
    const isLogged = await relay.flush().then(
      () => true,
      () => false,
    )
    if (isLogged) await answers.stopAccepting(quizId, [questionId])
    return isLogged
  }

  return {
    async run(quizId, given) {
      let command = given
      let stopped: number | undefined
      // Ends: a question is stopped once, and every further round means that another call moved the quiz on.
      for (;;) {
        const taken = await step(quizId, command, stopped)
        if (!taken) return { kind: 'unknown' }
        const { quiz, decision } = taken
        if ('quiz' in decision && decision.quiz) onChange(decision.quiz)
        if (decision.kind === 'refused') return { kind: 'refused', refusal: decision.refusal }
        if (decision.kind !== 'stop_answers') {
          if (decision.kind === 'changed') changes.inc({ command: command.kind })
          await inLog()
          return { kind: 'done', quiz, changed: decision.kind === 'changed' }
        }
        // From now on the command means this question, whoever moves the quiz on meanwhile: a double click acts once.
        if (command.kind === 'next' || command.kind === 'reveal') command = { ...command, position: decision.position }
        const stopping = stopAnswers(quizId, decision.questionId)
        if (!(await within(clock, stopAnswersMs, stopping)) || !(await stopping)) return { kind: 'unconfirmed' }
        stopped = decision.position
      }
    },
  }
}
