/**
 * The operator itself, for people who install without Helm: service account, rights, Deployment, and what belongs to it. `watch`:
 * the namespaces with platforms; none: all of them, by a ClusterRole.
 */
import { App, Chart } from 'cdk8s'
import type { Construct } from 'constructs'
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts'
import { addObject, type KubeObject, kindOf } from '../kinds/kind.ts'
import { deployment, namespaceKind, networkPolicy, podDisruptionBudget, service } from '../kinds/kubernetes.ts'
import { CONTAINER_SECURITY, httpProbe, podSecurity } from '../workloads/pod.ts'
import { ownRules, type PolicyRule, platformRules } from './rights.ts'

export interface OperatorOptions {
  namespace: string
  image: string
  version: string
  watch: readonly string[]
}

const RBAC = 'rbac.authorization.k8s.io'
const serviceAccount = kindOf<{ automountServiceAccountToken: boolean }>('v1', 'ServiceAccount', 'serviceaccounts')
const role = kindOf<{ rules: PolicyRule[] }>(`${RBAC}/v1`, 'Role', 'roles')
const clusterRole = kindOf<{ rules: PolicyRule[] }>(`${RBAC}/v1`, 'ClusterRole', 'clusterroles')
interface Binding {
  roleRef: { apiGroup: string; kind: string; name: string }
  subjects: { kind: string; name: string; namespace: string }[]
}
const roleBinding = kindOf<Binding>(`${RBAC}/v1`, 'RoleBinding', 'rolebindings')
const clusterRoleBinding = kindOf<Binding>(`${RBAC}/v1`, 'ClusterRoleBinding', 'clusterrolebindings')

const NAME = 'quizboard-operator'
const METRICS_PORT = 9464
const SELECTOR = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/instance': NAME }
const LABELS = { ...SELECTOR, 'app.kubernetes.io/component': 'operator', 'app.kubernetes.io/part-of': 'quizboard' }

export const operatorManifests = (options: OperatorOptions): KubeObject[] => {
  const chart = new Chart(new App(), NAME, { disableResourceNameHashes: true })
  const { namespace } = options
  const metadata = { name: NAME, namespace, labels: LABELS }
  addObject(
    chart,
    namespaceKind,
    { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    {},
  )
  addObject(chart, serviceAccount, metadata, { automountServiceAccountToken: false })
  addRights(chart, options)
  addDeployment(chart, options)
  addObject(chart, service, metadata, {
    spec: { selector: SELECTOR, ports: [{ name: 'metrics', port: METRICS_PORT, targetPort: 'metrics' }] },
  })
  addObject(chart, podDisruptionBudget, metadata, { spec: { maxUnavailable: 1, selector: { matchLabels: SELECTOR } } })
  addObject(chart, networkPolicy, metadata, {
    spec: {
      podSelector: { matchLabels: SELECTOR },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: METRICS_PORT, protocol: 'TCP' }] }],
      egress: operatorEgress(),
    },
  })
  return chart.toJson()
}

/** As a Service, and behind it: most clusters', minikube's. */
export const API_SERVER_PORTS = [443, 6443, 8443]

/**
 * The API server is no pod: no selector names it, and its address differs from cluster to cluster. So its usual ports are open to
 * any address, and nothing else is.
 */
export const operatorEgress = (): NetworkPolicyEgressRule[] => [
  { ports: API_SERVER_PORTS.map((port) => ({ port, protocol: 'TCP' })) },
  { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
]

const addRights = (scope: Construct, { namespace, watch }: OperatorOptions): void => {
  const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace }]
  const refer = (kind: string, name: string) => ({ roleRef: { apiGroup: RBAC, kind, name }, subjects })
  const own = { name: `${NAME}-leader`, namespace, labels: LABELS }
  addObject(scope, role, own, { rules: ownRules() })
  addObject(scope, roleBinding, own, refer('Role', own.name))
  if (watch.length === 0) {
    addObject(scope, clusterRole, { name: NAME, labels: LABELS }, { rules: platformRules() })
    addObject(scope, clusterRoleBinding, { name: NAME, labels: LABELS }, refer('ClusterRole', NAME))
  }
  for (const place of watch) {
    const metadata = { name: `${NAME}-${place}`, namespace: place, labels: LABELS }
    addObject(scope, role, metadata, { rules: platformRules() })
    addObject(scope, roleBinding, metadata, refer('Role', metadata.name))
  }
}

const addDeployment = (scope: Construct, { namespace, image, version, watch }: OperatorOptions): void => {
  const fieldEnv = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
  addObject(
    scope,
    deployment,
    { name: NAME, namespace, labels: { ...LABELS, 'app.kubernetes.io/version': version } },
    {
      spec: {
        // One leads, the other takes over.
        replicas: 2,
        selector: { matchLabels: SELECTOR },
        revisionHistoryLimit: 3,
        template: {
          metadata: { labels: LABELS },
          spec: {
            serviceAccountName: NAME,
            automountServiceAccountToken: true,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 30,
            securityContext: podSecurity(10_001),
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: SELECTOR },
              },
            ],
            containers: [
              {
                name: 'operator',
                image,
                imagePullPolicy: 'IfNotPresent',
                env: [
                  fieldEnv('POD_NAME', 'metadata.name'),
                  fieldEnv('POD_NAMESPACE', 'metadata.namespace'),
                  { name: 'WATCH_NAMESPACES', value: watch.join(',') },
                  { name: 'QUIZBOARD_METRICS_HOST', value: '0.0.0.0' },
                  { name: 'QUIZBOARD_METRICS_PORT', value: String(METRICS_PORT) },
                ],
                ports: [{ name: 'metrics', containerPort: METRICS_PORT }],
                resources: {
                  requests: { cpu: '50m', memory: '96Mi', 'ephemeral-storage': '16Mi' },
                  limits: { memory: '256Mi', 'ephemeral-storage': '64Mi' },
                },
                securityContext: CONTAINER_SECURITY,
                startupProbe: httpProbe('/livez', 'metrics', { periodSeconds: 1, failureThreshold: 60 }),
                livenessProbe: httpProbe('/livez', 'metrics', {
                  periodSeconds: 10,
                  timeoutSeconds: 5,
                  failureThreshold: 6,
                }),
                readinessProbe: httpProbe('/readyz', 'metrics', { periodSeconds: 5, failureThreshold: 3 }),
                volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '16Mi' } }],
          },
        },
      },
    },
  )
}
