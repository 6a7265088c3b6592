/** The part of Strimzi's resources that we use (kafka.strimzi.io/v1); tests hold it against the real schemas. */
import type { ResourceRequirements, SecurityContext, Toleration } from 'kubernetes-types/core/v1.d.ts'
import type { NetworkPolicyPeer } from 'kubernetes-types/networking/v1.d.ts'
import { kindOf } from './kind.ts'

const API = 'kafka.strimzi.io/v1'
const from = 'Strimzi'

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  affinity?: object
  tolerations?: Toleration[]
  priorityClassName?: string
}
interface ContainerTemplate {
  env?: { name: string; value: string }[]
  securityContext?: SecurityContext
}

interface KafkaSpec {
  kafka: {
    version?: string
    listeners: {
      name: string
      port: number
      type: 'internal'
      tls: boolean
      authentication?: { type: 'tls' | 'scram-sha-512' }
      networkPolicyPeers?: NetworkPolicyPeer[]
    }[]
    authorization?: { type: 'simple' }
    config: Record<string, string | number | boolean>
    metricsConfig?: { type: 'strimziMetricsReporter' }
  }
  entityOperator: {
    topicOperator: { resources?: ResourceRequirements }
    userOperator: { resources?: ResourceRequirements }
    template: { pod: PodTemplate; topicOperatorContainer: ContainerTemplate; userOperatorContainer: ContainerTemplate }
  }
}

interface KafkaNodePoolSpec {
  replicas: number
  roles: ('controller' | 'broker')[]
  storage: {
    type: 'jbod'
    volumes: {
      id: number
      type: 'persistent-claim'
      size: string
      class?: string
      deleteClaim: boolean
      kraftMetadata?: 'shared'
    }[]
  }
  resources: ResourceRequirements
  template: { pod: PodTemplate; kafkaContainer: ContainerTemplate }
}

interface KafkaTopicSpec {
  topicName: string
  partitions: number
  replicas: number
  config: Record<string, string>
}

export type AclOperation = 'Read' | 'Write' | 'Describe' | 'DescribeConfigs'
export interface Acl {
  type: 'allow'
  resource: { type: 'topic' | 'group'; name: string; patternType: 'literal' | 'prefix' }
  operations: AclOperation[]
}

interface KafkaUserSpec {
  authentication: { type: 'tls' }
  authorization: { type: 'simple'; acls: Acl[] }
}

export const kafka = kindOf<{ spec: KafkaSpec }>(API, 'Kafka', 'kafkas', { from, data: true })
export const kafkaNodePool = kindOf<{ spec: KafkaNodePoolSpec }>(API, 'KafkaNodePool', 'kafkanodepools', {
  from,
  data: true,
})
/** Deleting one deletes the topic. */
export const kafkaTopic = kindOf<{ spec: KafkaTopicSpec }>(API, 'KafkaTopic', 'kafkatopics', { from, data: true })
export const kafkaUser = kindOf<{ spec: KafkaUserSpec }>(API, 'KafkaUser', 'kafkausers', { from })
