import { expect, it } from 'vitest'
import { z } from 'zod'
import { deck, problem, quiz } from '../contracts/rest.ts'
import { danglingRefs, resolve, schemaFaults } from '../testing/documents.ts'
import { openApi } from './openapi.ts'
import { type Route, route } from './route.ts'
import { queryAfter, queryInt } from './validate.ts'

const settings = z.strictObject({ points: z.int().default(1_000) }).meta({ id: 'Settings' })
const handle = async () => ({ status: 200 })
const routes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/decks',
    auth: 'host',
    summary: 'Lists decks',
    query: z.object({ limit: queryInt({ min: 1, max: 1_000, default: 100 }), after: queryAfter() }),
    replies: { 200: z.object({ decks: z.array(deck), next: z.string().nullable() }) },
    handle,
  }),
  route({
    method: 'POST',
    path: '/api/v1/decks',
    auth: 'host',
    summary: 'Makes a deck',
    body: { schema: z.strictObject({ title: z.string(), settings }), limitBytes: 2 * 1024 * 1024 },
    replies: { 201: deck.extend({ settings }), 409: null, 422: problem.extend({ skipped: z.array(z.string()) }) },
    handle,
  }),
  route({
    method: 'GET',
    path: '/api/v1/quizzes/:quiz_id',
    auth: 'none',
    summary: 'A quiz',
    replies: { 200: quiz },
    handle,
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/decks/:deck_id',
    auth: 'host',
    summary: 'Deletes a deck',
    replies: { 204: null },
    handle,
  }),
]
const document = openApi(routes, { title: 'Test', version: '1' })
const at = (ref: string) => resolve(document, ref) as Record<string, unknown>
const refAt = (ref: string) => String(at(ref).$ref)

it('[Q9] the OpenAPI document is whole: references, schemas, path parameters, operation ids', () => {
  expect(danglingRefs(document)).toEqual([])
  for (const [name, schema] of Object.entries(at('#/components/schemas')))
    expect(schemaFaults(schema, name)).toEqual([])
  expect(Object.keys(at('#/paths'))).toEqual(['/api/v1/decks', '/api/v1/quizzes/{quiz_id}', '/api/v1/decks/{deck_id}'])
  expect(at('#/paths/~1api~1v1~1quizzes~1{quiz_id}/get')).toMatchObject({
    operationId: 'getQuizzesByQuizId',
    security: [],
    parameters: [{ name: 'quiz_id', in: 'path', required: true, schema: { type: 'string' } }],
    responses: { '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Quiz' } } } } },
  })
})
it('[Q9] what a client sends and what it gets may differ below one name', () => {
  const sent = at(
    refAt('#/paths/~1api~1v1~1decks/post/requestBody/content/application~1json/schema/properties/settings'),
  )
  expect(sent).not.toHaveProperty('required')
  expect(sent.additionalProperties).toBe(false)
  const got = at(
    refAt('#/paths/~1api~1v1~1decks/post/responses/201/content/application~1json/schema/properties/settings'),
  )
  expect(got.required).toEqual(['points'])
  expect(got).not.toHaveProperty('additionalProperties')
})
it('[Q9] parameters have their range and default, replies their problems', () => {
  const list = '#/paths/~1api~1v1~1decks/get'
  expect(at(`${list}/parameters/0`)).toEqual({
    name: 'limit',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 },
  })
  expect(Object.keys(at(`${list}/responses`))).toEqual(['200', '400', '401', '403', '422', '429', '500', '503'])
  expect(at('#/paths/~1api~1v1~1decks/post/requestBody').description).toBe('At most 2 MiB')
  expect(at('#/paths/~1api~1v1~1decks~1{deck_id}/delete/responses/204')).toEqual({
    description: 'Done, without a body',
  })
})
it('[Q9] a route may name errors of its own', () => {
  const errors = '#/paths/~1api~1v1~1decks/post/responses'
  expect(at(`${errors}/409`)).toEqual({
    description: 'Conflict',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  })
  expect(at(`${errors}/422`).description).toBe('body/invalid')
  expect(at(`${errors}/422/content/application~1problem+json/schema/properties`)).toHaveProperty('skipped')
})
it('[Q9] the same routes give the same document, and two operations of one name are refused', () => {
  expect(JSON.stringify(openApi(routes, { title: 'Test', version: '1' }))).toBe(JSON.stringify(document))
  expect(() => openApi([...routes, routes[0] as Route], { title: 'Test', version: '1' })).toThrow(/getDecks/)
})
