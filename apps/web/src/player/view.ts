/** Which of the player's screens is to be shown, and what stands on it: a pure function of the state. */
import type { QuizFrame } from '@quizboard/shared/contracts/frames.ts'
import type { OwnAnswer } from './own-answer.ts'
import type { PlayerState } from './session.ts'

export type FrameQuestion = NonNullable<QuizFrame['question']>

/** Where the own answer to the current question stands. */
export type AnswerStage =
  | { stage: 'none' }
  /** On its way; `answer` is what was tapped last. */
  | { stage: 'sending'; answer: string; retrying: boolean }
  /** The server has it; right or wrong is not known, or not to be shown, yet. */
  | { stage: 'locked'; answer: string }
  | { stage: 'marked'; answer: string; isCorrect: boolean; score: number | undefined }

export type PlayerView =
  | { view: 'loading' }
  | { view: 'lobby'; state: 'draft' | 'open' }
  | { view: 'between' }
  | { view: 'question'; question: FrameQuestion; own: AnswerStage; canAnswer: boolean }
  | { view: 'closed' }

export const playerView = (state: PlayerState): PlayerView => {
  const { quiz } = state.live
  if (!quiz) return { view: 'loading' }
  if (quiz.state === 'closed') return { view: 'closed' }
  if (quiz.state !== 'running') return { view: 'lobby', state: quiz.state }
  const { question } = quiz
  if (!question) return { view: 'between' }
  const own = answerStage(state, question)
  const isFree = own.stage === 'none' || state.quiz?.reanswer === 'allowed'
  return {
    view: 'question',
    question,
    own,
    canAnswer: question.state === 'open' && isFree && state.answers !== undefined,
  }
}

const answerStage = (state: PlayerState, question: FrameQuestion): AnswerStage => {
  const pending = state.pending.findLast((each) => each.question_id === question.question_id)
  if (pending) return { stage: 'sending', answer: pending.answer, retrying: state.isRetrying }
  const own = state.answers?.get(question.question_id)
  if (!own) return { stage: 'none' }
  const isCorrect = own.is_correct ?? judged(own, question)
  if (isCorrect === undefined) return { stage: 'locked', answer: own.answer }
  return { stage: 'marked', answer: own.answer, isCorrect, score: own.score }
}

/** An option is right if it is the key verbatim: known as soon as the key is, before the points come, which may know better. */
const judged = (own: OwnAnswer, question: FrameQuestion): boolean | undefined =>
  question.options && question.answer !== undefined ? own.answer === question.answer : undefined
