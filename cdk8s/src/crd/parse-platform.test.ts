import { describe, expect, it } from 'vitest'
import { BAD_PLATFORMS } from '../testing/bad-platforms.ts'
import { BUNDLED, platformOf, resourceOf, SAMPLES } from '../testing/samples.ts'
import { parsePlatform } from './parse-platform.ts'

describe('a bad platform is refused with a message that names the field', () => {
  it.each(BAD_PLATFORMS)('$what: $field', ({ spec, field, metadata }) => {
    const parsed = parsePlatform(resourceOf(spec as never, metadata), { unknownFields: 'refuse' })
    expect(parsed.ok ? [] : parsed.problems.filter((problem) => problem.includes(field))).not.toEqual([])
  })
  it('at least fifty of them', () => expect(BAD_PLATFORMS.length).toBeGreaterThanOrEqual(50))
})

it.each(Object.entries(SAMPLES))('the sample "%s" is right', (_, spec) => {
  expect(parsePlatform(resourceOf(spec), { unknownFields: 'refuse' })).toMatchObject({ ok: true })
})

it('defaults are stable: what was parsed parses to itself', () => {
  for (const spec of Object.values(SAMPLES)) {
    const { spec: once } = platformOf(spec)
    expect(platformOf(structuredClone(once)).spec).toEqual(once)
  }
})

it('fields of a newer definition are ignored where the API server would prune them', () => {
  const resource = resourceOf({ ...BUNDLED, newer: 1, kafka: { bundled: { newer: { deep: true } } } })
  const parsed = parsePlatform(resource, { unknownFields: 'ignore' })
  expect(parsed).toMatchObject({ ok: true, platform: { spec: platformOf(BUNDLED).spec } })
})

it('a status that cannot be read is no reason to stop', () => {
  const resource = { ...resourceOf(BUNDLED), status: { conditions: 'none' } }
  expect(parsePlatform(resource, { unknownFields: 'ignore' })).toMatchObject({ ok: true })
})

it.each([undefined, null, 1, 'text', [], { spec: null }])('%j is refused, not thrown at', (resource) => {
  expect(parsePlatform(resource, { unknownFields: 'ignore' }).ok).toBe(false)
})
