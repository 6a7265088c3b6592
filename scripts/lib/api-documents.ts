/** The API documents, out of the routes and schemas that the services run with. */
import { readFileSync } from 'node:fs'
import { answerRoutes } from '../../apps/answer-service/src/routes.ts'
import { leaderboardRoutes } from '../../apps/leaderboard-service/src/routes.ts'
import { quizServiceRoutes } from '../../apps/quiz-service/src/routes.ts'
import { asyncApi } from '../../apps/shared/src/contracts/asyncapi.ts'
import { openApi } from '../../apps/shared/src/http/openapi.ts'
import type { Route } from '../../apps/shared/src/http/route.ts'
import { root } from './run.ts'

/** A route list is made of functions of what the service has; none of them is called here. */
const NOTHING = {} as never

const routes = (): Route[] => [...quizServiceRoutes(NOTHING), ...answerRoutes(NOTHING), ...leaderboardRoutes(NOTHING)]

const DESCRIPTION =
  'Vocabulary quizzes, live. A host calls with the host token, a player with the token that joining gave. Errors are ' +
  'problem documents (RFC 9457) with a `code`; of several errors the first in this order is told: 413, 401, 404, 405, ' +
  '403, 415, 400, 422, 409. Ids in paths are matched without regard to case. Unknown query parameters are ignored.'

/** File name in docs/api → text. The same sources give the same text. */
export const apiDocuments = (): Record<string, string> => {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
  const text = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`
  return {
    'openapi.json': text(openApi(routes(), { title: 'Quizboard', version, description: DESCRIPTION })),
    'asyncapi.json': text(asyncApi({ version })),
  }
}
