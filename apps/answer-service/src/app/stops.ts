/** Questions that may not be answered any more although the lifecycle has not said so yet: closes that are under way. */
import type { Definition } from '../domain/definition.ts'
import { type QuizView, questionStatus } from '../domain/quiz.ts'

export interface Stops {
  add(quizId: string, questionIds: readonly string[]): void
  has(quizId: string, questionId: string): boolean
  /** Whether a close of a question of this quiz is under way. */
  underWay(quizId: string): boolean
  /** Forgets those that the lifecycle tells by itself now. */
  forgetClosed(quiz: QuizView, definition: Definition | undefined): void
}

export const createStops = (): Stops => {
  const byQuiz = new Map<string, Set<string>>()
  return {
    add(quizId, questionIds) {
      const stopped = byQuiz.get(quizId) ?? new Set()
      for (const id of questionIds) stopped.add(id)
      if (stopped.size > 0) byQuiz.set(quizId, stopped)
    },
    has: (quizId, questionId) => byQuiz.get(quizId)?.has(questionId) ?? false,
    underWay: (quizId) => byQuiz.has(quizId),
    forgetClosed(quiz, definition) {
      const stopped = byQuiz.get(quiz.quiz_id)
      if (!stopped) return
      for (const id of stopped) {
        const question = definition?.byId.get(id)
        const isCurrent = quiz.question?.question_id === id
        // The current one's position needs no definition.
        const position = question?.position ?? (isCurrent ? quiz.question?.position : undefined)
        if (quiz.state === 'closed' || (position !== undefined && questionStatus(quiz, position) === 'closed'))
          stopped.delete(id)
      }
      if (stopped.size === 0) byQuiz.delete(quiz.quiz_id)
    },
  }
}
