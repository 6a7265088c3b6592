import { readFileSync } from 'node:fs'
import { parsePlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import { fromYamlFile } from '@quizboard/cdk8s/platform/yaml.ts'
import { EVERYTHING, EXTERNAL, OPERATORS } from '@quizboard/cdk8s/testing/samples.ts'
import { describe, expect, it } from 'vitest'
import { CHART, helms, only, render, tryValues } from './support/helm.ts'

const spec = (fields: object) => ({ platform: { spec: fields } })

/** What is wrong, and what must stand in the message. */
const REFUSED: readonly [string, object, string][] = [
  ['a name that is not there', { replicas: 3 }, 'replicas'],
  ['a misspelt name', { operator: { replica: 3 } }, 'replica'],
  ['a text for a number', { operator: { replicas: 'two' } }, 'replicas'],
  ['a number that is too large', { operator: { replicas: 50 } }, 'replicas'],
  ['a pull policy that there is not', { image: { pullPolicy: 'Sometimes' } }, 'pullPolicy'],
  ['a digest that is none', { image: { digest: 'sha256:12' } }, 'digest'],
  ['a registry with a space', { image: { registry: 'my registry' } }, 'registry'],
  ['a tag with a slash', { image: { tag: 'a/b' } }, 'tag'],
  ['a pull secret without a name', { imagePullSecrets: [{}] }, 'name'],
  ['pull secrets that are texts', { imagePullSecrets: ['pull'] }, 'imagePullSecrets'],
  ['a namespace in capitals', { watch: { namespaces: ['School'] } }, 'namespaces'],
  ['memory that is no quantity', { operator: { resources: { limits: { memory: 'much' } } } }, 'memory'],
  [
    'a setting that is not the user’s',
    { operator: { settings: { QUIZBOARD_RULES_FILE: '/x' } } },
    'QUIZBOARD_RULES_FILE',
  ],
  ['a port of the API server that is none', { networkPolicy: { apiServerPorts: [0] } }, 'apiServerPorts'],
  ['an address range that is none', { networkPolicy: { apiServerCidrs: ['everywhere'] } }, 'apiServerCidrs'],
  ['an interval without a unit', { monitoring: { interval: '15' } }, 'interval'],
  ['a platform’s name that is too long', { platform: { name: 'a'.repeat(26) } }, 'name'],
  ['two kinds of Kafka', spec({ kafka: { bundled: {}, strimzi: {} } }), 'kafka'],
  ['a kind of MongoDB that there is not', spec({ mongodb: { atlas: {} } }), 'mongodb'],
  ['replicas of a service as text', spec({ gateway: { replicas: '2' } }), 'replicas'],
  ['a field that the resource does not have', spec({ gatewayService: {} }), 'gatewayService'],
  ['a deletion policy that there is not', spec({ deletionPolicy: 'Keep' }), 'deletionPolicy'],
  ['an Ingress with a host in capitals', spec({ exposure: { ingress: { host: 'Quiz.Example' } } }), 'host'],
]

describe.each(helms())('Helm $version', (helm) => {
  it.each(REFUSED)('[Q9.1] refuses %s, and names it', (_, values, name) => {
    const { ok, output } = tryValues(helm, values)
    expect({ ok, output }).toEqual({ ok: false, output: expect.stringContaining(name) })
    // Of the values, not of a template that failed on them.
    expect(output).toContain('schema')
  })

  it.each([
    ['other operators', OPERATORS],
    ['servers that are there', EXTERNAL],
    ['everything that can be chosen', EVERYTHING],
  ])('takes whatever a QuizPlatform takes: %s', (_, fields) => {
    const platform = only(render(helm, spec(fields)), 'QuizPlatform')
    expect(parsePlatform(platform, { unknownFields: 'refuse' })).toMatchObject({ ok: true })
    for (const [name, value] of Object.entries(fields).filter(([one]) => !/Service|gateway|image/.test(one)))
      expect(platform.spec[name]).toEqual(value)
  })

  it('a parent chart may have global values', () => {
    expect(tryValues(helm, { global: { imageRegistry: 'x' } })).toMatchObject({ ok: true })
  })

  it('takes its own values.yaml', () => {
    const [values] = fromYamlFile(`${CHART}/values.yaml`)
    expect(render(helm, values as object)).toEqual(render(helm))
  })
})

it('the definition in the chart is that of k8s/', () => {
  const file = 'crds/quizplatforms.quizboard.dev.yaml'
  const root = new URL('../../', import.meta.url)
  expect(readFileSync(`${CHART}/${file}`, 'utf8')).toBe(readFileSync(new URL(`k8s/${file}`, root), 'utf8'))
})
