import { expect, it } from 'vitest'
import { danglingRefs, resolve, schemaFaults } from '../../apps/shared/src/testing/documents.ts'
import { apiDocuments } from './api-documents.ts'

const documents = apiDocuments()
const parsed = (name: string): unknown => JSON.parse(documents[name] ?? '')

it.each(['openapi.json', 'asyncapi.json'])('[Q9] %s is whole: references resolve, schemas are schemas', (name) => {
  const document = parsed(name)
  expect(danglingRefs(document)).toEqual([])
  const schemas = resolve(document, '#/components/schemas')
  for (const [id, schema] of Object.entries(schemas as object)) expect(schemaFaults(schema, id)).toEqual([])
})
it('[Q9] every operation has what OpenAPI demands', () => {
  const paths = resolve(parsed('openapi.json'), '#/paths') as Record<string, Record<string, Record<string, unknown>>>
  const ids = new Set<unknown>()
  for (const [path, operations] of Object.entries(paths)) {
    for (const operation of Object.values(operations)) {
      ids.add(operation.operationId)
      const parameters = (operation.parameters ?? []) as { name: string; in: string }[]
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
      expect(Object.keys(operation.responses as object)[0]).toMatch(/^2\d\d$/)
      expect(operation.summary).toEqual(expect.stringMatching(/^[A-Z][^.]+$/))
    }
  }
  expect(ids.size).toBe(Object.values(paths).flatMap(Object.keys).length)
})
