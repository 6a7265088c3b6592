/** The answer-service without its edges: everything it does, by its ports alone. */
import { ranked } from '@quizboard/shared/domain/rendezvous.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { QuizView } from '../domain/quiz.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import type { PeerProgress, Peers } from '../ports/peers.ts'
import { createCurrentCommitter } from './current-committer.ts'
import { createEverywhere } from './everywhere.ts'
import { createInFlight } from './in-flight.ts'
import { type Observer, silentObserver } from './observer.ts'
import { createOutboxRelay } from './outbox-relay.ts'
import { LogUnavailable, type SubmitOutcome } from './outcome.ts'
import { createQuizCache } from './quiz-cache.ts'
import { createReadAnswers, type ReadAnswers } from './read-answers.ts'
import { createRegistration } from './registration.ts'
import { createRegrader, type Regrade } from './regrader.ts'
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
  /** By its id in any case; waits a moment for one that is not known yet. Rejects with LogUnavailable if it cannot be told. */
  findQuiz(id: string): Promise<QuizView | undefined>
  submit(call: AnswerCall): Promise<SubmitOutcome>
  repeated(quizId: string, userId: string, answerId: string): Promise<SubmitOutcome | undefined>
  read: ReadAnswers
  /** On every replica: see the quiz-service's port `Answers`. */
  stopAccepting(quizId: string, questionIds: readonly string[]): Promise<void>
  /**
   * On this replica alone, if it is still that registration: else undefined, and nothing is promised. Resolves within half of
   * `peerMs`, with whether what it had accepted has ended.
   */
  stopHere(replica: string, quizId: string, questionIds: readonly string[]): Promise<PeerProgress | undefined>
  /** See regrader.ts. */
  regrade: Regrade
  /** A key was corrected: on this replica alone; false: it is not that registration, and nothing is promised. */
  revokeHere(replica: string, quizId: string, questionId: string): Promise<boolean>
  answered(quizId: string, userId: string): Promise<string[]>
}

export interface AnswerAppDeps {
  store: AnswerStore
  eventLog: EventLog
  clock: Clock
  logger: Logger
  /** For registrations: each call gives another id. */
  newId(): string
  /** Of this replica's internal port, and how to reach those of the others. Default: it is the only one. */
  replicas?: { address: string; peers: Peers }
  observer?: Observer
  settings?: Partial<AnswerSettings>
}

/** When it stops: what the log has not taken by then is in the outbox, and others send it, or the next start. */
const LAST_EVENTS_MS = 5_000
/** No other replica is ever found. */
const nobody = () => Promise.reject(new Error('there are no other replicas'))
const ALONE = { address: '', peers: { stop: nobody, revoke: nobody } }
const UNREADY = { new: ['the quizzes are not all known yet'], ready: [], stopped: ['it is stopping'] }
const STOPPED: SubmitOutcome = { kind: 'busy', why: 'The service is starting or stopping' }

