/** The calls of players and of anybody. */
import type { AnswerDoc, AnswerRequest, AnswerResult, Joined, Quiz } from '@quizboard/shared/contracts/rest.ts'
import { request } from './request.ts'

const at = encodeURIComponent

export const getQuiz = (quizId: string, signal?: AbortSignal): Promise<Quiz> =>
  request('GET', `/quizzes/${at(quizId)}`, { signal })

export const joinQuiz = (quizId: string, body: { name: string; join_id: string }): Promise<Joined> =>
  request('POST', `/quizzes/${at(quizId)}/players`, { json: body })

export const postAnswer = (quizId: string, token: string, body: AnswerRequest): Promise<AnswerResult> =>
  request('POST', `/answers/${at(quizId)}`, { token, json: body })

export const getOwnAnswers = (quizId: string, token: string): Promise<{ answers: AnswerDoc[] }> =>
  request('GET', `/answers/${at(quizId)}`, { token })
