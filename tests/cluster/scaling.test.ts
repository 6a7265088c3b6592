/** Scaling by load: the autoscaler and the operator do not fight over the number of pods. */
import { deployment } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, type Target } from '../e2e/foreign/api.ts'
import {
  createPlatform,
  installDefinition,
  type Json,
  loadPlaceholder,
  openCluster,
  type PlatformHandle,
  placeholders,
  soon,
  type TestCluster,
} from './support/cluster.ts'
import { gatewayOf } from './support/gateway.ts'
import { createOperatorPlace, startOperator } from './support/operator-process.ts'

let cluster: TestCluster
let namespace: string
let platform: PlatformHandle
let target: Target
let hasMetrics = false

beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  const image = await loadPlaceholder('1')
  namespace = await cluster.namespace()
  await startOperator(cluster, await createOperatorPlace(cluster, [namespace]))
  for (const name of ['mongodb', 'postgresql'])
    await cluster.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      stringData: { uri: `${name}://elsewhere` },
    })
  const { gateway, ...others } = placeholders(image) as Record<string, object>
  platform = await createPlatform(cluster, namespace, {
    kafka: { external: { bootstrapServers: ['kafka.example:9092'], createTopics: false } },
    ...{
      mongodb: { external: { uri: { name: 'mongodb' } } },
      postgresql: { external: { uri: { name: 'postgresql' } } },
    },
    ...others,
    gateway: {
      ...gateway,
      service: { type: 'NodePort' },
      resources: { requests: { cpu: '20m', memory: '64Mi' } },
      autoscaling: { minReplicas: 1, maxReplicas: 3, cpuUtilization: 50 },
    },
  })
  await platform.until('Ready', 'True')
  target = await gatewayOf(cluster, namespace)
  hasMetrics = await cluster.http.send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes' }).then(
    () => true,
    () => false,
  )
})
afterAll(() => cluster.close())

const replicas = async () =>
  ((await cluster.get(deployment, namespace, 'quizboard-gateway'))?.spec as Json | undefined)?.replicas

it('the operator leaves the number of pods to the autoscaler', async () => {
  await cluster.patch(deployment, namespace, 'quizboard-gateway', { spec: { replicas: 2 } })
  await platform.patch({ metadata: { annotations: { 'example.com/look': 'again' } } })
  await platform.until('Ready', 'True', ({ message }) => !/ of /.test(message))
  expect(await replicas()).toBeGreaterThan(1)
})

it('under load there are more pods', async ({ skip }) => {
  if (!hasMetrics) skip('the cluster has no metrics-server')
  let loading = true
  const load = Promise.all(
    Array.from({ length: 16 }, async () => {
      while (loading) await call(target, 'GET', '/').catch(() => undefined)
    }),
  )
  try {
    await soon('there are three pods', async () => (await replicas()) === 3, 180_000)
  } finally {
    loading = false
    await load
  }
  await soon('the status says so', async () => {
    const { services = [] } = (await platform.get())?.status ?? {}
    const { replicas: wanted, readyReplicas } = services.find(({ name }: Json) => name === 'gateway') ?? {}
    return wanted === 3 && readyReplicas === 3
  })
})
