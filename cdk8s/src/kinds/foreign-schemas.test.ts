import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { Schema } from '../crd/structural.ts'
import { crdsFolder, readCrdSchemas, strictJsonSchema } from '../testing/crd-files.ts'
import { allObjects, idOf } from '../testing/objects.ts'
import { MANAGED_KINDS } from './all.ts'

const folder = crdsFolder()

/** Skipped, with the reason in the title, where nobody says where the definitions are. */
const describeWithFolder = folder === undefined ? describe.skip : describe
const why = folder === undefined ? ': QUIZBOARD_CRDS_DIR names no folder with their definitions' : ''

describeWithFolder(`objects of other operators’ kinds${why}`, () => {
  const schemas = folder === undefined ? new Map<string, Schema>() : readCrdSchemas(folder)
  const ajv = new Ajv({ allErrors: true, strict: false })
  const foreign = MANAGED_KINDS.filter(({ from }) => from !== undefined)

  it.each(foreign)('$apiVersion $kind: all of them are what the real schema takes', ({ apiVersion, kind }) => {
    const schema = schemas.get(`${apiVersion} ${kind}`)
    if (!schema) throw new Error(`${folder} has no served ${apiVersion} ${kind}`)
    const objects = allObjects().filter((object) => object.apiVersion === apiVersion && object.kind === kind)
    expect(objects.length).toBeGreaterThan(0)
    const validate = ajv.compile(strictJsonSchema(schema))
    const faults = objects.flatMap((object) =>
      validate(object)
        ? []
        : (validate.errors ?? []).map(({ instancePath, message }) => `${idOf(object)}${instancePath} ${message}`),
    )
    expect(faults).toEqual([])
  })

  it('a field that the real schema does not know is found', () => {
    const schema = schemas.get('kafka.strimzi.io/v1 KafkaTopic')
    const topic = allObjects().find(({ kind }) => kind === 'KafkaTopic')
    const validate = ajv.compile(strictJsonSchema(schema ?? {}))
    expect(validate({ ...topic, spec: { ...(topic?.spec as object), partition: 12 } })).toBe(false)
  })
})
