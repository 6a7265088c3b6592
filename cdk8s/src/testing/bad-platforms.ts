/**
 * Platforms that have to be refused, each with the field that the message must name. The unit tests give them to the parser, the
 * cluster tests to a real API server.
 */
import { BUNDLED, EXTERNAL, type Fields, OPERATORS } from './samples.ts'

export interface BadPlatform {
  what: string
  /** Named in the message. */
  field: string
  spec: unknown
  metadata?: Fields
}

const with_ = (fields: Fields): Fields => ({ ...BUNDLED, ...fields })
const without = (...names: string[]): Fields =>
  Object.fromEntries(Object.entries(BUNDLED).filter(([name]) => !names.includes(name)))
const external = (kind: 'kafka' | 'mongodb' | 'postgresql', fields: Fields): Fields => ({
  ...EXTERNAL,
  [kind]: { external: { ...(EXTERNAL[kind] as { external: Fields }).external, ...fields } },
})
const strimzi = (fields: Fields): Fields => ({ ...OPERATORS, kafka: { strimzi: fields } })
const many = (length: number, item: (i: number) => unknown) => Array.from({ length }, (_, i) => item(i))
const bad = (what: string, field: string, spec: unknown): BadPlatform => ({ what, field, spec })
const named = (what: string, name: string): BadPlatform => ({
  what,
  field: 'metadata.name',
  spec: BUNDLED,
  metadata: { name },
})

