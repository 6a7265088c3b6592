/** The answer-service by its internal port. */
import { answeredReply, regradeReply } from '@quizboard/shared/contracts/internal.ts'
import { createInternalClient, type InternalClient, InternalRefusal } from '@quizboard/shared/http/internal-client.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { z } from 'zod'
import { type Answers, AnswersUnavailable } from '../ports/answers.ts'

export interface HttpAnswersOptions {
  /** Of its internal port; several are tried in turn. */
  urls: readonly string[]
  secret: string
  clock: Clock
  /** A stop is tried so long before it is left to the next look at the store. */
  stopLimitMs: number
}

/** For one attempt at a stop: a replica that is stalled is told apart from one that waits for the others. */
const STOP_TRY_MS = 2_000
/** For a page of some hundred answers. */
const REGRADE_TRY_MS = 5_000
const REGRADE_LIMIT_MS = 15_000
const READ_TRY_MS = 1_000
const READ_LIMIT_MS = 3_000

export const createHttpAnswers = ({ urls, secret, clock, stopLimitMs }: HttpAnswersOptions): Answers => {
  const client = createInternalClient({ urls, secret, clock })
  const insist: InternalClient['insist'] = (request, reply) =>
    client.insist(request, reply).catch((error: unknown) => {
      // What is wrong with the request is an error of ours.
      if (error instanceof InternalRefusal && error.status < 500) throw error
      throw new AnswersUnavailable(error)
    })
  const quizPath = (quizId: string) => `/internal/v1/quizzes/${encodeURIComponent(quizId)}`
  return {
    async stopAccepting(quizId, questionIds) {
      await insist(
        {
          method: 'POST',
          path: `${quizPath(quizId)}/stops`,
          body: { question_ids: questionIds },
          timeoutMs: STOP_TRY_MS,
          limitMs: stopLimitMs,
        },
        z.undefined(),
      )
    },
    async answered(quizId, userId) {
      const path = `${quizPath(quizId)}/players/${encodeURIComponent(userId)}/answered`
      const reply = await insist({ method: 'GET', path, timeoutMs: READ_TRY_MS, limitMs: READ_LIMIT_MS }, answeredReply)
      return reply.question_ids
    },
    async regrade(quizId, request) {
      const path = `${quizPath(quizId)}/regrades`
      return insist(
        { method: 'POST', path, body: request, timeoutMs: REGRADE_TRY_MS, limitMs: REGRADE_LIMIT_MS },
        regradeReply,
      )
    },
  }
}
