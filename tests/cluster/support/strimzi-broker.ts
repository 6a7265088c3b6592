/** What is behind a Kafka that the stand-in for Strimzi looks after: a real broker with TLS, real topics, real users and their rights. */
import type { LiveObject } from '@quizboard/operator/domain/observed.ts'
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import type { Json, TestCluster } from './cluster.ts'
import { type KafkaPod, startKafkaPod } from './kafka-pod.ts'
import { type Authority, type Certificate, createAuthority } from './pki.ts'

export interface StrimziBroker {
  readonly authorities: { cluster: Authority; clients: Authority }
  /** Starts the broker of a Kafka, once; resolves when it is ready. */
  start(kafka: LiveObject): Promise<void>
  topic(topic: LiveObject): Promise<void>
  /** Gives the user its rights and a certificate. */
  user(user: LiveObject): Promise<Certificate>
  /** Once it is started. */
  readonly pod: KafkaPod
}

/** `DescribeConfigs` → DESCRIBE_CONFIGS, and so on. */
const upper = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase()
const member = <T>(values: Record<string, T | string>, name: string): T => {
  const found = values[upper(name)]
  if (found === undefined) throw new Error(`kafkajs does not know ${name}`)
  return found as T
}

const aclsOf = (user: LiveObject) =>
  ((user.spec as Json).authorization.acls as Json[]).flatMap(({ resource, operations, type }) =>
    operations.map((operation: string) => ({
      resourceType: member(AclResourceTypes, resource.type),
      resourceName: resource.name as string,
      resourcePatternType: member(ResourcePatternTypes, resource.patternType === 'prefix' ? 'prefixed' : 'literal'),
      principal: `User:CN=${user.metadata.name}`,
      host: '*',
      operation: member(AclOperationTypes, operation),
      permissionType: member(AclPermissionTypes, type),
    })),
  )

export const createStrimziBroker = async (cluster: TestCluster, namespace: string): Promise<StrimziBroker> => {
  const [ofCluster, ofClients] = await Promise.all([createAuthority('cluster-ca'), createAuthority('clients-ca')])
  const authorities = { cluster: ofCluster, clients: ofClients }
  let started: KafkaPod | undefined
  const pod = () => {
    if (!started) throw new Error('the broker has not been started')
    return started
  }
  const asAdmin = async <T>(work: (admin: ReturnType<KafkaPod['admin']['admin']>) => Promise<T>): Promise<T> => {
    const admin = pod().admin.admin()
    await admin.connect()
    try {
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }
  return {
    authorities,
    async start({ metadata: { name } }) {
      started ??= await startKafkaPod(cluster, {
        namespace,
        name: `${name}-kafka-0`,
        labels: { 'strimzi.io/cluster': name, 'strimzi.io/kind': 'Kafka', 'strimzi.io/name': `${name}-kafka` },
        host: `${name}-kafka-bootstrap.${namespace}.svc`,
        authorities,
      })
    },
    async topic({ spec }) {
      const { topicName: topic, partitions: numPartitions, config } = spec as Json
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value: String(value) }))
      await asAdmin((admin) => admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] }))
    },
    async user(user) {
      await asAdmin((admin) => admin.createAcls({ acl: aclsOf(user) }))
      return ofClients.issue(user.metadata.name)
    },
    get pod() {
      return pod()
    },
  }
}