export const BAD_PLATFORMS: readonly BadPlatform[] = [
  // What has to be there.
  bad('no Kafka', 'spec.kafka', without('kafka')),
  bad('no MongoDB', 'spec.mongodb', without('mongodb')),
  bad('no PostgreSQL', 'spec.postgresql', without('postgresql')),
  bad('no brokers', 'spec.kafka.external.bootstrapServers', { ...EXTERNAL, kafka: { external: {} } }),
  bad('no URL of MongoDB', 'spec.mongodb.external.uri', { ...EXTERNAL, mongodb: { external: {} } }),
  bad('no URL of PostgreSQL', 'spec.postgresql.external.uri', { ...EXTERNAL, postgresql: { external: {} } }),
  bad('a Secret without name', 'spec.secrets.hostToken.name', with_({ secrets: { hostToken: { key: 'token' } } })),
  bad('no most replicas', 'spec.quizService.autoscaling.maxReplicas', with_({ quizService: { autoscaling: {} } })),
  bad('a route to no Gateway', 'spec.exposure.httpRoute.parentRefs', with_({ exposure: { httpRoute: {} } })),
  bad('no Prometheus for KEDA', 'spec.answerService.autoscaling.keda.prometheusUrl', {
    ...BUNDLED,
    answerService: { autoscaling: { maxReplicas: 3, keda: {} } },
  }),
  // Choices that contradict each other.
  bad('no kind of Kafka', 'spec.kafka', with_({ kafka: {} })),
  bad('two kinds of Kafka', 'spec.kafka', with_({ kafka: { bundled: {}, strimzi: {} } })),
  bad('three kinds of Kafka', 'spec.kafka', {
    ...EXTERNAL,
    kafka: { bundled: {}, strimzi: {}, external: { bootstrapServers: ['a:1'] } },
  }),
  bad('no kind of MongoDB', 'spec.mongodb', with_({ mongodb: { database: 'quiz' } })),
  bad('two kinds of MongoDB', 'spec.mongodb', with_({ mongodb: { bundled: {}, mongodbCommunity: {} } })),
  bad('no kind of PostgreSQL', 'spec.postgresql', with_({ postgresql: {} })),
  bad('two kinds of PostgreSQL', 'spec.postgresql', with_({ postgresql: { bundled: {}, cnpg: {} } })),
  bad('an Ingress and an HTTPRoute', 'spec.exposure', {
    ...BUNDLED,
    exposure: { ingress: {}, httpRoute: { parentRefs: [{ name: 'a' }] } },
  }),
  bad('fewer at most than at least', 'spec.gateway.autoscaling.maxReplicas', {
    ...BUNDLED,
    gateway: { autoscaling: { minReplicas: 3, maxReplicas: 2 } },
  }),
  bad('a certificate without an authority', 'spec.kafka.external.tls', {
    ...external('kafka', { tls: { clientCertificate: { name: 'user' } } }),
  }),
  bad('an image that says nothing', 'spec.gateway.image', with_({ gateway: { image: {} } })),
  // Types.
  bad('partitions as text', 'spec.partitions', with_({ partitions: '12' })),
  bad('half a partition', 'spec.partitions', with_({ partitions: 1.5 })),
  bad('replicas as text', 'spec.quizService.replicas', with_({ quizService: { replicas: 'two' } })),
  bad('a store as text', 'spec.kafka', with_({ kafka: 'strimzi' })),
  bad('a store as list', 'spec.mongodb', with_({ mongodb: [] })),
  bad('brokers as text', 'spec.kafka.external.bootstrapServers', external('kafka', { bootstrapServers: 'kafka:9092' })),
  bad('settings as list', 'spec.answerService.settings', with_({ answerService: { settings: ['QUIZBOARD_X=1'] } })),
  bad('a number as setting', 'spec.answerService.settings', with_({ answerService: { settings: { QUIZBOARD_X: 1 } } })),
  bad('yes for true', 'spec.monitoring.rules', with_({ monitoring: { rules: 'yes' } })),
  bad('a service that is a number', 'spec.gateway', with_({ gateway: 3 })),
  // Numbers out of range.
  bad('no partition', 'spec.partitions', with_({ partitions: 0 })),
  bad('too many partitions', 'spec.partitions', with_({ partitions: 501 })),
  bad('fewer than no replicas', 'spec.quizService.replicas', with_({ quizService: { replicas: -1 } })),
  bad('too many replicas', 'spec.leaderboardService.replicas', with_({ leaderboardService: { replicas: 101 } })),
  bad('too many standbys', 'spec.leaderboardService.standbys', with_({ leaderboardService: { standbys: 6 } })),
  bad('an even number of controllers', 'spec.kafka.strimzi.replicas', strimzi({ replicas: 2 })),
  bad('a port beyond all ports', 'spec.mongodb.external.ports[0]', external('mongodb', { ports: [65_536] })),
  bad('no copies', 'spec.kafka.external.replicationFactor', external('kafka', { replicationFactor: 0 })),
  bad('no use of the CPU', 'spec.quizService.autoscaling.cpuUtilization', {
    ...BUNDLED,
    quizService: { autoscaling: { maxReplicas: 2, cpuUtilization: 0 } },
  }),
  // Texts that mean nothing.
  bad('a policy that there is not', 'spec.deletionPolicy', with_({ deletionPolicy: 'Keep' })),
  bad('a type of Service that there is not', 'spec.gateway.service.type', {
    ...BUNDLED,
    gateway: { service: { type: 'ExternalName' } },
  }),
  bad('a mechanism that there is not', 'spec.kafka.external.sasl.mechanism', {
    ...external('kafka', { sasl: { mechanism: 'gssapi', secret: { name: 'a' } } }),
  }),
  bad(
    'a broker without port',
    'spec.kafka.external.bootstrapServers[0]',
    external('kafka', { bootstrapServers: ['kafka'] }),
  ),
  bad('a prefix in upper case', 'spec.topicPrefix', with_({ topicPrefix: 'School.' })),
  bad('a quantity that is none', 'spec.quizService.resources.requests.cpu', {
    ...BUNDLED,
    quizService: { resources: { requests: { cpu: 'lots' } } },
  }),
  bad(
    'a size that is none',
    'spec.kafka.bundled.storage.size',
    with_({ kafka: { bundled: { storage: { size: 'big' } } } }),
  ),
  bad('a volume of nothing', 'spec.mongodb.bundled.storage.size', {
    ...BUNDLED,
    mongodb: { bundled: { storage: { size: '0Gi' } } },
  }),
  bad('the tag latest', 'spec.image.tag', with_({ image: { tag: 'latest' } })),
  bad('a tag with a space', 'spec.image.tag', with_({ image: { tag: 'one two' } })),
  bad('a whole image without a tag', 'ref', with_({ gateway: { image: { ref: 'localhost:5001/gateway' } } })),
  bad('a whole image of no version', 'ref', with_({ gateway: { image: { ref: 'gateway:latest' } } })),
  bad(
    'a digest that is too short',
    'spec.gateway.image.digest',
    with_({ gateway: { image: { digest: 'sha256:abc' } } }),
  ),
  bad('a version that is none', 'spec.kafka.strimzi.version', strimzi({ version: 'four' })),
  bad('an interval without unit', 'spec.monitoring.interval', with_({ monitoring: { interval: '15' } })),
  bad('a host with a path', 'spec.exposure.ingress.host', with_({ exposure: { ingress: { host: 'quiz.example/x' } } })),
  bad('a public address without scheme', 'spec.exposure.publicUrl', with_({ exposure: { publicUrl: 'quiz.example' } })),
  bad('a Secret’s name that is none', 'spec.secrets.signingKey.name', {
    ...BUNDLED,
    secrets: { signingKey: { name: 'Signing_Key' } },
  }),
  bad('an address range that is none', 'spec.kafka.external.cidrs[0]', external('kafka', { cidrs: ['10.0.0.0'] })),
  bad('a label that is none', 'spec.pods.labels', with_({ pods: { labels: { team: 'no spaces' } } })),
  bad('a name of a label that is none', 'spec.pods.labels', with_({ pods: { labels: { 'two words': 'x' } } })),
  // Settings that are not the user's.
  bad('a setting of somebody else', 'spec.quizService.settings', {
    ...BUNDLED,
    quizService: { settings: { POSTGRES_URL: 'postgresql://elsewhere' } },
  }),
  bad('a setting that the platform sets', 'spec.quizService.settings', {
    ...BUNDLED,
    quizService: { settings: { QUIZBOARD_PORT: '80' } },
  }),
  bad('a secret as setting', 'spec.answerService.settings', {
    ...BUNDLED,
    answerService: { settings: { QUIZBOARD_HOST_TOKEN: 'in the clear' } },
  }),
  bad('a file as setting', 'spec.answerService.settings', {
    ...BUNDLED,
    answerService: { settings: { QUIZBOARD_PUBLIC_KEYS_FILE: '/tmp/mine' } },
  }),
  bad('a foreign producer named as a service', 'spec.kafka.strimzi.foreignProducers[0]', {
    ...strimzi({ foreignProducers: ['quiz-service'] }),
  }),
  // More than there may be.
  bad('too many brokers', 'spec.kafka.external.bootstrapServers', {
    ...external('kafka', { bootstrapServers: many(21, (i) => `kafka-${i}:9092`) }),
  }),
  bad('too many labels', 'spec.pods.labels', {
    ...BUNDLED,
    pods: { labels: Object.fromEntries(many(31, (i) => [`label-${i}`, 'x']) as [string, string][]) },
  }),
  bad('an annotation without end', 'spec.pods.annotations', with_({ pods: { annotations: { a: 'x'.repeat(4097) } } })),
  bad(
    'a host name without end',
    'spec.exposure.ingress.host',
    with_({ exposure: { ingress: { host: 'a'.repeat(254) } } }),
  ),
  // Typing errors.
  bad('an unknown field', 'spec.kafkas', with_({ kafkas: {} })),
  bad('an unknown field, deep down', 'spec.kafka.bundled.storage.sizes', {
    ...BUNDLED,
    kafka: { bundled: { storage: { sizes: '5Gi' } } },
  }),
  bad('a spec that is a list', 'spec', []),
  named('a name that is too long', 'a'.repeat(26)),
  named('a name that begins with a digit', '1st'),
  named('a name with a dot', 'quiz.board'),
]