export const createAnswerApp = (deps: AnswerAppDeps): AnswerApp => {
  const { store, eventLog, clock, logger, newId, observer = silentObserver, replicas = ALONE } = deps
  const settings: AnswerSettings = { ...DEFAULT_SETTINGS, ...deps.settings }
  const { corrections } = store
  const cache = createQuizCache({ eventLog, clock, logger, observer, settings, corrections })
  const stops = createStops()
  const inFlight = createInFlight()
  const registration = createRegistration({
    ...{ store, clock, logger, newId },
    address: replicas.address,
    catchUp: cache.catchUp,
    beatMs: settings.beatMs,
    expireMs: settings.expireMs,
  })
  const relay = createOutboxRelay({
    ...{ store, eventLog, clock, logger },
    batch: settings.relayBatch,
    others: registration.others,
    onRefused: observer.eventRefused,
  })
  const { batchMax, queueMax } = settings
  const ofCommits = { registration, store, clock, observer, batchMax, queueMax }
  const committer = createCurrentCommitter({ ...ofCommits, onEvents: relay.push })
  const drain = inFlight.drain
  const releaser = createReleaser({
    ...{ store, committer, cache, clock, drain, logger },
    before(quizId) {
      const { id } = registration
      return id === undefined ? 0 : ranked(quizId, [id, ...registration.others()]).indexOf(id)
    },
    batch: settings.releaseBatch,
  })
  const registered = () => registration.registered(settings.waitMs)
  const submit = createSubmit({ store, committer, registered, cache, stops, inFlight, clock, observer })
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
  const stopHere = async (quizId: string, questionIds: readonly string[]): Promise<PeerProgress> => {
    stops.add(quizId, questionIds)
    const quiz = cache.find(quizId)
    if (quiz) forgetStops(quiz)
    await Promise.all(questionIds.map((id) => inFlight.drain(quizId, id)))
    return 'ended'
  }
  /** Whoever asks takes silence for a stall. */
  const stopForPeer = async (quizId: string, questionIds: readonly string[]): Promise<PeerProgress> => {
    let timer: Timer | undefined
    const late = new Promise<PeerProgress>((resolve) => {
      timer = clock.after(settings.peerMs / 2, () => resolve('under way'))
    })
    const progress = await Promise.race([stopHere(quizId, questionIds), late])
    timer?.cancel()
    return progress
  }
  const revokeHere = async (quizId: string, questionId: string) => {
    await cache.revokeDefinition(quizId)
    await inFlight.drain(quizId, questionId)
  }
  const everywhere = createEverywhere({
    ...{ store, clock, logger },
    ...{ peerMs: settings.peerMs, drainMs: settings.drainMs },
    isOwn: ({ id }) => registration.owns(id),
    onFenced: observer.fencedPeer,
  })
  const { peers } = replicas
  const regrade = createRegrader({
    ...{ store, committer, cache, inFlight, clock, observer },
    revokeEverywhere: (quizId, questionId) =>
      everywhere(
        () => revokeHere(quizId, questionId),
        async (replica) => {
          await peers.revoke(replica, quizId, questionId)
          return 'ended'
        },
      ),
    batch: settings.regradeBatch,
  })
  /** What a peer asked of a registration of ours is done only if it still is one. */
  const as = async <T>(replica: string, work: () => Promise<T>): Promise<T | undefined> => {
    if (!registration.owns(replica)) return undefined
    const done = await work()
    return registration.owns(replica) ? done : undefined
  }

  return {
    async start() {
      await cache.start()
      await registration.start()
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
      await within(clock, LAST_EVENTS_MS, relay.idle())
      await registration.stop().catch((err: unknown) => logger.warn({ err }, 'the registration is left to expire'))
      await cache.stop()
    },
    isReady: () => state === 'ready',
    unready: () =>
      state === 'ready' && registration.id === undefined ? ['it is joining the other replicas'] : UNREADY[state],
    async findQuiz(id) {
      const found = await cache.until(id, () => cache.find(id))
      if (found) return found
      if (!(await cache.isUpToDate())) throw new LogUnavailable()
      return cache.find(id)
    },
    submit: async (call) => (state === 'ready' ? submit.submit(call) : STOPPED),
    repeated: submit.repeated,
    read: createReadAnswers({ store, cache, stops }),
    stopAccepting: (quizId, questionIds) =>
      everywhere(
        async () => void (await stopHere(quizId, questionIds)),
        (replica) => peers.stop(replica, quizId, questionIds),
      ),
    stopHere: (replica, quizId, questionIds) => as(replica, () => stopForPeer(quizId, questionIds)),
    regrade,
    revokeHere: async (replica, quizId, questionId) =>
      (await as(replica, () => revokeHere(quizId, questionId).then(() => true))) ?? false,
    answered: (quizId, userId) => store.answeredIds(quizId, userId),
  }
}
