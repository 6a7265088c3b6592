/** A quiz as its host made it. */
import { definitionRecord, lifecycleRecord } from '@quizboard/quiz-service/domain/events.ts'
import { draft } from '@quizboard/quiz-service/domain/quiz.ts'
import type { QuizPlan } from '../facts.ts'
import type { World } from '../world.ts'

export const addQuiz = (world: World, plan: QuizPlan): void => {
  const { quizId, scoring, feedback, reanswer, questions } = plan
  world.facts.plans.set(quizId, plan)
  const quiz = draft({
    quizId,
    deckId: 'deck',
    title: `Quiz ${quizId}`,
    mode: 'live',
    scoring,
    feedback,
    reanswer,
    questions,
    now: world.scheduler.now(),
  })
  world.quizzes.add(quiz, questions, [definitionRecord(quiz, questions), lifecycleRecord(quiz)])
}
