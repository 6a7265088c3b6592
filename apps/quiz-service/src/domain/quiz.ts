/** A quiz: one run of a deck, of which it has its own copy. */
import type {
  FeedbackMode,
  OpenQuestion,
  Question,
  Quiz as QuizBody,
  QuizState,
  ReanswerMode,
  ScoringMode,
} from '@quizboard/shared/contracts/rest.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'

export interface QuizRules {
  mode: 'live' | 'self_paced'
  scoring: ScoringMode
  feedback: FeedbackMode
  reanswer: ReanswerMode
}

/**
 * `closing`: no answer is accepted any more, the key is not shown yet. In a live quiz the questions before the current
 * one are closed; in a closed quiz all are.
 */
export type QuestionState = 'open' | 'closing' | 'closed'

export interface CurrentQuestion {
  /** From 1. */
  position: number
  question: Question
  state: QuestionState
  /** Milliseconds since the Unix epoch. */
  openedAt: number
  /** null: no limit. */
  deadline: number | null
}

export interface Quiz extends QuizRules {
  /** As made: upper case. */
  quizId: string
  deckId: string
  title: string
  questionCount: number
  createdAt: number
  state: QuizState
  /** Rises by 1 with every change of state, of the quiz's or of its current question's. Joins do not count. */
  revision: number
  /** Who joined. */
  players: number
  /** Live: from the start on, also once the quiz is closed. */
  current: CurrentQuestion | null
  /** The question after the current one, the first before the start; null: there is none. */
  following: Question | null
  closedAt: number | null
}

/** A question of a quiz, opened or not. */
export interface QuizQuestion {
  position: number
  question: Question
  openedAt: number | null
  deadline: number | null
}

export interface Player {
  quizId: string
  userId: string
  name: string
  joinId: string | null
  /** Milliseconds since the Unix epoch; the token's `iat` comes from it. */
  joinedAt: number
}

/** A quiz as it is right after its making. */
export const draft = (
  made: QuizRules & { quizId: string; deckId: string; title: string; questions: readonly Question[]; now: number },
): Quiz => {
  const { now, questions, ...rest } = made
  return {
    ...rest,
    questionCount: questions.length,
    createdAt: now,
    state: 'draft',
    revision: 1,
    players: 0,
    current: null,
    following: questions[0] ?? null,
    closedAt: null,
  }
}

export const toQuizBody = (quiz: Quiz): QuizBody => ({
  quiz_id: quiz.quizId,
  title: quiz.title,
  state: quiz.state,
  mode: quiz.mode,
  scoring: quiz.scoring,
  feedback: quiz.feedback,
  reanswer: quiz.reanswer,
  question_count: quiz.questionCount,
  players: quiz.players,
  position: quiz.current?.position ?? null,
})

/** What anyone may see of a question: never its answer, nor what else is accepted, nor the word. */
export const toOpenQuestion = ({ position, question, openedAt, deadline }: QuizQuestion): OpenQuestion => ({
  question_id: question.question_id,
  type: question.type,
  position,
  prompt: question.prompt,
  ...(question.options && { options: question.options }),
  points: question.points,
  time_limit_ms: question.time_limit_ms,
  ...(openedAt !== null && {
    opened_at: toTimestamp(openedAt),
    deadline: deadline === null ? null : toTimestamp(deadline),
  }),
})

/** How many questions are closed for all. */
export const closedCount = (quiz: Quiz): number => {
  if (quiz.state === 'closed') return quiz.questionCount
  if (!quiz.current) return 0
  return quiz.current.state === 'closed' ? quiz.current.position : quiz.current.position - 1
}

/** The question that takes answers at `now`; undefined: none does. */
export const openQuestionOf = (quiz: Quiz, now: number): CurrentQuestion | undefined => {
  const { current } = quiz
  if (quiz.state !== 'running' || current?.state !== 'open') return undefined
  return current.deadline === null || now < current.deadline ? current : undefined
}
