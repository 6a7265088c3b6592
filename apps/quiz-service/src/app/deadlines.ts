/**
 * Closes questions whose time is over, and finishes those that someone began to close. What is due is in the store, so a
 * restart loses none: timers only make it punctual. The replica that opened a question closes it; the others come a moment
 * later, and find nothing to do as a rule.
 */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { Quiz } from '../domain/quiz.ts'
import type { QuizStore } from '../ports/quiz-store.ts'

export interface Deadlines {
  /** Sets the timer of the quiz's current question, or takes it away. */
  watch(quiz: Quiz): void
  start(): void
  stop(): Promise<void>
}

export interface DeadlinesOptions {
  store: QuizStore
  /** Closes the question if that is still to be done. */
  expire(quizId: string, position: number): Promise<unknown>
  clock: Clock
  logger: Logger
  /** How often the store is asked. */
  pollMs: number
}

/** How many of them one look at the store gives. */
const BATCH = 500
/** So much later come the replicas that did not open the question. */
const OTHERS_MS = 400
/** Node's timers end here; the next look at the store sets the timer again. */
const TIMER_MAX_MS = 3_600_000

export const createDeadlines = ({ store, expire, clock, logger, pollMs }: DeadlinesOptions): Deadlines => {
  const timers = new Map<string, { position: number; timer: Timer }>()
  const underWay = new Map<string, Promise<void>>()
  let poll: Timer | undefined
  let polling: Promise<void> = Promise.resolve()
  let stopped = false
  let complained = false
  /** Found `closing` at the last look: whoever began to close it has had the time since then. */
  let closing = new Map<string, number>()
  let isFirstLook = true

  const forget = (quizId: string) => {
    timers.get(quizId)?.timer.cancel()
    timers.delete(quizId)
  }
  const close = (quizId: string, position: number) => {
    if (stopped || underWay.has(quizId)) return
    const work = expire(quizId, position)
      .then(
        () => {},
        // The next look at the store finds it again.
        (err: unknown) =>
          logger.warn({ err, quiz_id: quizId, position }, 'a question could not be closed; trying again'),
      )
      .finally(() => underWay.delete(quizId))
    underWay.set(quizId, work)
  }
  const closeAt = (quizId: string, position: number, deadline: number) => {
    forget(quizId)
    if (stopped) return
    const timer = clock.after(Math.min(TIMER_MAX_MS, Math.max(0, deadline - clock.now())), () => {
      timers.delete(quizId)
      close(quizId, position)
    })
    timers.set(quizId, { position, timer })
  }

  const look = async () => {
    try {
      const due = await store.unfinished(clock.now() + 2 * pollMs, BATCH)
      const before = closing
      // After a restart nobody else may be there.
      const later = isFirstLook ? 0 : OTHERS_MS
      closing = new Map(due.filter(({ state }) => state === 'closing').map((d) => [d.quizId, d.position]))
      for (const { quizId, position, state, deadline } of due) {
        if (state === 'closing') {
          if (isFirstLook || before.get(quizId) === position) close(quizId, position)
        } else if (deadline === null || timers.get(quizId)?.position === position) {
          // A timer does not notice that the system clock was put forward.
          if (deadline !== null && deadline + later <= clock.now()) close(quizId, position)
        } else closeAt(quizId, position, deadline + later)
      }
      isFirstLook = false
      complained = false
    } catch (err) {
      if (!complained) logger.error({ err }, 'the deadlines could not be read; trying again')
      complained = true
    }
    if (!stopped) poll = clock.after(pollMs, run)
  }
  const run = () => {
    polling = look()
  }

  return {
    watch({ quizId, state, current }) {
      if (state === 'running' && current?.state === 'open' && current.deadline !== null)
        closeAt(quizId, current.position, current.deadline)
      else forget(quizId)
    },
    start: run,
    async stop() {
      stopped = true
      poll?.cancel()
      for (const quizId of [...timers.keys()]) forget(quizId)
      await polling
      await Promise.all(underWay.values())
    },
  }
}
