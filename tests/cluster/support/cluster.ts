/** The cluster that KUBECONFIG names, for tests: raw JSON in and out, namespaces of our own, and everything taken away at the end. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { KubeConfig } from '@kubernetes/client-node'
import { customResourceDefinition } from '@quizboard/cdk8s/crd/custom-resource-definition.ts'
import { API_VERSION, KIND, PLURAL } from '@quizboard/cdk8s/crd/quiz-platform.ts'
import { kindOfObject } from '@quizboard/cdk8s/kinds/all.ts'
import { type Kind, kindOf } from '@quizboard/cdk8s/kinds/kind.ts'
import type { Fields } from '@quizboard/cdk8s/testing/samples.ts'
import { isNotFound } from '@quizboard/operator/adapters/kube-error.ts'
import { createKubeHttp, type KubeHttp } from '@quizboard/operator/adapters/kube-http.ts'
import { collectionPath, objectPath } from '@quizboard/operator/adapters/paths.ts'
import type { LiveObject } from '@quizboard/operator/domain/observed.ts'
import { eventually } from '@quizboard/shared/testing/eventually.ts'

export const KINDS = {
  platform: kindOf(API_VERSION, KIND, PLURAL),
  namespace: kindOf('v1', 'Namespace', 'namespaces'),
  secret: kindOf('v1', 'Secret', 'secrets'),
  node: kindOf('v1', 'Node', 'nodes'),
  pod: kindOf('v1', 'Pod', 'pods'),
  claim: kindOf('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  replicaSet: kindOf('apps/v1', 'ReplicaSet', 'replicasets'),
  event: kindOf('events.k8s.io/v1', 'Event', 'events'),
  lease: kindOf('coordination.k8s.io/v1', 'Lease', 'leases'),
  definition: kindOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions'),
  serviceAccount: kindOf('v1', 'ServiceAccount', 'serviceaccounts'),
  role: kindOf('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  clusterRole: kindOf('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles'),
  clusterRoleBinding: kindOf('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings'),
  roleBinding: kindOf('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
}
const OWN = new Map(Object.values(KINDS).map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]))
const kindOfAny = (object: { apiVersion: string; kind: string }): Kind =>
  OWN.get(`${object.apiVersion}/${object.kind}`) ?? kindOfObject(object)

interface Placed {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
}

export interface TestCluster {
  readonly config: KubeConfig
  readonly http: KubeHttp
  get(kind: Kind, namespace: string | undefined, name: string): Promise<LiveObject | undefined>
  list(kind: Kind, namespace?: string, labelSelector?: string): Promise<LiveObject[]>
  create(object: object): Promise<LiveObject>
  /** Server-side apply, as `kubectl apply --server-side --validate=strict`. */
  apply(object: object, options?: { dryRun?: boolean; fieldManager?: string }): Promise<LiveObject>
  patch(kind: Kind, namespace: string, name: string, change: Fields, subresource?: string): Promise<LiveObject>
  replace(object: object): Promise<LiveObject>
  remove(kind: Kind, namespace: string | undefined, name: string): Promise<void>
  /** A new namespace under Pod Security `restricted`; gone at the end. */
  namespace(): Promise<string>
  /** Registers what is done at the end, last first. */
  after(work: () => Promise<void>): void
  close(): Promise<void>
}

