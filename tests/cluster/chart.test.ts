/** The chart on a real cluster, with each Helm: from nothing to a quiz, another version and back, away and back again. */
import { customResourceDefinition } from '@quizboard/cdk8s/crd/custom-resource-definition.ts'
import { deployment, statefulSet } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { helms, render } from '../charts/support/helm.ts'
import {
  type Json,
  KINDS,
  openCluster,
  type PlatformHandle,
  platformAt,
  soon,
  type TestCluster,
} from './support/cluster.ts'
import { installForeign } from './support/foreign-definitions.ts'
import { type Release, releaseOf } from './support/helm-release.ts'
import { forwardPort } from './support/port-forward.ts'
import { loadProduct, type ProductImages } from './support/product-images.ts'

let cluster: TestCluster
let images: ProductImages
beforeAll(async () => {
  cluster = await openCluster()
  images = await loadProduct(cluster)
})
afterAll(() => cluster.close())

const NAME = 'autumn'
const DEFINITION = customResourceDefinition.metadata.name
const SMALL = { storage: { size: '1Gi' }, resources: { requests: { cpu: '50m', memory: '256Mi' } } }

/** No service names a tag: the version is the operator's. */
const valuesOf = (tag: string) => {
  const services = Object.entries(images.services(tag)).map(([field, { image, ...rest }]) => {
    const { repository } = image as { repository: string }
    return [field, { ...rest, image: { repository } }]
  })
  const [repository] = images.operator.split(':')
  return {
    image: { repository, tag },
    operator: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
    platform: {
      spec: {
        ...{ kafka: { bundled: SMALL }, mongodb: { bundled: SMALL }, postgresql: { bundled: SMALL } },
        ...Object.fromEntries(services),
      },
    },
  }
}

