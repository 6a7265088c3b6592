/** The application on a store and a log in memory, with a clock that stands still: what the topics say is up to the test. */
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { type DefinitionEvent, type ScoreEvent, scoreEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock, type FakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { onTestFinished } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import { type AnswerApp, createAnswerApp } from '../app/answer-app.ts'
import { type Observer, silentObserver } from '../app/observer.ts'
import type { SubmitOutcome } from '../app/outcome.ts'
import type { AnswerSettings } from '../app/settings.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import { answerTo, definitionEvent, lifecycleEvent, type Moment, T0 } from './samples.ts'

export interface Harness {
  app: AnswerApp
  clock: FakeClock
  store: AnswerStore
  eventLog: EventLog
  /** Publishes the definition and a running quiz with question 1 open; gives how to go on. */
  quiz(id?: string, rules?: Parameters<typeof definitionEvent>[1], count?: number): Promise<QuizScript>
  /** Everything on `quiz.scores`, in the order of its partition. */
  scores(): Promise<ScoreEvent[]>
  /** Lets everything that can go on do so. */
  settle(): Promise<void>
}
export interface QuizScript {
  id: string
  definition: DefinitionEvent
  /** The next lifecycle event. */
  say(moment: Moment): Promise<void>
  /** As the quiz-service does it: stop, then closed. */
  closeQuestion(position: number): Promise<void>
  answer(user: string, position: number, right: boolean, answer_id?: string): Promise<SubmitOutcome>
}

export interface HarnessOptions {
  store?: AnswerStore
  eventLog?: EventLog
  clock?: FakeClock
  observer?: Partial<Observer>
  settings?: Partial<AnswerSettings>
  /** Default: true. */
  started?: boolean
}

/** Several harnesses may share a store. */
let registrations = 0

export const createHarness = async (options: HarnessOptions = {}): Promise<Harness> => {
  const clock = options.clock ?? createFakeClock(T0)
  const store = options.store ?? createMemoryAnswerStore()
  const eventLog = options.eventLog ?? createMemoryEventLog({ partitions: 3, clock })
  const app = createAnswerApp({
    store,
    eventLog,
    clock,
    logger: silentLogger(),
    newId: () => `replica ${++registrations}`,
    observer: { ...silentObserver, ...options.observer },
    ...(options.settings ? { settings: options.settings } : {}),
  })
  if (options.started !== false) await app.start()
  const settle = async () => {
    for (let i = 0; i < 5; i++) await clock.advance(0)
  }

  const quiz: Harness['quiz'] = async (id = 'QUIZ', rules, count) => {
    const definition = definitionEvent(id, rules, count)
    let revision = 0
    const say = async (moment: Moment) => {
      const event = lifecycleEvent(definition, ++revision, moment)
      await eventLog.append([{ topic: TOPICS.lifecycle, key: id, value: JSON.stringify(event) }])
      await settle()
    }
    await eventLog.append([{ topic: TOPICS.definitions, key: id, value: JSON.stringify(definition) }])
    await say({ state: 'running', position: 1 })
    return {
      id,
      definition,
      say,
      async closeQuestion(position) {
        await say({ state: 'running', position, question: 'closing' })
        await app.stopAccepting(id, [`q${position}`])
        await say({ state: 'running', position, question: 'closed' })
      },
      answer: (user_id, position, right, answer_id) =>
        app.submit({ quiz_id: id, user_id, question_id: `q${position}`, answer: answerTo(position, right), answer_id }),
    }
  }

  return {
    app,
    clock,
    store,
    eventLog,
    quiz,
    settle,
    async scores() {
      await settle()
      const events: ScoreEvent[] = []
      const from = new Map(Array.from({ length: eventLog.partitions }, (_, partition) => [partition, 0]))
      const consumer = await eventLog.consume({
        topic: TOPICS.scores,
        from,
        onBatch: async (_, records) => {
          for (const { value } of records) events.push(scoreEvent.parse(JSON.parse(value)))
        },
      })
      await consumer.caughtUp()
      await consumer.close()
      return events
    },
  }
}

/** The result of an accepted or repeated answer. */
export const resultOf = (outcome: SubmitOutcome) => {
  if (outcome.kind !== 'accepted' && outcome.kind !== 'repeated') throw new Error(JSON.stringify(outcome))
  return outcome.result
}
/** `accepted`, `refused question/closed` … */
export const verdictOf = (outcome: SubmitOutcome): string =>
  outcome.kind === 'refused' ? `refused ${outcome.code}` : outcome.kind

/** The same, stopped when the test that starts it is over. */
export const startHarness = async (options?: HarnessOptions): Promise<Harness> => {
  const harness = await createHarness(options)
  onTestFinished(async () => {
    await harness.app.stop()
    await harness.eventLog.close()
  })
  return harness
}
