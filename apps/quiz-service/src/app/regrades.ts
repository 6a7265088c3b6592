/**
 * The host corrects a key: stored with the question, then the answer-services judge every answer to it again. What is under way is in
 * the store, so a crash loses none: whoever looks next begins it again.
 */

import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import { createTurnsByKey } from '@quizboard/shared/kit/turns.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import { lifecycleRecord } from '../domain/events.ts'
import { correct, type Regrade, type RegradeProblem, type RegradeRequest } from '../domain/regrade.ts'
import type { Answers } from '../ports/answers.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import type { OutboxRelay } from './outbox-relay.ts'

export type RegradeOutcome =
  /** `doneAt` null: it goes on by itself. */
  | { kind: 'made'; regrade: Regrade }
  /** The deck is still to be edited. */
  | { kind: 'draft' }
  | { kind: 'invalid'; problems: RegradeProblem[] }
  | { kind: 'unknown' }

export interface Regrades {
  /** Resolves once the answers are judged again, or after a bounded wait for that. */
  regrade(quizId: string, questionId: string, request: RegradeRequest): Promise<RegradeOutcome>
  /** Goes on with what a crash left, and from then on looks every `pollMs` for what others left. */
  start(): void
  stop(): Promise<void>
}

export interface RegradesOptions {
  store: QuizStore
  answers: Answers
  relay: OutboxRelay
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** A request waits so long. */
  waitMs: number
  pollMs: number
}

/** How many of them one look at the store gives. */
const BATCH = 100
/** Whoever made one has had the time until then. */
const OTHERS_MS = 10_000

export const createRegrades = (options: RegradesOptions): Regrades => {
  const { store, answers, relay, clock, logger, metrics, waitMs, pollMs } = options
  const made = metrics.counter('quizboard_regrades_total', 'Keys that a host has corrected')
  const waiting = metrics.gauge(
    'quizboard_regrades_under_way',
    'Corrected keys by which not all answers are judged yet',
  )
  const underWay = new Map<string, Promise<Regrade>>()
  /**
   * Of one quiz one goes on at a time: each makes the answer-services read its questions anew, and of many at once each would undo
   * what the others have read, so that none came to its end.
   */
  const inTurn = createTurnsByKey()
  let timer: Timer | undefined
  let looking: Promise<void> = Promise.resolve()
  let stopped = false
  let isFirstLook = true

  const judgeAll = async (regrade: Regrade): Promise<Regrade> => {
    const { quizId, revision, questionId: question_id, answer, accept } = regrade
    const sum = { answers: 0, changed: 0 }
    let after: string | undefined
    do {
      if (stopped) throw new Error('the service stops')
      const place = after === undefined ? {} : { after }
      const page = await answers.regrade(quizId, { question_id, revision, answer, accept, ...place })
      sum.answers += page.answers
      sum.changed += page.changed
      after = page.next
    } while (after !== undefined)
    const done = { ...regrade, ...sum, doneAt: clock.now() }
    await store.finishRegrade(done)
    return done
  }
  /** Of two that do the same at once, here or elsewhere, the second finds nothing to change. */
  const run = (regrade: Regrade): Promise<Regrade> => {
    const key = `${regrade.quizId}/${regrade.revision}`
    const before = underWay.get(key)
    if (before) return before
    const work = inTurn(regrade.quizId, () => judgeAll(regrade)).finally(() => underWay.delete(key))
    work.catch((err: unknown) => {
      const { quizId, questionId } = regrade
      logger.warn({ err, quiz_id: quizId, question_id: questionId }, 'not all answers are regraded yet; trying again')
    })
    underWay.set(key, work)
    return work
  }

  const look = async () => {
    try {
      const found = await store.regradesUnderWay(BATCH)
      waiting.set(found.length)
      for (const regrade of found)
        if (isFirstLook || regrade.madeAt + OTHERS_MS <= clock.now()) void run(regrade).catch(() => {})
      isFirstLook = false
    } catch (err) {
      logger.warn({ err }, 'the regrades could not be read; trying again')
    }
    if (!stopped) timer = clock.after(pollMs, start)
  }
  const start = () => {
    looking = look()
  }

  return {
    async regrade(quizId, questionId, request) {
      const outcome = await store.withQuiz(quizId, async (work): Promise<RegradeOutcome> => {
        const { quiz } = work
        if (quiz.state === 'draft') return { kind: 'draft' }
        const found = await work.question(questionId)
        if (!found) return { kind: 'unknown' }
        const corrected = correct(found.question, request)
        if ('problems' in corrected) return { kind: 'invalid', problems: corrected.problems }
        const regrade = await work.regrade(corrected.question, found.question, clock.now())
        // Its key is on the screens.
        if (quiz.current?.question.question_id === questionId && quiz.current.state === 'closed') {
          const next = {
            ...quiz,
            revision: quiz.revision + 1,
            current: { ...quiz.current, question: corrected.question },
          }
          await work.save(next)
          await work.publish([lifecycleRecord(next)])
        }
        return { kind: 'made', regrade }
      })
      if (outcome?.kind !== 'made') return outcome ?? { kind: 'unknown' }
      made.inc()
      // The relay's sweeper sends it if the log is away.
      void relay.flush().catch(() => {})
      const work = run(outcome.regrade)
      const isDone = await within(clock, waitMs, work).catch(() => false)
      return isDone ? { kind: 'made', regrade: await work } : outcome
    },
    start,
    async stop() {
      stopped = true
      timer?.cancel()
      await looking
      await Promise.allSettled(underWay.values())
    },
  }
}
