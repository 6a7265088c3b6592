/** The answer-service without its edges: everything it does, by its ports alone. */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { QuizView } from '../domain/quiz.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import { createCommitter } from './committer.ts'
import { createInFlight } from './in-flight.ts'
import { type Observer, silentObserver } from './observer.ts'
import { createOutboxRelay } from './outbox-relay.ts'
import type { SubmitOutcome } from './outcome.ts'
import { createQuizCache } from './quiz-cache.ts'
import { createReadAnswers, type ReadAnswers } from './read-answers.ts'
import { createReleaser } from './releaser.ts'
import { type AnswerSettings, DEFAULT_SETTINGS } from './settings.ts'
import { createStops } from './stops.ts'
import { type AnswerCall, createSubmit } from './submit.ts'

export interface AnswerApp {
  /** Resolves once every quiz of the topics is known and answers are accepted. */
  start(): Promise<void>
  /** Takes no more answers, ends what is under way. Idempotent. The store and the log stay open. */
  stop(): Promise<void>
  isReady(): boolean
  /** Why it is not; empty when it is. */
  unready(): string[]
  /** By its id in any case; waits a moment for one that is not known yet. */
  findQuiz(id: string): Promise<QuizView | undefined>
  submit(call: AnswerCall): Promise<SubmitOutcome>
  repeated(quizId: string, userId: string, answerId: string): Promise<SubmitOutcome | undefined>
  read: ReadAnswers
  /** See the quiz-service's port `Answers`. */
  stopAccepting(quizId: string, questionIds: readonly string[]): Promise<void>
  answered(quizId: string, userId: string): Promise<string[]>
}

export interface AnswerAppDeps {
  store: AnswerStore
  eventLog: EventLog
  clock: Clock
  logger: Logger
  observer?: Observer
  settings?: Partial<AnswerSettings>
}

const UNREADY = { new: ['the quizzes are not all known yet'], ready: [], stopped: ['it is stopping'] }
const STOPPED: SubmitOutcome = { kind: 'busy', why: 'The service is starting or stopping' }

export const createAnswerApp = (deps: AnswerAppDeps): AnswerApp => {
  const { store, eventLog, clock, logger, observer = silentObserver } = deps
  const settings: AnswerSettings = { ...DEFAULT_SETTINGS, ...deps.settings }
  const cache = createQuizCache({ eventLog, clock, logger, observer, settings })
  const stops = createStops()
  const inFlight = createInFlight()
  const relay = createOutboxRelay({ store, eventLog, clock, logger, batch: settings.relayBatch })
  const { batchMax, queueMax } = settings
  const committer = createCommitter({ store, clock, observer, batchMax, queueMax, onEvents: relay.push })
  const drain = inFlight.drain
  const releaser = createReleaser({ store, committer, cache, drain, logger, batch: settings.releaseBatch })
  const submit = createSubmit({ store, committer, cache, stops, inFlight, clock, observer })
  let state: 'new' | 'ready' | 'stopped' = 'new'
  let timer: Timer | undefined

  const observeStore = async () => {
    try {
      const { outbox, oldest_at, held } = await store.stats()
      observer.stored({ outbox, oldestMs: oldest_at === undefined ? 0 : Math.max(0, clock.now() - oldest_at), held })
    } catch (err) {
      logger.warn({ err }, 'the answer store cannot be read')
    }
  }
  /** What a crash or an outage left. Rows that were just committed are on their way by themselves. */
  const sweep = async (minAgeMs: number) => {
    await Promise.all([relay.sweep(minAgeMs), releaser.scheduleAll(), observeStore()])
  }
  const sweepLater = () => {
    timer = clock.after(settings.sweepMs, () => {
      sweep(settings.sweepMs).finally(() => {
        if (state === 'ready') sweepLater()
      })
    })
  }
  const onQuiz = (quiz: QuizView) => {
    if (stops.underWay(quiz.quiz_id)) forgetStops(quiz)
    if (state === 'ready' && quiz.rules.feedback === 'reveal') releaser.schedule(quiz.quiz_id)
  }
  const forgetStops = (quiz: QuizView) => {
    const definition = cache.definition(quiz.quiz_id)
    stops.forgetClosed(quiz, definition)
    if (definition || !stops.underWay(quiz.quiz_id)) return
    // It is not in memory: positions of questions are known once it is.
    cache.loadDefinition(quiz.quiz_id).then((loaded) => stops.forgetClosed(cache.find(quiz.quiz_id) ?? quiz, loaded))
  }
  cache.onChange(onQuiz)

  return {
    async start() {
      await cache.start()
      if (state !== 'new') return
      state = 'ready'
      sweep(0)
      sweepLater()
    },
    async stop() {
      state = 'stopped'
      timer?.cancel()
      releaser.stop()
      await inFlight.drainAll()
      await releaser.idle()
      await relay.idle()
      await cache.stop()
    },
    isReady: () => state === 'ready',
    unready: () => UNREADY[state],
    findQuiz: (id) => cache.until(id, () => cache.find(id)),
    submit: async (call) => (state === 'ready' ? submit.submit(call) : STOPPED),
    repeated: submit.repeated,
    read: createReadAnswers({ store, cache, stops }),
    async stopAccepting(quizId, questionIds) {
      stops.add(quizId, questionIds)
      const quiz = cache.find(quizId)
      if (quiz) forgetStops(quiz)
      await Promise.all(questionIds.map((id) => inFlight.drain(quizId, id)))
    },
    answered: (quizId, userId) => store.answeredIds(quizId, userId),
  }
}
