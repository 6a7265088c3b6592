/** The calls of players and of anybody. */
import type {
  AnswerDoc,
  AnswerRequest,
  AnswerResult,
  Joined,
  OpenQuestion,
  PlayerStanding,
  Quiz,
  QuizState,
} from '@quizboard/shared/contracts/rest.ts'
import { request } from './request.ts'

export interface PlayerQuestions {
  quiz_id: string
  state: QuizState
  question_count: number
  answered: number
  expired: number
  questions: OpenQuestion[]
}

const at = encodeURIComponent

export const getQuiz = (quizId: string, signal?: AbortSignal): Promise<Quiz> =>
  request('GET', `/quizzes/${at(quizId)}`, { signal })

export const joinQuiz = (quizId: string, body: { name: string; join_id: string }): Promise<Joined> =>
  request('POST', `/quizzes/${at(quizId)}/players`, { json: body })

export const getQuestions = (quizId: string, token: string): Promise<PlayerQuestions> =>
  request('GET', `/quizzes/${at(quizId)}/questions`, { token })

export const postAnswer = (quizId: string, token: string, body: AnswerRequest): Promise<AnswerResult> =>
  request('POST', `/answers/${at(quizId)}`, { token, json: body })

export const getOwnAnswers = (quizId: string, token: string): Promise<{ answers: AnswerDoc[] }> =>
  request('GET', `/answers/${at(quizId)}`, { token })

export const getStanding = (quizId: string, userId: string, token: string): Promise<PlayerStanding> =>
  request('GET', `/leaderboards/${at(quizId)}/players/${at(userId)}`, { token })
