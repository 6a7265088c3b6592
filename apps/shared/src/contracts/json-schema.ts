/** JSON Schema (2020-12) out of the schemas that validate, as `components` of an OpenAPI or AsyncAPI document. */
import { z } from 'zod'

export type JsonSchema = { [keyword: string]: unknown }

export interface Components {
  /** By name; filled by `refer`. */
  readonly schemas: Record<string, JsonSchema>
  /**
   * The schema in a document: a reference if it has an id, else in place, with references for the ids within. `input`: what
   * a client may send (defaults optional); `output`: what it may get.
   */
  refer(schema: z.ZodType, io: 'input' | 'output'): JsonSchema
}

const PREFIX = '#/components/schemas/'
const DEFS = '#/$defs/'

export const createComponents = (): Components => {
  const schemas: Record<string, JsonSchema> = {}

  /** The same id may differ between the two directions; then the client's side has a name of its own. */
  const nameFor = (id: string, schema: JsonSchema, io: 'input' | 'output'): string => {
    const known = schemas[id]
    if (known === undefined || JSON.stringify(known) === JSON.stringify(schema)) return id
    return io === 'input' ? `${id}Input` : `${id}Output`
  }

  return {
    schemas,
    refer(schema, io) {
      const { $schema: _, $defs, ...root } = toJson(schema, io)
      const defs = Object.entries(($defs ?? {}) as Record<string, JsonSchema>)
      // Names first: a definition may refer to one that comes after it.
      const names = new Map(defs.map(([id, json]) => [id, nameFor(id, renamed(json, new Map()), io)]))
      for (const [id, json] of defs) schemas[names.get(id) ?? id] = renamed(json, names)
      return renamed(root, names)
    },
  }
}

const toJson = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  z.toJSONSchema(schema, {
    io,
    // Where a schema transforms, its `meta` says what the wire has.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Servers may add fields.
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      const fallback = z.globalRegistry.get(zodSchema)?.default
      if (fallback !== undefined) jsonSchema.default = fallback
    },
  }) as JsonSchema

/** With the references of a document. */
const renamed = (json: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema => {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (key !== '$ref' || typeof inner !== 'string' || !inner.startsWith(DEFS)) return [key, walk(inner)]
        const id = inner.slice(DEFS.length)
        return [key, `${PREFIX}${names.get(id) ?? id}`]
      }),
    )
  }
  return walk(json) as JsonSchema
}
