import { describe, expect, it } from 'vitest'
import { platformOf, SAMPLES } from '../testing/samples.ts'
import { customResourceDefinition, rootStructure, specStructure } from './custom-resource-definition.ts'
import { prune, type Schema } from './structural.ts'

interface Place {
  path: string
  schema: Schema
}
const walk = (schema: Schema, path: string): Place[] => [
  { path, schema },
  ...Object.entries((schema.properties ?? {}) as Record<string, Schema>).flatMap(([name, inner]) =>
    walk(inner, `${path}.${name}`),
  ),
  ...(schema.items ? walk(schema.items as Schema, `${path}[]`) : []),
  ...(schema.additionalProperties ? walk(schema.additionalProperties as Schema, `${path}{}`) : []),
]
const places = walk(specStructure, 'spec')
const ofType = (type: string) => places.filter(({ schema }) => schema.type === type)
const paths = (list: Place[]) => list.map(({ path }) => path)

describe('[Q9] everything in the spec has a limit', () => {
  it('texts have a greatest length or are one of a few', () =>
    expect(paths(ofType('string').filter(({ schema }) => !schema.maxLength && !schema.enum))).toEqual([]))
  it('lists have a greatest length', () =>
    expect(paths(ofType('array').filter(({ schema }) => !schema.maxItems))).toEqual([]))
  it('numbers have bounds', () =>
    expect(
      paths(ofType('integer').filter(({ schema }) => schema.minimum === undefined || schema.maximum === undefined)),
    ).toEqual([]))
  it('maps have a greatest size', () =>
    expect(
      paths(ofType('object').filter(({ schema }) => schema.additionalProperties && !schema.maxProperties)),
    ).toEqual([]))
})

it('every field is described', () => {
  const exempt = /(tolerations\[\]\.\w+|pullSecrets\[\]\.name|resources\.\w+\.[\w-]+|\[\]|\{\})$/
  expect(paths(places.filter(({ path, schema }) => !schema.description && !exempt.test(path)))).toEqual([])
})

it('no field takes anything, but affinity, which the API server checks in the pod', () => {
  const open = places.filter(({ schema }) => schema['x-kubernetes-preserve-unknown-fields'])
  expect(paths(open).filter((path) => !path.endsWith('.affinity'))).toEqual([])
})

it('no keyword is left without a value: in YAML it would be null, which strict tools refuse', () => {
  const empty = walk(rootStructure, 'root').filter(({ schema }) =>
    Object.values(schema).some((value) => value === undefined || value === null),
  )
  expect(paths(empty)).toEqual([])
})

it('every rule has a message', () => {
  const rules = places.flatMap(({ schema }) => (schema['x-kubernetes-validations'] ?? []) as { message?: string }[])
  expect(rules.length).toBeGreaterThan(20)
  expect(rules.filter(({ message }) => !message)).toEqual([])
})

it('the defaults of the schema are those of the parser', () => {
  for (const spec of Object.values(SAMPLES)) expect(withDefaults(spec, specStructure)).toEqual(platformOf(spec).spec)
})

/** As the API server fills them in. */
const withDefaults = (value: unknown, schema: Schema): unknown => {
  if (Array.isArray(value)) return value.map((item) => withDefaults(item, schema.items as Schema))
  const properties = schema.properties as Record<string, Schema> | undefined
  if (!properties || typeof value !== 'object' || value === null) return value
  const filled: Record<string, unknown> = { ...value }
  for (const [name, inner] of Object.entries(properties)) {
    if (filled[name] === undefined && inner.default !== undefined) filled[name] = structuredClone(inner.default)
    if (filled[name] !== undefined) filled[name] = withDefaults(filled[name], inner)
  }
  return filled
}

it('pruning takes what the schema does not know, and leaves the rest', () => {
  const spec = platformOf(SAMPLES.everything).spec
  expect(prune({ ...spec, more: 1 }, specStructure)).toEqual(spec)
  expect(prune({ spec: { kafka: null } }, rootStructure)).toEqual({ spec: {} })
})

it('the definition is small enough for a client-side apply, which keeps it in an annotation', () => {
  expect(JSON.stringify(customResourceDefinition).length).toBeLessThan(262_144)
})
