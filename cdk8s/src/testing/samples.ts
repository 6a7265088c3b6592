/** Platforms for tests: one for each kind of store, and one with everything that can be chosen. */
import { parsePlatform, type QuizPlatform } from '../crd/parse-platform.ts'
import { API_VERSION, KIND } from '../crd/quiz-platform.ts'
import { type Build, type Facts, nothingKnown } from '../platform/build.ts'

export type Fields = { [name: string]: unknown }

export const BUNDLED: Fields = { kafka: { bundled: {} }, mongodb: { bundled: {} }, postgresql: { bundled: {} } }

export const OPERATORS: Fields = { kafka: { strimzi: {} }, mongodb: { mongodbCommunity: {} }, postgresql: { cnpg: {} } }

export const EXTERNAL: Fields = {
  kafka: { external: { bootstrapServers: ['kafka-1.example:9093', 'kafka-2.example:9093'] } },
  mongodb: { external: { uri: { name: 'mongodb' } } },
  postgresql: { external: { uri: { name: 'postgresql' } } },
}

const pods = {
  labels: { team: 'languages' },
  annotations: { 'example.com/note': 'pods of the quiz' },
  nodeSelector: { disk: 'fast' },
  tolerations: [{ key: 'quiz', operator: 'Exists', effect: 'NoSchedule' }],
  priorityClassName: 'important',
}

/** Every branch that a platform on other operators' stores can take. */
export const EVERYTHING: Fields = {
  image: { registry: 'registry.example/team', tag: '1.2.3', pullSecrets: [{ name: 'pull' }] },
  kafka: {
    strimzi: {
      version: '4.3.1',
      storage: { size: '50Gi', className: 'fast' },
      config: { 'log.retention.hours': '48' },
      foreignProducers: ['importer'],
      adminUser: true,
      pods,
    },
  },
  mongodb: {
    mongodbCommunity: {
      storage: { className: 'fast' },
      tls: { certificateSecret: 'mongodb-tls', caSecret: 'mongodb-ca' },
      serviceAccountName: 'mongodb-database',
      pods,
    },
  },
  postgresql: { cnpg: { imageName: 'postgresql:17', storage: { className: 'fast' }, pods } },
  topicPrefix: 'school.',
  quizService: { autoscaling: { minReplicas: 2, maxReplicas: 6 }, settings: { QUIZBOARD_LOG_LEVEL: 'debug' } },
  answerService: {
    image: { digest: `sha256:${'0'.repeat(64)}` },
    autoscaling: { maxReplicas: 20, keda: { prometheusUrl: 'http://prometheus.monitoring:9090' } },
  },
  leaderboardService: { replicas: 4, standbys: 2, pods: { nodeSelector: { zone: 'a' } } },
  gateway: { service: { type: 'LoadBalancer', annotations: { 'example.com/lb': 'internal' } } },
  pods,
  exposure: {
    httpRoute: { parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }], host: 'quiz.example' },
  },
  monitoring: { serviceMonitors: true, rules: true, labels: { release: 'prometheus' } },
  networkPolicies: {
    ingressNamespaces: [{ matchLabels: { 'kubernetes.io/metadata.name': 'gateways' } }],
    prometheusNamespaces: [{ matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } }],
  },
}

/** The same for stores outside: TLS, certificates, log-ins. */
export const EXTERNAL_TLS: Fields = {
  kafka: {
    external: {
      bootstrapServers: ['kafka.example:9093'],
      tls: { ca: { name: 'kafka-ca' }, clientCertificate: { name: 'kafka-user' } },
      sasl: { secret: { name: 'kafka-login' } },
      cidrs: ['10.1.0.0/16'],
    },
  },
  mongodb: {
    external: { uri: { name: 'mongodb' }, ca: { name: 'mongodb-ca' }, clientCertificate: { name: 'mongodb-user' } },
  },
  postgresql: { external: { uri: { name: 'postgresql' }, ca: { name: 'postgresql-ca' }, ports: [6432] } },
  secrets: { hostToken: { name: 'ours' }, signingKey: { name: 'ours' }, internalSecret: { name: 'ours' } },
  exposure: { ingress: { host: 'quiz.example', tlsSecretName: 'quiz-tls', className: 'nginx' } },
}

export const SAMPLES = {
  bundled: BUNDLED,
  operators: OPERATORS,
  external: EXTERNAL,
  everything: EVERYTHING,
  'external with TLS': EXTERNAL_TLS,
} as const

export const resourceOf = (spec: Fields, metadata: Fields = {}) => ({
  apiVersion: API_VERSION,
  kind: KIND,
  metadata: { name: 'quizboard', namespace: 'school', ...metadata },
  spec,
})

/** Throws if it is refused: samples are right. */
export const platformOf = (spec: Fields, metadata: Fields = {}): QuizPlatform => {
  const parsed = parsePlatform(resourceOf(spec, metadata), { unknownFields: 'refuse' })
  if (!parsed.ok) throw new Error(`the sample is refused:\n${parsed.problems.join('\n')}`)
  return parsed.platform
}

export const buildOf = (spec: Fields, facts: Facts = nothingKnown): Build => {
  const { metadata, spec: parsed } = platformOf(spec)
  return {
    name: metadata.name,
    namespace: metadata.namespace,
    spec: parsed,
    version: '0.1.0',
    managedBy: 'quizboard-operator',
    facts,
  }
}
