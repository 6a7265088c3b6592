/**
 * zod → the structural OpenAPI v3 schema that a CustomResourceDefinition takes: no references, no unions of types, closed
 * objects by pruning instead of `additionalProperties: false`, rules on the keys of maps in CEL.
 */
import { z } from 'zod'
import { QUANTITY_FLAG } from './fields.ts'
import { VALIDATIONS } from './rule.ts'

export type Schema = { [keyword: string]: unknown }

export const structuralSchema = (schema: z.ZodType): Schema =>
  convert(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema)

const KEPT = [
  'description',
  'type',
  'default',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'maxProperties',
  'required',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-preserve-unknown-fields',
  VALIDATIONS,
]
/** Handled below, or without a meaning here. */
const KNOWN = new Set([
  ...KEPT,
  '$schema',
  'properties',
  'items',
  'additionalProperties',
  'propertyNames',
  'anyOf',
  QUANTITY_FLAG,
])

const convert = (json: Schema): Schema => {
  const unknown = Object.keys(json).filter((keyword) => !KNOWN.has(keyword))
  if (unknown.length > 0) throw new Error(`no structural schema for ${unknown.join(', ')}`)
  if (json[QUANTITY_FLAG]) return quantity(json)
  if (json.anyOf) throw new Error('no structural schema for a union')
  const kept: Schema = Object.fromEntries(
    KEPT.filter((keyword) => json[keyword] !== undefined).map((k) => [k, json[k]]),
  )
  if (json.type === 'integer') limitInteger(kept)
  if (json.properties) kept.properties = mapValues(json.properties as Record<string, Schema>, convert)
  if (json.items) kept.items = convert(json.items as Schema)
  // Free-form fields take anything: the API server validates them where they end up.
  const open = json['x-kubernetes-preserve-unknown-fields'] === true
  if (!open && typeof json.additionalProperties === 'object')
    kept.additionalProperties = convert(json.additionalProperties as Schema)
  if (!open && json.propertyNames) kept[VALIDATIONS] = [...keyRules(json.propertyNames as Schema), ...rulesOf(kept)]
  if (kept.default !== undefined) kept.default = filled(kept.default, kept)
  return kept
}

/** The API server runs the rules on a default as it stands, before it fills in the defaults within. */
const filled = (value: unknown, schema: Schema): unknown => {
  const properties = schema.properties as Record<string, Schema> | undefined
  if (!properties || typeof value !== 'object' || value === null) return value
  const inner = Object.entries(properties).filter(([, { default: fallback }]) => fallback !== undefined)
  return { ...Object.fromEntries(inner.map(([key, { default: fallback }]) => [key, fallback])), ...value }
}

const rulesOf = (json: Schema): Schema[] => (json[VALIDATIONS] ?? []) as Schema[]

const INT32 = 2 ** 31 - 1
/** JavaScript's own limits say nothing about the field. */
const limitInteger = (schema: Schema): void => {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  const { maximum } = schema
  schema.format = typeof maximum === 'number' && maximum <= INT32 ? 'int32' : 'int64'
}

/** As Kubernetes writes resource.Quantity: a number or a text. */
const quantity = ({ description, anyOf, default: fallback }: Schema): Schema => {
  const text = (anyOf as Schema[]).find(({ type }) => type === 'string')
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    pattern: text?.pattern,
    maxLength: text?.maxLength,
    'x-kubernetes-int-or-string': true,
  }
}

/** OpenAPI v3.0 has no `propertyNames`. */
const keyRules = ({ pattern, maxLength, description }: Schema): Schema[] => {
  const limit = `self.all(k, k.size() <= ${maxLength})`
  const rules: Schema[] = [{ rule: limit, message: `each name must have at most ${maxLength} characters` }]
  if (typeof pattern === 'string')
    rules.push({
      rule: `self.all(k, k.matches(${celString(pattern)}))`,
      message: `each name ${description ?? `must match ${pattern}`}`,
    })
  return rules
}

const celString = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const mapValues = <A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

/** As the API server does it: fields that the schema does not know go. */
export const prune = (value: unknown, schema: Schema): unknown => {
  if (schema['x-kubernetes-preserve-unknown-fields']) return value
  if (Array.isArray(value)) return schema.items ? value.map((item) => prune(item, schema.items as Schema)) : value
  if (typeof value !== 'object' || value === null) return value
  const properties = schema.properties as Record<string, Schema> | undefined
  const every = schema.additionalProperties as Schema | undefined
  if (!properties && !every) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const known = properties && Object.hasOwn(properties, key) ? properties[key] : every
      return known && inner !== null ? [[key, prune(inner, known)]] : []
    }),
  )
}
