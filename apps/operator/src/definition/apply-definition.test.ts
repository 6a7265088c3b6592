import { customResourceDefinition } from '@quizboard/cdk8s/crd/custom-resource-definition.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { KubeError } from '../adapters/kube-error.ts'
import type { KubeRequest } from '../adapters/kube-http.ts'
import { applyDefinition } from './apply-definition.ts'
import type { Definition } from './plan-definition.ts'

/** An API server with one definition. */
let live: Definition | undefined
let sent: string[]
let said: string[]
/** What goes wrong, request by request. */
let troubles: (Error | undefined)[]
let serves: boolean
let minor: string
let owners: { manager: string; operation: string }[]
beforeEach(() => {
  live = undefined
  sent = []
  said = []
  troubles = []
  serves = true
  minor = '34'
  owners = []
})

const served = (definition: Definition): Definition => ({
  ...definition,
  metadata: { ...definition.metadata, resourceVersion: '2', managedFields: owners },
  status: { storedVersions: ['v1alpha1'], ...(serves && { conditions: [{ type: 'Established', status: 'True' }] }) },
})
const http = {
  async send({ method, path, body, contentType }: KubeRequest) {
    if (path === '/version') return { major: '1', minor }
    sent.push(contentType === 'application/json-patch+json' ? 'disown' : `${method} ${path.split('/').at(-1)}`)
    const trouble = troubles.shift()
    if (trouble) throw trouble
    if (method === 'PATCH' && contentType === 'application/apply-patch+yaml') live = served(body as Definition)
    if (live === undefined) throw new KubeError('not found', 404)
    return live
  },
}
let time = 0
const clock = {
  monotonic: () => time,
  async sleep(ms: number) {
    time += ms
  },
}
const apply = () =>
  applyDefinition({
    http,
    clock,
    definition: customResourceDefinition,
    limitMs: 10_000,
    say: (line) => said.push(line),
  })
const { name } = customResourceDefinition.metadata
const older: Definition = {
  ...customResourceDefinition,
  metadata: { name, annotations: { 'quizboard.dev/version': '0.0.1' } },
}

describe('apply-crd', () => {
  it('makes the definition, and ends when it is served', async () => {
    await apply()
    expect(sent).toEqual([`GET ${name}`, `PATCH ${name}`, `GET ${name}`])
    expect(said).toEqual([`Made ${name}.`, 'It is served.'])
  })

  it('brings an older one up to date, and looks again where somebody wrote at the same time', async () => {
    live = older
    troubles = [undefined, new KubeError('conflict', 409)]
    await apply()
    expect(sent).toEqual([`GET ${name}`, `PATCH ${name}`, `GET ${name}`, `PATCH ${name}`, `GET ${name}`])
    expect(said[0]).toBe(`Brought ${name} from 0.0.1 to this version.`)
    expect(live?.metadata.annotations).toEqual(customResourceDefinition.metadata.annotations)
  })

  it('makes Helm its only owner', async () => {
    owners = [{ manager: 'helm', operation: 'Apply' }]
    await apply()
    expect(sent).not.toContain('disown')
    owners = [...owners, { manager: 'kubectl', operation: 'Apply' }]
    await apply()
    expect(sent).toContain('disown')
  })

  it('writes nothing over a newer one', async () => {
    live = served({
      ...customResourceDefinition,
      metadata: { name, annotations: { 'quizboard.dev/version': '99.0.0' } },
    })
    await apply()
    expect(sent.filter((one) => !one.startsWith('GET'))).toEqual([])
    expect(said[0]).toContain('99.0.0')
  })

  it('tries again while the API server is in trouble, and not for ever', async () => {
    troubles = [new KubeError('starting', 503), new Error('connection refused')]
    await apply()
    expect(said).toContain(`Made ${name}.`)
    troubles = Array.from({ length: 100 }, () => new KubeError('starting', 503))
    await expect(apply()).rejects.toThrow(`${name} could not be brought up to date: starting`)
    expect(troubles.length).toBeGreaterThan(80)
  })

  it.each(['30', '31+', '40'])('takes Kubernetes 1.%s', async (version) => {
    minor = version
    await apply()
    expect(said).toContain('It is served.')
  })
  it.each(['29', '20+'])('refuses Kubernetes 1.%s, and changes nothing', async (version) => {
    minor = version
    await expect(apply()).rejects.toThrow(`Kubernetes 1.${version} is too old: Quizboard needs 1.30 or newer.`)
    expect(sent).toEqual([])
  })

  it('says at once which right is missing', async () => {
    troubles = [new KubeError('it is forbidden', 403)]
    await expect(apply()).rejects.toThrow(`No right to change ${name}: it is forbidden`)
    expect(sent).toHaveLength(1)
  })

  it('does not wait for ever for it to be served', async () => {
    serves = false
    await expect(apply()).rejects.toThrow('not served after 10 s')
  })
})
