/** NetworkPolicies: everything is denied, then the flows of the table are allowed. */
import type { Construct } from 'constructs'
import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1.d.ts'
import { addObject } from '../kinds/kind.ts'
import { networkPolicy } from '../kinds/kubernetes.ts'
import { type Build, type Component, labelsOf, nameOf, PART_OF, selectorLabels } from '../platform/build.ts'
import { type Flow, flowsOf, type Outside } from './flows.ts'

const SERVICES: readonly Component[] = ['quiz-service', 'answer-service', 'leaderboard-service', 'gateway']

export const addNetworkPolicies = (scope: Construct, build: Build): void => {
  if (!build.spec.networkPolicies.enabled) return
  const { kafka, mongodb, postgresql } = build.spec
  const components: Component[] = [
    ...SERVICES,
    'migrate',
    ...(kafka.strimzi ? [] : (['topics'] as const)),
    ...(kafka.bundled ? (['kafka'] as const) : []),
    ...(mongodb.bundled ? (['mongodb'] as const) : []),
    ...(postgresql.bundled ? (['postgresql'] as const) : []),
  ]
  addDefaultDeny(scope, build, components)
  const flows = flowsOf(build)
  for (const component of components) addPolicy(scope, build, component, flows)
}

/** Of our own pods alone: those of other operators in the namespace are theirs to close. */
const addDefaultDeny = (scope: Construct, build: Build, components: Component[]): void => {
  addObject(
    scope,
    networkPolicy,
    { name: `${build.name}-default-deny`, labels: labelsOf(build, 'platform') },
    {
      spec: {
        podSelector: {
          matchLabels: { 'app.kubernetes.io/instance': build.name, 'app.kubernetes.io/part-of': PART_OF },
          matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: components }],
        },
        policyTypes: ['Ingress', 'Egress'],
      },
    },
  )
}

const addPolicy = (scope: Construct, build: Build, component: Component, flows: readonly Flow[]): void => {
  const ingress = flows
    .filter(({ to }) => to === component)
    .map(({ from, ports }): NetworkPolicyIngressRule => withPeers('from', peersOf(build, from), portsOf(ports)))
  const egress = flows
    .filter(({ from }) => from === component)
    .map(({ to, ports }): NetworkPolicyEgressRule => withPeers('to', peersOf(build, to), portsOf(ports)))
  addObject(
    scope,
    networkPolicy,
    { name: nameOf(build, component), labels: labelsOf(build, component) },
    {
      spec: {
        podSelector: { matchLabels: selectorLabels(build, component) },
        policyTypes: ['Ingress', 'Egress'],
        ...(ingress.length > 0 && { ingress }),
        // Who opens connections looks names up.
        ...(egress.length > 0 && { egress: [...egress, dns(build)] }),
      },
    },
  )
}

/** Without peers a rule means everybody: then the field must not be there. */
const withPeers = <K extends 'from' | 'to'>(
  side: K,
  peers: NetworkPolicyPeer[],
  ports: NetworkPolicyPort[],
): { ports: NetworkPolicyPort[] } & Partial<Record<K, NetworkPolicyPeer[]>> =>
  ({ ports, ...(peers.length > 0 && { [side]: peers }) }) as { ports: NetworkPolicyPort[] } & Partial<
    Record<K, NetworkPolicyPeer[]>
  >

const portsOf = (ports: readonly number[]): NetworkPolicyPort[] => ports.map((port) => ({ port, protocol: 'TCP' }))

const peersOf = (build: Build, end: Component | Outside): NetworkPolicyPeer[] => {
  if (typeof end === 'string') return [{ podSelector: { matchLabels: selectorLabels(build, end) } }]
  const { ingressNamespaces, prometheusNamespaces } = build.spec.networkPolicies
  switch (end.kind) {
    case 'pods':
      return [{ podSelector: { matchLabels: end.labels } }]
    case 'addresses':
      return end.cidrs.map((cidr) => ({ ipBlock: { cidr } }))
    case 'public':
      return ingressNamespaces.map((namespaceSelector) => ({ namespaceSelector }))
    case 'prometheus':
      return prometheusNamespaces.length > 0
        ? prometheusNamespaces.map((namespaceSelector) => ({ namespaceSelector }))
        : [{ namespaceSelector: {}, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } }]
  }
}

/** Where NodeLocal DNSCache listens on every node. */
const NODE_LOCAL_DNS = '169.254.20.10/32'

const dns = ({ spec }: Build): NetworkPolicyEgressRule => ({
  to: [
    ...spec.networkPolicies.dnsNamespaces.map((namespaceSelector) => ({ namespaceSelector })),
    { ipBlock: { cidr: NODE_LOCAL_DNS } },
  ],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
})
