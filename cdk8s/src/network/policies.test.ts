import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kinds/kind.ts'
import { type Json, podsOf, synth } from '../testing/objects.ts'
import { BUNDLED, type Fields, OPERATORS, SAMPLES } from '../testing/samples.ts'

const policiesOf = (objects: KubeObject[]): Json[] => objects.filter(({ kind }) => kind === 'NetworkPolicy')
const component = (labels: Json) => labels['app.kubernetes.io/component'] ?? JSON.stringify(labels)

/** `who → port`, or `anybody`, of one side of one policy. */
const rulesOf = (objects: KubeObject[], name: string, side: 'ingress' | 'egress'): string[] => {
  const policy = policiesOf(objects).find(({ metadata }) => metadata.name === `quizboard-${name}`)
  const peerOf = ({ podSelector, namespaceSelector, ipBlock }: Json) =>
    ipBlock ? ipBlock.cidr : namespaceSelector ? 'namespaces' : component(podSelector.matchLabels)
  return (policy?.spec[side] ?? []).flatMap(({ from, to, ports }: Json) => {
    const peers = (from ?? to)?.map(peerOf) ?? ['anybody']
    return ports.flatMap(({ port }: Json) => peers.map((peer: string) => `${peer} ${port}`))
  })
}
const ingress = (spec: Fields, name: string) => rulesOf(synth(spec), name, 'ingress')
const egress = (spec: Fields, name: string) =>
  rulesOf(synth(spec), name, 'egress').filter((rule) => !rule.endsWith(' 53'))

it('what one end may send the other may receive', () => {
  for (const spec of Object.values(SAMPLES)) {
    const objects = synth(spec)
    const names = new Set(podsOf(objects).map(({ metadata }) => component(metadata.labels)))
    for (const from of names)
      for (const rule of rulesOf(objects, from, 'egress')) {
        const [to = '', port] = rule.split(' ')
        if (names.has(to)) expect(rulesOf(objects, to, 'ingress')).toContain(`${from} ${port}`)
      }
  }
})

describe('bundled stores', () => {
  it('are open to the services that use them, and to nobody else', () => {
    expect(ingress(BUNDLED, 'postgresql')).toEqual(['quiz-service 5432', 'migrate 5432'])
    expect(ingress(BUNDLED, 'mongodb')).toEqual(['answer-service 27017', 'leaderboard-service 27017'])
    expect(ingress(BUNDLED, 'kafka')).toEqual([
      'quiz-service 9092',
      'answer-service 9092',
      'leaderboard-service 9092',
      'topics 9092',
    ])
  })
  it('open no connection themselves', () => {
    for (const store of ['kafka', 'mongodb', 'postgresql']) expect(rulesOf(synth(BUNDLED), store, 'egress')).toEqual([])
  })
})

describe('services', () => {
  it('reach what they need, and nothing else', () => {
    expect(egress(BUNDLED, 'quiz-service')).toEqual(['answer-service 8081', 'kafka 9092', 'postgresql 5432'])
    expect(egress(BUNDLED, 'answer-service')).toEqual(['answer-service 8081', 'kafka 9092', 'mongodb 27017'])
    expect(egress(BUNDLED, 'gateway')).toEqual(['quiz-service 8080', 'answer-service 8080', 'leaderboard-service 8080'])
    expect(egress(BUNDLED, 'migrate')).toEqual(['postgresql 5432'])
  })
  it('reach the pods of other operators by their labels', () => {
    expect(egress(OPERATORS, 'quiz-service')).toEqual([
      'answer-service 8081',
      '{"strimzi.io/cluster":"quizboard","strimzi.io/name":"quizboard-kafka"} 9093',
      '{"cnpg.io/cluster":"quizboard-postgresql"} 5432',
    ])
    expect(egress(OPERATORS, 'answer-service')).toContain('{"app":"quizboard-mongodb-svc"} 27017')
  })
  it('are open to the gateway alone, until something routes to them', () => {
    expect(ingress(BUNDLED, 'quiz-service')).toEqual(['gateway 8080', 'namespaces 9464'])
    expect(ingress(BUNDLED, 'gateway')).toEqual(['anybody 8080', 'namespaces 9464'])
    expect(ingress({ ...BUNDLED, exposure: { ingress: {} } }, 'quiz-service')).toContain('anybody 8080')
  })
  it('are open to the named namespaces, if there are any', () => {
    const spec = {
      ...BUNDLED,
      exposure: { ingress: {} },
      networkPolicies: { ingressNamespaces: [{ matchLabels: { name: 'ingress' } }] },
    }
    expect(ingress(spec, 'gateway')).toEqual(['namespaces 8080', 'namespaces 9464'])
    expect(ingress(spec, 'answer-service')).toEqual([
      'gateway 8080',
      'namespaces 8080',
      'quiz-service 8081',
      'answer-service 8081',
      'namespaces 9464',
    ])
  })
})

it('there are none where they are switched off', () => {
  expect(policiesOf(synth({ ...BUNDLED, networkPolicies: { enabled: false } }))).toEqual([])
})
