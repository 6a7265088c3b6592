/** The reference page of QuizPlatform, out of the same schema as the CustomResourceDefinition. */
import { rootStructure, specStructure } from '../crd/custom-resource-definition.ts'
import { API_VERSION, KIND } from '../crd/quiz-platform.ts'
import { VALIDATIONS } from '../crd/rule.ts'
import type { Schema } from '../crd/structural.ts'

interface Row {
  path: string
  schema: Schema
  required: boolean
}

/** Depth first, without the insides of fields that occur again and again. */
const rowsOf = (schema: Schema, path: string): Row[] => {
  const properties = (schema.properties ?? {}) as Record<string, Schema>
  const required = (schema.required ?? []) as string[]
  return Object.entries(properties).flatMap(([name, inner]) => {
    const here = path === '' ? name : `${path}.${name}`
    const row = { path: here, schema: inner, required: required.includes(name) }
    if (isShared(here)) return [row]
    const items = inner.type === 'array' ? (inner.items as Schema) : inner
    return [row, ...rowsOf(items, inner.type === 'array' ? `${here}[]` : here)]
  })
}

/** Explained once, under the first that comes. */
const SHARED = ['pods', 'autoscaling', 'image', 'resources', 'service', 'ca', 'uri', 'clientCertificate']
const isShared = (path: string) => {
  const name = path.split('.').at(-1) ?? ''
  return SHARED.includes(name) && !FIRST.has(path) && path !== 'image'
}
const FIRST = new Set([
  'pods',
  'quizService.autoscaling',
  'quizService.image',
  'quizService.resources',
  'gateway.service',
  'kafka.external.tls.ca',
  'kafka.external.tls.clientCertificate',
  'mongodb.external.uri',
])

const typeOf = (schema: Schema): string => {
  if (schema['x-kubernetes-int-or-string']) return 'quantity'
  if (schema.enum) return (schema.enum as string[]).map((value) => `\`${value}\``).join(', ')
  if (schema.type === 'array') return `list, at most ${schema.maxItems}`
  if (schema.type === 'integer')
    return schema.maximum === undefined ? `${schema.minimum} or more` : `${schema.minimum}–${schema.maximum}`
  if (schema.additionalProperties) return `map, at most ${schema.maxProperties}`
  return schema.type === 'boolean' ? 'true or false' : String(schema.type ?? 'any')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')

const defaultOf = ({ schema, required }: Row): string => {
  if (required) return '**required**'
  if (schema.default === undefined || schema.properties) return ''
  return `\`${JSON.stringify(schema.default)}\``
}

const rowText = (row: Row): string => {
  const { path, schema } = row
  const rules = ((schema[VALIDATIONS] ?? []) as { message: string; rule: string }[])
    .filter(({ message }) => !message.startsWith('must have at most') && !message.startsWith('each name'))
    .map(({ message }) => message)
  const about = [String(schema.description ?? ''), ...rules].filter((text) => text !== '').join('. ')
  return `| \`${path}\` | ${typeOf(schema)} | ${defaultOf(row)} | ${cell(about)} |`
}

const table = (rows: Row[]) =>
  ['| field | type | default | what it is |', '|---|---|---|---|', ...rows.map(rowText)].join('\n')

/** Texts around the tables stand here, so that the page is whole. */
export const referencePage = (): string => {
  const sections = Object.entries(specStructure.properties as Record<string, Schema>).map(([name, schema]) => {
    const required = ((specStructure.required ?? []) as string[]).includes(name)
    const rows: Row[] = [{ path: name, schema, required }, ...rowsOf(wrap(name, schema), '').slice(1)]
    return { name, rows }
  })
  const simple = sections.filter(({ rows }) => rows.length === 1).flatMap(({ rows }) => rows)
  const big = sections.filter(({ rows }) => rows.length > 1)
  const status = (rootStructure.properties as Record<string, Schema>).status as Schema
  const nameRules = rootStructure[VALIDATIONS] as { message: string }[]
  return `# QuizPlatform

Written by \`npm run synth\` out of the resource's schema; do not edit. \`kubectl explain quizplatform.spec --recursive\` shows the same.

\`\`\`yaml
apiVersion: ${API_VERSION}
kind: ${KIND}
metadata:
  name: quizboard
spec:
  kafka: { bundled: {} }
  mongodb: { bundled: {} }
  postgresql: { bundled: {} }
\`\`\`

${nameRules.map(({ message }) => message).join('. ')}. Whole examples: [k8s/samples](../../k8s/samples).

Fields that occur in several places (\`${SHARED.join('`, `')}\`) are explained where they come first.

## spec

${table(simple)}

${big.map(({ name, rows }) => `### spec.${name}\n\n${table(rows)}`).join('\n\n')}

## status

${table(rowsOf(status, ''))}
`
}

const wrap = (name: string, schema: Schema): Schema => ({ type: 'object', properties: { [name]: schema } })
