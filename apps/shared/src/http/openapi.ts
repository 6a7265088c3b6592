/** The OpenAPI 3.1 document of a route list: what the router enforces, from the same fields. */
import { STATUS_CODES } from 'node:http'
import type { z } from 'zod'
import { type Components, createComponents, type JsonSchema } from '../contracts/json-schema.ts'
import { LIMITS, problem } from '../contracts/rest.ts'
import { PROBLEMS, type ProblemCode } from './problem.ts'
import type { Route } from './route.ts'

export interface ApiInfo {
  title: string
  version: string
  description?: string
}

type Json = Record<string, unknown>

/** The problems that the router itself gives, by what a route has. */
const problemsOf = (route: Route): ProblemCode[] => {
  const codes: ProblemCode[] = ['body/not_json', 'rate/limited', 'service/unavailable', 'service/failed']
  if (route.auth !== 'none') codes.push('auth/missing', 'auth/invalid', 'auth/expired')
  if (route.auth === 'host') codes.push('auth/not_host')
  if (route.auth === 'player') codes.push('auth/not_player')
  if (route.auth === 'player' || route.auth === 'member') codes.push('auth/other_quiz')
  if (route.path.includes(':quiz_id')) codes.push('quiz/unknown')
  if (route.path.includes(':deck_id')) codes.push('deck/unknown')
  if (route.path.includes(':user_id')) codes.push('player/unknown')
  if (route.body) codes.push('body/too_large', 'body/too_slow', 'body/unsupported_type')
  if (route.body || route.query) codes.push('body/invalid')
  return codes
}

const HEADERS_OF: Record<number, Json> = {
  401: { 'WWW-Authenticate': { schema: { const: 'Bearer' } } },
  429: { 'Retry-After': { description: 'Whole seconds', schema: { type: 'integer', minimum: 1 } } },
  503: { 'Retry-After': { description: 'Whole seconds', schema: { type: 'integer', minimum: 1 } } },
}

/** Errors: the router's own by status, then those that only the route has. */
const problemResponses = (route: Route, components: Components): Record<string, Json> => {
  const byStatus = Map.groupBy<number, ProblemCode>(problemsOf(route), (code) => PROBLEMS[code][0])
  const statuses = new Set([...byStatus.keys(), ...Object.keys(route.replies).map(Number)])
  return Object.fromEntries(
    [...statuses]
      .filter((status) => status >= 400)
      .map((status) => {
        const headers = HEADERS_OF[status]
        const description = byStatus.get(status)?.join(', ') ?? STATUS_CODES[status] ?? 'An error'
        const schema = components.refer(route.replies[status] ?? problem, 'output')
        return [
          String(status),
          { description, ...(headers ? { headers } : {}), content: { 'application/problem+json': { schema } } },
        ]
      }),
  )
}

const goodResponses = (route: Route, components: Components): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(route.replies)
      .filter(([status]) => Number(status) < 400)
      .map(([status, schema]) => [
        status,
        schema
          ? { description: 'Done', content: { 'application/json': { schema: components.refer(schema, 'output') } } }
          : { description: 'Done, without a body' },
      ]),
  )

/** `POST /api/v1/quizzes/:quiz_id/open` → `postQuizzesOpen`; with parameters at the end: `getQuizzesByQuizId`. */
const operationId = ({ method, path }: Route): string => {
  const words = path
    .split('/')
    .filter((segment) => segment !== '' && segment !== 'api' && segment !== 'v1')
    .map((segment, i, all) => {
      if (!segment.startsWith(':')) return segment
      return i === all.length - 1 ? `by_${segment.slice(1)}` : ''
    })
  return [method.toLowerCase(), ...words.join('_').split('_').filter(Boolean)]
    .map((word, i) => (i === 0 ? word : `${word[0]?.toUpperCase()}${word.slice(1)}`))
    .join('')
}

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))

const queryParameters = (query: z.ZodType | undefined, components: Components): Json[] => {
  if (!query) return []
  const schema = components.refer(query, 'input') as { properties?: Record<string, JsonSchema>; required?: string[] }
  return Object.entries(schema.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}

const requestBody = (body: NonNullable<Route['body']>, components: Components): Json => {
  const type = body.type ?? 'application/json'
  const schema = type === 'text/csv' ? { type: 'string' } : components.refer(body.schema, 'input')
  const kib = (body.limitBytes ?? LIMITS.bodyBytes) / 1024
  return {
    required: body.optional !== true,
    description: kib >= 1024 ? `At most ${kib / 1024} MiB` : `At most ${kib} KiB`,
    content: { [type]: { schema } },
  }
}

const WHO = {
  none: 'Anyone; no token is read.',
  host: 'The host.',
  player: 'A player of this quiz.',
  member: 'A player of this quiz, or the host.',
} as const

const operation = (route: Route, components: Components): Json => {
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query, components)]
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: WHO[route.auth],
    ...(route.auth === 'none' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: requestBody(route.body, components) } : {}),
    responses: { ...goodResponses(route, components), ...problemResponses(route, components) },
  }
}

/** The same routes give the same document, byte for byte. */
export const openApi = (routes: readonly Route[], info: ApiInfo): Json => {
  const components = createComponents()
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components) }
  }
  const ids = routes.map(operationId)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new Error(`two routes have the operationId ${twice}`)
  return {
    openapi: '3.1.0',
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT, or the opaque host token' } },
    },
  }
}
