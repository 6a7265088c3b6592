import { specStructure } from '@quizboard/cdk8s/crd/custom-resource-definition.ts'
import { BAD_CHANGES, BAD_PLATFORMS } from '@quizboard/cdk8s/testing/bad-platforms.ts'
import { idOf, synth } from '@quizboard/cdk8s/testing/objects.ts'
import { platformOf, resourceOf, SAMPLES } from '@quizboard/cdk8s/testing/samples.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installDefinition, KINDS, openCluster, type TestCluster } from './support/cluster.ts'
import { installForeign } from './support/foreign-definitions.ts'

let cluster: TestCluster
let namespace: string
beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  await installForeign(cluster)
  namespace = await cluster.namespace()
})
afterAll(() => cluster.close())

describe('the API server refuses a bad platform, with a message that names the field', () => {
  it.each(BAD_PLATFORMS)('$what: $field', async ({ spec, field, metadata }) => {
    const resource = resourceOf(spec as never, { namespace, ...metadata })
    await expect(cluster.create(resource)).rejects.toThrow(field)
  })
})

describe('and a bad change', () => {
  it.each(BAD_CHANGES)('$what: $field', async ({ before, after, field }) => {
    const created = await cluster.create(resourceOf(before, { namespace }))
    try {
      const { resourceVersion } = created.metadata
      await expect(cluster.replace(resourceOf(after, { namespace, resourceVersion }))).rejects.toThrow(field)
    } finally {
      await cluster.remove(KINDS.platform, namespace, 'quizboard')
    }
  })
  it('but not one that may be made', async () => {
    const created = await cluster.create(resourceOf(SAMPLES.operators, { namespace }))
    const grown = { ...SAMPLES.operators, kafka: { strimzi: { replicas: 5, storage: { size: '90Gi' } } } }
    const { resourceVersion } = created.metadata
    await cluster.replace(resourceOf(grown, { namespace, resourceVersion }))
    await cluster.remove(KINDS.platform, namespace, 'quizboard')
  })
})

it.each(Object.entries(SAMPLES))('fills in the same defaults as the parser: %s', async (_, spec) => {
  const { spec: stored } = await cluster.create(resourceOf(spec, { namespace }))
  await cluster.remove(KINDS.platform, namespace, 'quizboard')
  // Quantities may be numbers in what was sent; here none are.
  expect(stored).toEqual(platformOf(spec).spec)
  expect(Object.keys(specStructure.properties as object)).toEqual(expect.arrayContaining(Object.keys(stored as object)))
})

describe.each(Object.entries(SAMPLES))('of the sample "%s" the API server takes', (_, spec) => {
  it.each(synth(spec).map((object) => [idOf(object), object] as const))('%s, strictly', async (_id, object) => {
    const { ownerReferences: _owner, ...metadata } = object.metadata
    const applied = await cluster.apply({ ...object, metadata: { ...metadata, namespace } }, { dryRun: true })
    expect(applied.metadata.name).toBe(object.metadata.name)
  })
})