export interface BadChange {
  what: string
  field: string
  before: Fields
  after: Fields
}
const change = (what: string, field: string, before: Fields, after: Fields): BadChange => ({
  what,
  field,
  before,
  after,
})

/** Right by themselves, but not one after the other: only the API server knows what was before. */
export const BAD_CHANGES: readonly BadChange[] = [
  change('other partitions', 'spec.partitions', with_({ partitions: 12 }), with_({ partitions: 24 })),
  change('other partitions than the default', 'spec.partitions', BUNDLED, with_({ partitions: 24 })),
  change('back to the default partitions', 'spec.partitions', with_({ partitions: 24 }), BUNDLED),
  change('another prefix', 'spec.topicPrefix', BUNDLED, with_({ topicPrefix: 'school.' })),
  change('another database', 'spec.mongodb.database', BUNDLED, with_({ mongodb: { bundled: {}, database: 'other' } })),
  change('another kind of Kafka', 'spec.kafka', BUNDLED, with_({ kafka: { strimzi: {} } })),
  change('another kind of MongoDB', 'spec.mongodb', BUNDLED, with_({ mongodb: { mongodbCommunity: {} } })),
  change('another kind of PostgreSQL', 'spec.postgresql', BUNDLED, with_({ postgresql: { cnpg: {} } })),
  change('a bigger volume', 'spec.kafka.bundled.storage', BUNDLED, {
    ...BUNDLED,
    kafka: { bundled: { storage: { size: '9Gi' } } },
  }),
  change('another class of volume', 'spec.postgresql.bundled.storage', BUNDLED, {
    ...BUNDLED,
    postgresql: { bundled: { storage: { className: 'fast' } } },
  }),
]
