/** The quizzes that this replica follows: from the first who looks at one until some time after the last. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import { createEdgeQuiz, type EdgeQuiz, type EdgeQuizDeps } from './edge-quiz.ts'

export interface EdgeQuizzes {
  open(quiz: LifecycleEvent): EdgeQuiz
  readonly size: number
  stop(): void
}

export const createEdgeQuizzes = (deps: EdgeQuizDeps, idleMs: number): EdgeQuizzes => {
  const clock: Clock = deps.clock
  const quizzes = new Map<string, EdgeQuiz>()
  let timer: Timer | undefined

  const forgetIdle = (): void => {
    timer = undefined
    const before = clock.monotonic() - idleMs
    for (const [id, quiz] of quizzes) {
      if (quiz.users > 0 || quiz.lastUsed > before) continue
      quiz.stop()
      quizzes.delete(id)
    }
    schedule()
  }
  const schedule = (): void => {
    if (quizzes.size > 0) timer ??= clock.after(idleMs / 2, forgetIdle)
  }

  return {
    open(event) {
      const known = quizzes.get(event.quiz_id)
      if (known) {
        known.learn(event)
        known.touch()
        return known
      }
      const quiz = createEdgeQuiz(deps, event)
      quizzes.set(event.quiz_id, quiz)
      schedule()
      return quiz
    },
    get size() {
      return quizzes.size
    },
    stop() {
      timer?.cancel()
      for (const quiz of quizzes.values()) quiz.stop()
      quizzes.clear()
    },
  }
}
