import { expect, it } from 'vitest'
import { synthesise } from '../platform/synthesise.ts'
import { find, type Json } from '../testing/objects.ts'
import { BUNDLED, buildOf } from '../testing/samples.ts'

/** Of the bundled Kafka of a platform in this namespace. */
const clusterIdIn = (namespace: string): string => {
  const objects = synthesise({ ...buildOf(BUNDLED), namespace })
  const { spec } = find(objects, 'StatefulSet/quizboard-kafka') as Json
  return spec.template.spec.containers[0].env.find(({ name }: Json) => name === 'CLUSTER_ID').value
}

it('a Kafka cluster id is what Kafka takes for one, and never an option: 16 bytes, no dash in front', () => {
  for (let i = 0; i < 300; i++) expect(clusterIdIn(`school-${i}`)).toMatch(/^[A-Za-z0-9_][-A-Za-z0-9_]{21}$/)
})
it('the same platform has the same Kafka cluster id, another namespace another', () => {
  expect(clusterIdIn('school')).toBe(clusterIdIn('school'))
  expect(clusterIdIn('school')).not.toBe(clusterIdIn('other'))
})
