/**
 * Feedback `reveal`: counts the held answers of questions that are closed for all. It may be interrupted anywhere and begun again:
 * a held answer is counted once, by the version of its player.
 */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import { type QuizView, questionStatus } from '../domain/quiz.ts'
import { releaseHeld } from '../domain/release.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import type { PlayerOperation } from './committer.ts'
import type { CurrentCommitter } from './current-committer.ts'
import type { QuizCache } from './quiz-cache.ts'

export interface Releaser {
  /** Looks at one quiz, soon. */
  schedule(quizId: string): void
  /** Looks at every quiz that has held answers. Never rejects. */
  scheduleAll(): Promise<void>
  /** Resolves once nothing is under way. */
  idle(): Promise<void>
  /** Stops at the next question. */
  stop(): void
}

/** Enough for a few thousand answers. */
const TURN_MS = 500

export const createReleaser = (deps: {
  store: AnswerStore
  /** Of the registration of this moment; undefined: there is none, and what is due waits for the next look. */
  committer: CurrentCommitter
  cache: QuizCache
  /** How many other replicas are to do it first: if they do, nothing is left, and nobody meets anybody's commits. */
  before(quizId: string): number
  clock: Clock
  /** Waits for the answers that are on their way to a question. */
  drain(quizId: string, questionId: string): Promise<void>
  logger: Logger
  batch: number
}): Releaser => {
  const { store, committer, cache, before, clock, drain, logger, batch } = deps
  const later = new Map<string, Timer>()
  const due = new Set<string>()
  let work: Promise<void> | undefined
  let stopped = false

  /** Questions with held answers that are closed for all, in deck order. */
  const closedQuestions = async (quiz: QuizView): Promise<string[]> => {
    const held = await store.heldQuestions(quiz.quiz_id)
    if (held.length === 0) return []
    const definition = await cache.loadDefinition(quiz.quiz_id)
    const position = (id: string) => definition?.byId.get(id)?.position ?? Number.MAX_SAFE_INTEGER
    return held
      .map(({ question_id }) => question_id)
      .filter((id) => questionStatus(quiz, position(id)) === 'closed')
      .sort((a, b) => position(a) - position(b))
  }
  const releaseQuestion = async (quizId: string, questionId: string) => {
    // Nothing is admitted any more: what is held after these is all.
    await drain(quizId, questionId)
    let after = ''
    for (;;) {
      const commits = committer()
      if (!commits) return
      const docs = await store.held(quizId, questionId, after, batch)
      const last = docs.at(-1)
      if (!last) return
      const outcomes = await Promise.allSettled(docs.map((doc) => commits.run(release(doc))))
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
      after = last.user_id
    }
  }
  const releaseDue = async () => {
    for (const quizId of due) {
      due.delete(quizId)
      const quiz = cache.find(quizId)
      if (!quiz) continue
      try {
        for (const questionId of await closedQuestions(quiz)) {
          if (stopped) return
          await releaseQuestion(quiz.quiz_id, questionId)
        }
      } catch (err) {
        logger.warn({ err, quiz_id: quizId }, 'held answers are not all counted yet')
      }
    }
  }
  const start = () => {
    work ??= releaseDue().finally(() => {
      work = undefined
      // It was added after the last look.
      if (due.size > 0 && !stopped) start()
    })
  }
  const begin = (quizId: string) => {
    later.delete(quizId)
    due.add(quizId)
    start()
  }
  const schedule = (quizId: string) => {
    if (stopped || later.has(quizId)) return
    const wait = before(quizId) * TURN_MS
    if (wait === 0) begin(quizId)
    else
      later.set(
        quizId,
        clock.after(wait, () => begin(quizId)),
      )
  }

  return {
    schedule,
    async scheduleAll() {
      try {
        for (const { quiz_id } of await store.heldQuestions()) schedule(quiz_id)
      } catch (err) {
        logger.warn({ err }, 'held answers cannot be read')
      }
    },
    async idle() {
      while (work) await work
    },
    stop() {
      stopped = true
      for (const timer of later.values()) timer.cancel()
      later.clear()
    },
  }
}

const release = ({
  quiz_id,
  user_id,
  question_id,
}: {
  quiz_id: string
  user_id: string
  question_id: string
}): PlayerOperation<void> => ({
  quiz_id,
  user_id,
  question_ids: [question_id],
  answer_id: undefined,
  decide(state) {
    const released = releaseHeld(state, question_id)
    if (released.kind === 'none') return { change: undefined, outcome: undefined }
    const { doc, event } = released
    return { change: { state: released.state, doc, event, result: undefined }, outcome: undefined }
  },
})