export const openCluster = async (): Promise<TestCluster> => {
  const config = new KubeConfig()
  config.loadFromDefault()
  const http = createKubeHttp({ config, userAgent: 'quizboard-tests' })
  const cleanups: (() => Promise<void>)[] = []

  const pathOf = (object: Placed) =>
    objectPath(kindOfAny(object), object.metadata.namespace as string, object.metadata.name)
  const cluster: TestCluster = {
    config,
    http,
    async get(kind, namespace, name) {
      try {
        return (await http.send({ method: 'GET', path: objectPath(kind, namespace as string, name) })) as LiveObject
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    async list({ apiVersion, kind, ...rest }, namespace, labelSelector) {
      const path = collectionPath({ apiVersion, kind, ...rest }, namespace)
      const { items } = (await http.send({ method: 'GET', path, query: { labelSelector } })) as { items: LiveObject[] }
      return items.map((item) => ({ ...item, apiVersion, kind }))
    },
    async create(object) {
      const { metadata } = object as Placed
      const path = collectionPath(kindOfAny(object as Placed), metadata.namespace)
      const query = { fieldValidation: 'Strict' }
      return (await http.send({ method: 'POST', path, query, body: object })) as LiveObject
    },
    async apply(object, { dryRun = false, fieldManager = 'quizboard-tests' } = {}) {
      return (await http.send({
        method: 'PATCH',
        path: pathOf(object as Placed),
        query: { fieldManager, force: 'true', fieldValidation: 'Strict', ...(dryRun && { dryRun: 'All' }) },
        contentType: 'application/apply-patch+yaml',
        body: object,
      })) as LiveObject
    },
    async patch(kind, namespace, name, change, subresource) {
      const path = `${objectPath(kind, namespace, name)}${subresource ? `/${subresource}` : ''}`
      const contentType = 'application/merge-patch+json'
      return (await http.send({ method: 'PATCH', path, contentType, body: change })) as LiveObject
    },
    async replace(object) {
      const path = pathOf(object as Placed)
      return (await http.send({
        method: 'PUT',
        path,
        query: { fieldValidation: 'Strict' },
        body: object,
      })) as LiveObject
    },
    async remove(kind, namespace, name) {
      const body = { propagationPolicy: 'Background' }
      try {
        await http.send({ method: 'DELETE', path: objectPath(kind, namespace as string, name), body })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    },
    async namespace() {
      const name = `quizboard-test-${randomBytes(4).toString('hex')}`
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
      await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
      cluster.after(() => cluster.remove(KINDS.namespace, undefined, name))
      return name
    },
    after: (work) => void cleanups.push(work),
    async close() {
      for (const cleanup of cleanups.splice(0).reverse())
        await cleanup().catch((error) => console.error('clean up:', error))
      http.close()
    },
  }
  return cluster
}

export const isEstablished = (definition: LiveObject | undefined): boolean =>
  definition?.status?.conditions?.some((one: Fields) => one.type === 'Established' && one.status === 'True') ?? false

/** The QuizPlatform itself. It stays: other tests may run beside. */
export const installDefinition = async (cluster: TestCluster): Promise<void> => {
  await cluster.apply(customResourceDefinition)
  const { name } = customResourceDefinition.metadata
  await eventually(
    'QuizPlatform is served',
    async () => isEstablished(await cluster.get(KINDS.definition, undefined, name)),
    {
      limitMs: 30_000,
    },
  )
}

/** `QUIZBOARD_IMAGE_LOADER NAME:TAG FOLDER` builds a folder's Dockerfile and gives the image to the nodes. */
export const imageLoader = (): string => {
  const loader = process.env.QUIZBOARD_IMAGE_LOADER
  if (!loader) throw new Error('QUIZBOARD_IMAGE_LOADER must name a command that gives an image to the cluster')
  return loader
}

export const loadPlaceholder = async (tag: string): Promise<{ repository: string; tag: string }> => {
  const folder = fileURLToPath(new URL('../placeholder', import.meta.url))
  const repository = 'quizboard-placeholder'
  await promisify(execFile)('sh', ['-c', `${imageLoader()} "$@"`, 'sh', `${repository}:${tag}`, folder])
  return { repository, tag }
}

export const SERVICES = ['quiz-service', 'answer-service', 'leaderboard-service', 'gateway'] as const
const FIELDS = ['quizService', 'answerService', 'leaderboardService', 'gateway'] as const

/** One replica of each service, of the placeholder's image. */
export const placeholders = (image: { repository: string; tag: string }): Fields =>
  Object.fromEntries(FIELDS.map((field) => [field, { replicas: 1, image }]))

// biome-ignore lint/suspicious/noExplicitAny: tests look into plain JSON.
export type Json = any

const conditionOf = (object: LiveObject | undefined, type: string): Json =>
  object?.status?.conditions?.find((one: Fields) => one.type === type)

export interface PlatformHandle {
  namespace: string
  name: string
  get(): Promise<LiveObject | undefined>
  /** Waits until a condition has a status, of the newest generation; fails with what it has instead. */
  until(type: string, status: string, check?: (condition: Json) => boolean, limitMs?: number): Promise<Json>
  patch(change: Fields): Promise<LiveObject>
}

/** Of a platform that is there, or will be. */
export const platformAt = (cluster: TestCluster, namespace: string, name = 'quizboard'): PlatformHandle => {
  const get = () => cluster.get(KINDS.platform, namespace, name)
  return {
    ...{ namespace, name, get },
    async until(type, status, check = () => true, limitMs = 180_000) {
      let last: LiveObject | undefined
      try {
        return await eventually(
          `${type} is ${status}`,
          async () => {
            last = await get()
            const found = conditionOf(last, type)
            const isNew = found?.observedGeneration === last?.metadata.generation
            await new Promise((resolve) => setTimeout(resolve, 200))
            return found?.status === status && isNew && check(found) ? found : undefined
          },
          { limitMs },
        )
      } catch (error) {
        throw new Error(`${(error as Error).message}; the status is ${JSON.stringify(last?.status, null, 1)}`)
      }
    },
    patch: (change) => cluster.patch(KINDS.platform, namespace, name, change),
  }
}

export const createPlatform = async (
  cluster: TestCluster,
  namespace: string,
  spec: Fields,
): Promise<PlatformHandle> => {
  await cluster.create({ apiVersion: API_VERSION, kind: KIND, metadata: { name: 'quizboard', namespace }, spec })
  // Before its namespace, which is only emptied of it once every pod has ended: the next file may need a cluster without any.
  cluster.after(() => cluster.remove(KINDS.platform, namespace, 'quizboard'))
  return platformAt(cluster, namespace)
}

/** Polls gently: the API server has other things to do. */
export const soon = <T>(what: string, holds: () => Promise<T | undefined | false>, limitMs = 120_000): Promise<T> =>
  eventually(what, holds, { limitMs, pass: () => new Promise((resolve) => setTimeout(resolve, 200)) })
