/** Quizzes: make one of a deck, and what players and the host see of its questions. */
import type { OpenQuestion } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError } from '@quizboard/shared/http/problem.ts'
import { bodyItem } from '@quizboard/shared/http/validate.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { definitionRecord, lifecycleRecord } from '../domain/events.ts'
import { isIdLike, newQuizId } from '../domain/ids.ts'
import { closedCount, draft, openQuestionOf, type Quiz, toOpenQuestion } from '../domain/quiz.ts'
import type { QuizRequest } from '../domain/quiz-request.ts'
import type { Answers } from '../ports/answers.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import type { OutboxRelay } from './outbox-relay.ts'

/** The body of GET /quizzes/{id}/questions. */
export interface QuestionsView {
  quiz_id: string
  state: Quiz['state']
  question_count: number
  answered: number
  expired: number
  questions: OpenQuestion[]
}

export interface Quizzes {
  /** Rejects with a ProblemError if there is no such deck. */
  add(request: QuizRequest): Promise<Quiz>
  questionsForHost(quiz: Quiz): Promise<QuestionsView>
  questionsForPlayer(quiz: Quiz, userId: string): Promise<QuestionsView>
}

export interface QuizzesOptions {
  store: QuizStore
  answers: Answers
  relay: OutboxRelay
  clock: Clock
  random: Random
  logWaitMs: number
}

/** Of 600 million ids the first is free as a rule. */
const ATTEMPTS = 10

export const createQuizzes = ({ store, answers, relay, clock, random, logWaitMs }: QuizzesOptions): Quizzes => ({
  async add({ deck_id, title, mode, scoring, feedback, reanswer }) {
    const deck = isIdLike(deck_id) ? await store.deck(deck_id) : undefined
    if (!deck)
      throw new ProblemError('deck/unknown', 'There is no deck of this id', {
        status: 422,
        errors: [bodyItem(['deck_id'], 'is no deck', deck_id)],
      })
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const quiz = draft({
        quizId: newQuizId(random),
        deckId: deck.deck_id,
        title: title ?? deck.title,
        mode,
        scoring,
        feedback,
        reanswer,
        questions: deck.questions,
        now: clock.now(),
      })
      const records = [definitionRecord(quiz, deck.questions), lifecycleRecord(quiz)]
      if (!(await store.addQuiz(quiz, deck.questions, records))) continue
      await within(clock, logWaitMs, relay.flush()).catch(() => false)
      return quiz
    }
    throw new Error(`${ATTEMPTS} random quiz_ids were all taken`)
  },

  async questionsForHost(quiz) {
    const questions = await store.questions(quiz.quizId)
    return { ...head(quiz), answered: 0, expired: closedCount(quiz), questions: questions.map(toOpenQuestion) }
  },

  async questionsForPlayer(quiz, userId) {
    // Read after the quiz: what was closed then takes no answer since, so no question is in neither count or in both.
    const answered = quiz.current ? new Set(await answers.answered(quiz.quizId, userId)) : new Set<string>()
    const open = openQuestionOf(quiz, clock.now())
    const closed = closedCount(quiz)
    const { current } = quiz
    const isCurrentCounted = current !== null && current.position <= closed
    const answeredClosed =
      answered.size - (current && !isCurrentCounted && answered.has(current.question.question_id) ? 1 : 0)
    return {
      ...head(quiz),
      answered: answered.size,
      expired: Math.max(0, closed - answeredClosed),
      questions: open ? [toOpenQuestion(open)] : [],
    }
  },
})

const head = ({ quizId, state, questionCount }: Quiz) => ({
  quiz_id: quizId,
  state,
  question_count: questionCount,
})
