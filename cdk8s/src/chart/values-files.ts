/** What is written out of the chart's values: values.schema.json, values.yaml, and the rows of the README's table. */
import { Yaml } from 'cdk8s'
import { z } from 'zod'
import { QUANTITY_FLAG } from '../crd/fields.ts'
import { specSchema } from '../crd/quiz-platform.ts'
import { PLATFORM_SPEC, valuesSchema } from './values.ts'

type Schema = { [keyword: string]: unknown }

const jsonSchema = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as Schema

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Under these a key is a name of the user's, no keyword. */
const NAMED = new Set(['properties'])

/** Without what Helm's validators do not know, and without defaults: Helm takes those from values.yaml. */
const plain = (schema: Schema): Schema =>
  Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !/^(x-|\$schema$|default$|format$)/.test(keyword))
      .map(([keyword, value]) => {
        if (NAMED.has(keyword) && isSchema(value))
          return [
            keyword,
            Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner as Schema)])),
          ]
        if (isSchema(value)) return [keyword, plain(value)]
        if (Array.isArray(value)) return [keyword, value.map((item) => (isSchema(item) ? plain(item) : item))]
        return [keyword, value]
      }),
  )

const STORES = ['kafka', 'mongodb', 'postgresql']

/** The spec as the chart takes it: a store may be left out (it is bundled then), and never chosen twice. */
const platformSpec = (): Schema => {
  const { $schema: _, required, properties, ...rest } = jsonSchema(specSchema)
  const stores = Object.fromEntries(
    STORES.map((store) => [store, { ...(properties as Record<string, Schema>)[store], maxProperties: 1 }]),
  )
  const left = ((required ?? []) as string[]).filter((name) => !STORES.includes(name))
  return { ...rest, ...(left.length > 0 && { required: left }), properties: { ...(properties as object), ...stores } }
}

const withPlatformSpec = (schema: Schema): Schema => {
  if (schema[PLATFORM_SPEC]) return { ...platformSpec(), default: schema.default, description: schema.description }
  if (!isSchema(schema.properties)) return schema
  const properties = Object.entries(schema.properties).map(([name, inner]) => [name, withPlatformSpec(inner as Schema)])
  return { ...schema, properties: Object.fromEntries(properties) }
}

export const valuesJsonSchema = (): string => {
  const schema = plain(withPlatformSpec(jsonSchema(valuesSchema)))
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Values of the chart quizboard', ...schema }, null, 2)}\n`
}

interface Value {
  path: string
  schema: Schema
  /** Undefined: there is none, it is left out of values.yaml. */
  fallback: unknown
  /** Its fields stand below it. */
  inner: Value[]
}

/** The spec's own fields stand in QuizPlatform's reference. */
const isWhole = (schema: Schema) =>
  !isSchema(schema.properties) || schema[PLATFORM_SPEC] === true || schema[QUANTITY_FLAG] === true

const valuesOf = (schema: Schema, fallbacks: Record<string, unknown>, path: string): Value[] =>
  Object.entries(schema.properties as Record<string, Schema>).map(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`
    const fallback = fallbacks[name]
    const inner = isWhole(field) || !isSchema(fallback) ? [] : valuesOf(field, fallback, here)
    return { path: here, schema: field, fallback, inner }
  })

const allValues = (): Value[] => valuesOf(jsonSchema(valuesSchema), valuesSchema.parse({}), '')

const indent = (text: string, by: string) => text.replace(/^(?=.)/gm, by)
const nameOf = (path: string) => path.split('.').at(-1) ?? ''

const yamlOf = ({ path, schema, fallback, inner }: Value): string => {
  if (fallback === undefined) return ''
  const comment = schema.description === undefined ? '' : `# ${schema.description}\n`
  if (inner.length > 0) return `${comment}${nameOf(path)}:\n${indent(inner.map(yamlOf).join(''), '  ')}`
  // Each a copy of its own: YAML would write an alias for what is the same object.
  return `${comment}${Yaml.stringify({ [nameOf(path)]: JSON.parse(JSON.stringify(fallback)) })}`
}

export const valuesYaml = (): string => `${allValues().map(yamlOf).join('\n').trimEnd()}\n`

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')

/** `about`: of the value that it is in, for those that need no words of their own. */
const rowsOf = ({ path, schema, fallback, inner }: Value, about: string): string[] => {
  const here = String(schema.description ?? about)
  if (inner.length > 0) return inner.flatMap((value) => rowsOf(value, here))
  return fallback === undefined ? [] : [`| \`${path}\` | \`${cell(JSON.stringify(fallback))}\` | ${cell(here)} |`]
}

export const valuesTable = (): string =>
  ['| value | default | what it is |', '|---|---|---|', ...allValues().flatMap((value) => rowsOf(value, ''))].join('\n')
