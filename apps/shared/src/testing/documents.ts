/** Structural checks of OpenAPI and AsyncAPI documents, for tests. */

/** Every `$ref` of a document that leads nowhere in it. */
export const danglingRefs = (document: unknown): string[] => {
  const dangling: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const entry of value) walk(entry)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === '$ref' && typeof inner === 'string' && resolve(document, inner) === undefined) dangling.push(inner)
        walk(inner)
      }
    }
  }
  walk(document)
  return dangling
}

/** What `#/a/b~1c` points to. */
export const resolve = (document: unknown, ref: string): unknown => {
  if (!ref.startsWith('#/')) return undefined
  return ref
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, key) => {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
      return (at as Record<string, unknown>)[key]
    }, document)
}

const SCHEMA_KEYWORDS = new Set(
  (
    '$ref type enum const properties required additionalProperties items prefixItems minItems maxItems uniqueItems ' +
    'minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf anyOf oneOf allOf not ' +
    'default description title examples propertyNames discriminator contentEncoding contentMediaType deprecated'
  ).split(' '),
)
const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** What is no JSON Schema 2020-12 in a schema: unknown keywords, unknown types, `required` fields that are not there. */
export const schemaFaults = (schema: unknown, at = ''): string[] => {
  if (typeof schema === 'boolean') return []
  if (typeof schema !== 'object' || schema === null) return [`${at} is no schema`]
  const faults: string[] = []
  const json = schema as Record<string, unknown>
  for (const key of Object.keys(json)) if (!SCHEMA_KEYWORDS.has(key)) faults.push(`${at}/${key} is not a keyword`)
  for (const type of [json.type ?? []].flat()) if (!TYPES.has(String(type))) faults.push(`${at}/type ${String(type)}`)
  const properties = (json.properties ?? {}) as Record<string, unknown>
  for (const name of (json.required ?? []) as string[])
    if (!Object.hasOwn(properties, name)) faults.push(`${at}/required ${name}`)
  for (const [name, inner] of Object.entries(properties)) faults.push(...schemaFaults(inner, `${at}/${name}`))
  for (const key of ['items', 'additionalProperties', 'propertyNames', 'not'])
    if (json[key] !== undefined) faults.push(...schemaFaults(json[key], `${at}/${key}`))
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems'])
    for (const [i, inner] of ((json[key] ?? []) as unknown[]).entries())
      faults.push(...schemaFaults(inner, `${at}/${key}/${i}`))
  return faults
}
