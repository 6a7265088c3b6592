/** CustomResourceDefinitions of other operators, from a folder of YAML files that QUIZBOARD_CRDS_DIR names. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from '../crd/structural.ts'
import { fromYamlFile } from '../platform/yaml.ts'

export const crdsFolder = (): string | undefined => process.env.QUIZBOARD_CRDS_DIR || undefined

interface Definition {
  kind: string
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[]
  }
}

/** `apiVersion kind` → schema. */
export const readCrdSchemas = (folder: string): Map<string, Schema> => {
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  const definitions = files.flatMap((name) => fromYamlFile(join(folder, name)) as Definition[])
  return new Map(
    definitions
      .filter((definition) => definition?.kind === 'CustomResourceDefinition')
      .flatMap(({ spec: { group, names, versions } }) =>
        versions
          .filter(({ served }) => served)
          .map(({ name, schema }) => [`${group}/${name} ${names.kind}`, schema.openAPIV3Schema] as const),
      ),
  )
}

/** Whose branches only say which of the fields around them may be there. */
const BRANCHES = new Set(['oneOf', 'anyOf', 'allOf', 'not'])
const OPEN = 'x-kubernetes-preserve-unknown-fields'

/** An OpenAPI v3.0 schema as JSON Schema that refuses what a strict API server refuses: unknown fields, too. */
export const strictJsonSchema = (schema: Schema): Schema => {
  const walk = (value: unknown, inBranch: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk(item, inBranch))
    if (typeof value !== 'object' || value === null) return value
    const { nullable, format: _, ...rest } = value as Schema
    const walked: Schema = Object.fromEntries(
      Object.entries(rest)
        .filter(([key, inner]) => !key.startsWith('x-kubernetes-') && !isGoPattern(key, inner))
        .map(([key, inner]) => [key, walk(inner, inBranch || BRANCHES.has(key))]),
    )
    for (const bound of ['Minimum', 'Maximum']) {
      const exclusive = walked[`exclusive${bound}`]
      // A flag there, a number here.
      if (exclusive === true) walked[`exclusive${bound}`] = walked[bound.toLowerCase()]
      else if (exclusive === false) delete walked[`exclusive${bound}`]
    }
    const isClosed = walked.properties && !walked.additionalProperties && !rest[OPEN] && !inBranch
    if (isClosed) walked.additionalProperties = false
    return nullable ? { anyOf: [walked, { type: 'null' }] } : walked
  }
  const strict = walk(schema, false) as { properties: Record<string, unknown> }
  // The API server's own.
  for (const name of ['apiVersion', 'kind', 'metadata']) strict.properties[name] = {}
  return strict as unknown as Schema
}

/** Go's regular expressions have flags that ours do not. */
const isGoPattern = (keyword: string, value: unknown) => keyword === 'pattern' && String(value).includes('(?i)')
