import { expect, it } from 'vitest'
import { danglingRefs, resolve, schemaFaults } from '../testing/documents.ts'
import { asyncApi } from './asyncapi.ts'
import { TOPICS } from './events.ts'

const document = asyncApi({ version: '1.2.3' })
const at = (ref: string) => resolve(document, ref) as Record<string, unknown>

it('[Q9] the AsyncAPI document is whole: every reference leads somewhere, every schema is one', () => {
  expect(document).toMatchObject({ asyncapi: '3.0.0', info: { version: '1.2.3' } })
  expect(danglingRefs(document)).toEqual([])
  for (const [name, schema] of Object.entries(at('#/components/schemas')))
    expect(schemaFaults(schema, name)).toEqual([])
  for (const operation of Object.values(at('#/operations')) as { action: string; messages: { $ref: string }[] }[]) {
    expect(['send', 'receive']).toContain(operation.action)
    for (const { $ref } of operation.messages) expect(at($ref)).toHaveProperty('$ref')
  }
})
it('[Q9] it has every topic and every frame, and is plain JSON', () => {
  const channels = Object.values(at('#/channels')) as { address: string }[]
  expect(channels.map(({ address }) => address).sort()).toEqual(['/live/{quiz_id}', ...Object.values(TOPICS)].sort())
  const live = Object.keys(at('#/channels/live/messages'))
  expect(live).toEqual(['hello', 'quiz', 'leaderboard', 'you', 'error'])
  expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  expect(JSON.stringify(asyncApi({ version: '1.2.3' }))).toBe(JSON.stringify(document))
})
it('[Q9] a server may add fields to what it sends; a client need not send what is optional', () => {
  expect(at('#/components/schemas/QuizFrame')).not.toHaveProperty('additionalProperties')
  expect(at('#/components/schemas/HelloFrame').required).toEqual(['type'])
})
