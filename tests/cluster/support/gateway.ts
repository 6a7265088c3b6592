/** How a test reaches the product on a cluster: by the gateway's node port, as somebody outside. */
import { service } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { call, type Target } from '../../e2e/foreign/api.ts'
import { type Json, KINDS, soon, type TestCluster } from './cluster.ts'

/** The gateway's Service must be of type NodePort. */
export const gatewayOf = async (cluster: TestCluster, namespace: string): Promise<Target> => {
  const [node] = await cluster.list(KINDS.node)
  const address = node?.status?.addresses.find(({ type }: Json) => type === 'InternalIP')?.address
  const live = await cluster.get(service, namespace, 'quizboard-gateway')
  const port = (live?.spec as Json | undefined)?.ports.find(({ name }: Json) => name === 'http')?.nodePort
  const target = { url: `http://${address}:${port}` }
  // Ready comes a moment before reachable.
  await soon(`the product answers at ${target.url}`, async () =>
    call(target, 'GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  return target
}

export const hostTokenOf = async (cluster: TestCluster, namespace: string): Promise<string> => {
  const secret = await cluster.get(KINDS.secret, namespace, 'quizboard-host-token')
  const { token } = (secret?.data ?? {}) as Record<string, string>
  if (!token) throw new Error('the host token is not there')
  return Buffer.from(token, 'base64').toString()
}