const definition = async (): Promise<Json> => cluster.get(KINDS.definition, undefined, DEFINITION)
/** `spec` replaces its list of versions. */
const changeDefinition = (change: object) =>
  cluster.http.send({
    method: 'PATCH',
    path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${DEFINITION}`,
    query: { fieldManager: 'somebody-else' },
    contentType: 'application/merge-patch+json',
    body: change,
  })
const versionedAs = (version: string) => ({ metadata: { annotations: { 'quizboard.dev/version': version } } })
const columnsOf = ({ spec }: Json) => spec.versions[0].additionalPrinterColumns.map(({ name }: Json) => name)

/** As on a cluster that has never heard of us. */
const forgetDefinition = async () => {
  await soon(
    'no other QuizPlatform is there',
    async () => {
      if (!(await definition())) return true
      return (await cluster.list(KINDS.platform)).length === 0
    },
    180_000,
  )
  await cluster.remove(KINDS.definition, undefined, DEFINITION)
  await soon('the definition is gone', async () => (await definition()) === undefined)
}

describe.each(helms())('Helm $version', (helm) => {
  let namespace: string
  let release: Release
  let platform: PlatformHandle
  let quizId: string | undefined
  beforeAll(async () => {
    namespace = await cluster.namespace()
    release = releaseOf(helm, namespace, NAME)
    platform = platformAt(cluster, namespace)
    await forgetDefinition()
  })
  afterAll(async () => {
    // Also where a test has failed; nothing to say where it is gone.
    await release.uninstall().catch(() => {})
    // So that nobody looks for a later version than there is.
    if (await definition()) await changeDefinition(versionedAs('0.0.0'))
  })

  const playedQuiz = async () => {
    const log = await release.test()
    expect(log).toContain('Every rank and every sum is right')
    return /have joined quiz (\w+)/.exec(log)?.[1]
  }
  /** The board of the first quiz, as the product has it now: out of MongoDB, by a token that is in a Secret. */
  const firstBoard = (): Promise<Json> =>
    soon('the product tells the first quiz’s board', async () => {
      const secret = await cluster.get(KINDS.secret, namespace, 'quizboard-host-token')
      const { token = '' } = (secret?.data ?? {}) as Record<string, string>
      const pods = await cluster.list(KINDS.pod, namespace, 'app.kubernetes.io/component=gateway')
      const pod = pods.find(({ metadata }) => !metadata.deletionTimestamp)
      if (!pod) return undefined
      const url = `http://127.0.0.1:${await forwardPort(cluster, namespace, pod.metadata.name, 8080)}`
      const headers = { authorization: `Bearer ${Buffer.from(token, 'base64')}` }
      const reply = await fetch(`${url}/api/v1/leaderboards/${quizId}`, { headers }).catch(() => undefined)
      return reply?.ok ? reply.json() : undefined
    })

  it('installs all at once where nothing is, in a namespace that admits restricted pods alone', async () => {
    await release.install(valuesOf(images.first))
    await platform.until('Ready', 'True')
    expect((await platform.get())?.status).toMatchObject({ version: images.first, ready: '4/4' })
    expect((await definition()).metadata.annotations).toMatchObject(customResourceDefinition.metadata.annotations)
    quizId = await playedQuiz()
    expect(quizId).toBeDefined()
  })

  it('of whatever can be chosen, the API server takes every object, strictly', async () => {
    await installForeign(cluster)
    // Not where a release of that name is: of some objects nothing may change.
    const elsewhere = await cluster.namespace()
    const values = {
      watch: { allNamespaces: true },
      monitoring: { serviceMonitors: true, rules: true, dashboards: true },
    }
    for (const object of render(helm, values)) {
      const { namespace: placed, ...metadata } = object.metadata
      const here = { ...object, metadata: placed ? { ...metadata, namespace: elsewhere } : metadata }
      const { kind } = await cluster.apply(here, { dryRun: true })
      expect(kind).toBe(object.kind)
    }
  })

  it('leaves nobody the right to change definitions', async () => {
    const left = await cluster.list(KINDS.clusterRole, undefined, `app.kubernetes.io/instance=${NAME}`)
    expect(left.filter(({ metadata }) => metadata.name.startsWith(namespace))).toEqual([])
  })

  it('an upgrade brings the definition, the operator and the platform to the new version', async () => {
    const [version] = (await definition()).spec.versions
    const older = { ...version, additionalPrinterColumns: [{ name: 'Old', type: 'string', jsonPath: '.spec.old' }] }
    await changeDefinition({ ...versionedAs('0.0.1'), spec: { versions: [older] } })
    await changeDefinition({ metadata: { annotations: { note: 'kept' } } })
    await release.upgrade(valuesOf(images.second))
    const now = await definition()
    expect(columnsOf(now)).toEqual(columnsOf(customResourceDefinition))
    expect(now.metadata.annotations).toMatchObject({ ...customResourceDefinition.metadata.annotations, note: 'kept' })
    const owners = now.metadata.managedFields.filter(({ subresource }: Json) => subresource !== 'status')
    expect(owners.map(({ manager, operation }: Json) => [manager, operation])).toEqual([['helm', 'Apply']])
    await soon(
      'all services run the new version',
      async () => (await platform.get())?.status?.version === images.second,
      180_000,
    )
    await platform.until('Ready', 'True')
    await playedQuiz()
    expect(await firstBoard()).toMatchObject({ quiz_id: quizId, players: 4 })
  })

  it('a rollback brings back the version before', async () => {
    await release.rollback(1)
    await soon(
      'all services run the first version',
      async () => (await platform.get())?.status?.version === images.first,
      180_000,
    )
    await platform.until('Ready', 'True')
    await playedQuiz()
  })

  it('a definition of a newer version is left alone', async () => {
    await changeDefinition(versionedAs('99.0.0'))
    await release.upgrade(valuesOf(images.first))
    expect((await definition()).metadata.annotations).toMatchObject(versionedAs('99.0.0').metadata.annotations)
    await changeDefinition(versionedAs('0.0.1'))
    await release.upgrade(valuesOf(images.first))
    expect((await definition()).metadata.annotations).toMatchObject(customResourceDefinition.metadata.annotations)
  })

  it('uninstalled, the services are gone; the data and the definition are kept, and used when it is installed again', async () => {
    await release.uninstall()
    await soon('the services are gone', async () => (await cluster.list(deployment, namespace)).length === 0)
    expect(await platform.get()).toBeUndefined()
    expect(await definition()).toBeDefined()
    expect(await cluster.list(statefulSet, namespace)).toHaveLength(3)
    expect(await cluster.list(KINDS.claim, namespace)).toHaveLength(3)
    // As an older chart has left it.
    const older = { ...customResourceDefinition.metadata, annotations: { 'quizboard.dev/version': '0.0.1' } }
    await cluster.apply({ ...customResourceDefinition, metadata: older }, { fieldManager: 'helm' })
    await release.install(valuesOf(images.first))
    await platform.until('Ready', 'True')
    expect(await firstBoard()).toMatchObject({ quiz_id: quizId, players: 4 })
    await playedQuiz()
    await release.uninstall()
  })
})
