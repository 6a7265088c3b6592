/** What the quiz-service and the other replicas ask of the answer-service, on the internal port. */
import {
  answeredReply,
  peerRevokeRequest,
  peerStopReply,
  peerStopRequest,
  regradeReply,
  regradeRequest,
  stopRequest,
} from '@quizboard/shared/contracts/internal.ts'
import { ProblemError, unavailable } from '@quizboard/shared/http/problem.ts'
import { type Route, route } from '@quizboard/shared/http/route.ts'
import type { AnswerApp } from './app/answer-app.ts'
import { StoreUnavailable } from './ports/answer-store.ts'

export const internalRoutes = (app: AnswerApp): Route[] => [
  route({
    method: 'POST',
    path: '/internal/v1/quizzes/:quiz_id/stops',
    auth: 'host',
    summary: 'Take no more answers to these questions, on every replica',
    body: { schema: stopRequest },
    replies: { 204: null },
    async handle({ params: { quiz_id = '' }, body }) {
      await available(() => app.stopAccepting(quiz_id, body.question_ids))
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/internal/v1/quizzes/:quiz_id/players/:user_id/answered',
    auth: 'host',
    summary: 'The questions that a player has answered',
    replies: { 200: answeredReply },
    async handle({ params: { quiz_id = '', user_id = '' } }) {
      return { status: 200, body: { question_ids: await available(() => app.answered(quiz_id, user_id)) } }
    },
  }),
  route({
    method: 'POST',
    path: '/internal/v1/replicas/:replica_id/stops',
    auth: 'host',
    summary: 'Take no more answers to these questions, on this replica',
    body: { schema: peerStopRequest },
    replies: { 200: peerStopReply },
    async handle({ params: { replica_id = '' }, body: { quiz_id, question_ids } }) {
      const state = await app.stopHere(replica_id, quiz_id, question_ids)
      if (state === undefined) throw anotherOne()
      return { status: 200, body: { state } }
    },
  }),
  route({
    method: 'POST',
    path: '/internal/v1/quizzes/:quiz_id/regrades',
    auth: 'host',
    summary: 'Judge a page of the answers to a question by its corrected key',
    body: { schema: regradeRequest },
    replies: { 200: regradeReply },
    async handle({ params: { quiz_id = '' }, body: { after, ...correction } }) {
      return { status: 200, body: await available(() => app.regrade({ quiz_id, ...correction }, after)) }
    },
  }),
  route({
    method: 'POST',
    path: '/internal/v1/replicas/:replica_id/revocations',
    auth: 'host',
    summary: 'Judge by no key that is older than its stored correction, on this replica',
    body: { schema: peerRevokeRequest },
    replies: { 204: null },
    async handle({ params: { replica_id = '' }, body: { quiz_id, question_id } }) {
      return done(await app.revokeHere(replica_id, quiz_id, question_id))
    },
  }),
]

const done = (is: boolean): { status: 204 } => {
  if (!is) throw anotherOne()
  return { status: 204 }
}
const anotherOne = () => new ProblemError('route/unknown', 'This replica is another registration by now')

const available = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    throw unavailable('The store of the answers is not available')
  }
}
