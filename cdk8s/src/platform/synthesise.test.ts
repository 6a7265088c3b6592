import { describe, expect, it } from 'vitest'
import { MANAGED_KINDS } from '../kinds/all.ts'
import type { KubeObject } from '../kinds/kind.ts'
import { allObjects, find, idOf, type Json, synth } from '../testing/objects.ts'
import { BUNDLED, buildOf, EVERYTHING, EXTERNAL_TLS, OPERATORS, SAMPLES } from '../testing/samples.ts'
import { isData, synthesise } from './synthesise.ts'
import { toYaml } from './yaml.ts'

const samples = Object.entries(SAMPLES)
const all = allObjects()

it.each([
  ['everything', EVERYTHING],
  ['external-tls', EXTERNAL_TLS],
])('%s: the objects are as they were', async (name, spec) => {
  await expect(toYaml(synth(spec))).toMatchFileSnapshot(`../../snapshots/${name}.yaml`)
})

it('the same platform gives the same objects', () => {
  for (const [, spec] of samples) expect(synth(spec)).toEqual(synth(spec))
})

describe('every object', () => {
  it('has a name, a namespace and the recommended labels', () => {
    for (const { metadata } of all) {
      expect(metadata).toMatchObject({
        name: expect.stringMatching(/^quizboard[-.a-z0-9]*$/),
        namespace: 'school',
        labels: {
          'app.kubernetes.io/name': expect.any(String),
          'app.kubernetes.io/instance': 'quizboard',
          'app.kubernetes.io/component': expect.any(String),
          'app.kubernetes.io/part-of': 'quizboard',
          'app.kubernetes.io/managed-by': 'quizboard-operator',
        },
      })
    }
  })
  it('is of a kind that the operator knows', () => {
    const known = MANAGED_KINDS.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)
    for (const { apiVersion, kind } of all) expect(known).toContain(`${apiVersion} ${kind}`)
  })
  it('is there once', () => {
    for (const [, spec] of samples) {
      const ids = synth(spec).map(idOf)
      expect(new Set(ids).size).toBe(ids.length)
    }
  })
  it('fits into a name of 63 characters, also under the longest name of a platform', () => {
    const build = { ...buildOf(BUNDLED), name: 'a'.repeat(25) }
    for (const { kind, metadata } of synthesise(build)) {
      const pod = kind === 'StatefulSet' ? `${metadata.name}-0` : metadata.name
      expect(pod.length).toBeLessThanOrEqual(63)
    }
    // Strimzi's pods: cluster, pool, number.
    expect(`${build.name}-${build.name}-kafka-8`.length).toBeLessThanOrEqual(63)
  })
  it('with containers lets them say why they failed', () => {
    const pods = all.flatMap(({ spec }) => (spec as Json)?.template?.spec ?? [])
    expect(pods.length).toBeGreaterThan(0)
    for (const { containers } of pods)
      for (const { terminationMessagePolicy } of containers)
        expect(terminationMessagePolicy).toBe('FallbackToLogsOnError')
  })
  it('is JSON without empty holes', () => {
    for (const object of all) expect(JSON.parse(JSON.stringify(object))).toEqual(object)
  })
})

describe('what becomes of it when the platform is deleted', () => {
  const isOwned = ({ metadata }: KubeObject) => metadata.ownerReferences !== undefined
  const idsOf = (objects: KubeObject[]) => objects.map(idOf).sort()
  it('Retain: what holds data, and what it takes to reach it, belongs to nobody', () => {
    const kept = synth(BUNDLED).filter((object) => !isOwned(object))
    const ofStore = (store: string) => [
      `ConfigMap/quizboard-${store}`,
      `Service/quizboard-${store}`,
      `Service/quizboard-${store}-headless`,
      `StatefulSet/quizboard-${store}`,
    ]
    expect(idsOf(kept)).toEqual(['kafka', 'mongodb', 'postgresql'].flatMap(ofStore).sort())
    expect(kept.every(isData)).toBe(true)
    const claims = kept
      .filter(({ kind }) => kind === 'StatefulSet')
      .map(({ spec }) => (spec as Json).persistentVolumeClaimRetentionPolicy)
    expect(claims).toEqual(Array(3).fill({ whenDeleted: 'Retain', whenScaled: 'Retain' }))
  })
  it('Retain: topics, too, as deleting a KafkaTopic deletes the topic; users do not', () => {
    const kept = synth(OPERATORS).filter((object) => !isOwned(object))
    expect(new Set(kept.map(({ kind }) => kind))).toEqual(
      new Set(['Kafka', 'KafkaNodePool', 'KafkaTopic', 'MongoDBCommunity', 'Cluster']),
    )
    expect(find(synth(OPERATORS), 'KafkaNodePool/quizboard-kafka')).toMatchObject({
      spec: { storage: { volumes: [{ deleteClaim: false }] } },
    })
  })
  it('Delete: everything goes, volumes too', () => {
    for (const spec of [BUNDLED, OPERATORS])
      expect(synth({ ...spec, deletionPolicy: 'Delete' }).every(isOwned)).toBe(true)
    expect(find(synth({ ...BUNDLED, deletionPolicy: 'Delete' }), 'StatefulSet/quizboard-kafka')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } },
    })
  })
})
