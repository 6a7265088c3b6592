import { problem, timestamp } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError } from '@quizboard/shared/http/problem.ts'
import { type Route, route } from '@quizboard/shared/http/route.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { z } from 'zod'
import type { Regrades } from '../app/regrades.ts'
import type { Quiz } from '../domain/quiz.ts'
import { keyOf, type Regrade, regradeRequest } from '../domain/regrade.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import { pageQuery, toCursor } from './cursor.ts'

export interface RegradeRouteDeps {
  store: QuizStore
  regrades: Regrades
  findQuiz(params: Record<string, string>): Promise<Quiz>
}

const ROOT = '/api/v1/quizzes/:quiz_id'

const keyView = z.object({ answer: z.string(), accept: z.array(z.string()) }).meta({ id: 'Key' })

const regradeView = z
  .object({
    quiz_id: z.string(),
    question_id: z.string(),
    revision: z.int().meta({ description: 'Of the regrades of the quiz, from 1' }),
    answer: z.string(),
    accept: z.array(z.string()),
    was: keyView.optional().meta({ description: 'The key before; absent: not known' }),
    made_at: timestamp,
    done_at: timestamp.nullable().meta({ description: 'null: answers are still being judged again' }),
    answers: z.int().meta({ description: 'To the question, that were judged again' }),
    changed: z.int().meta({ description: 'Those that got another verdict' }),
  })
  .meta({ id: 'Regrade' })

const keysView = z.object({
  quiz_id: z.string(),
  keys: z.array(z.object({ question_id: z.string(), position: z.int() }).extend(keyView.shape)),
})

const toView = ({ quizId, questionId, revision, answer, accept, was, madeAt, doneAt, answers, changed }: Regrade) => ({
  quiz_id: quizId,
  question_id: questionId,
  ...{ revision, answer, accept },
  ...(was && { was }),
  made_at: toTimestamp(madeAt),
  done_at: doneAt === null ? null : toTimestamp(doneAt),
  ...{ answers, changed },
})

export const regradeRoutes = ({ store, regrades, findQuiz }: RegradeRouteDeps): Route[] => [
  route({
    method: 'POST',
    path: `${ROOT}/questions/:question_id/regrade`,
    auth: 'host',
    summary: 'Correct the key of a question, or accept an answer: every answer to it is judged again',
    resource: findQuiz,
    body: { schema: regradeRequest },
    replies: { 200: regradeView, 202: regradeView, 409: problem, 422: problem },
    async handle({ resource, params: { question_id = '' }, body }) {
      const outcome = await regrades.regrade(resource.quizId, question_id, body)
      switch (outcome.kind) {
        case 'made':
          return { status: outcome.regrade.doneAt === null ? 202 : 200, body: toView(outcome.regrade) }
        case 'draft':
          throw new ProblemError('quiz/wrong_state', 'Nothing can be regraded while the quiz is draft')
        case 'invalid':
          throw new ProblemError('body/invalid', 'The key cannot be corrected so', { errors: outcome.problems })
        case 'unknown':
          throw new ProblemError('question/unknown', 'The quiz has no question of this id', { status: 404 })
      }
    },
  }),
  route({
    method: 'GET',
    path: `${ROOT}/keys`,
    auth: 'host',
    summary: 'What is right for each question now, corrections included, in deck order',
    resource: findQuiz,
    replies: { 200: keysView },
    async handle({ resource: { quizId } }) {
      const questions = await store.questions(quizId)
      const keys = questions.map(({ position, question }) => ({
        question_id: question.question_id,
        position,
        ...keyOf(question),
      }))
      return { status: 200, body: { quiz_id: quizId, keys } }
    },
  }),
  route({
    method: 'GET',
    path: `${ROOT}/regrades`,
    auth: 'host',
    summary: 'Corrected keys, the newest first',
    resource: findQuiz,
    query: pageQuery,
    replies: { 200: z.object({ regrades: z.array(regradeView), next: z.string().nullable() }) },
    async handle({ resource, query: { limit, after } }) {
      const page = await store.regrades(resource.quizId, { limit, after })
      return { status: 200, body: { regrades: page.regrades.map(toView), next: toCursor(page.next) } }
    },
  }),
]
