/** Kafka by Strimzi: a cluster in KRaft mode, its topics, and a user with the least rights for each service. */

import { TOPIC_SETTINGS } from '@quizboard/shared/adapters/kafka-event-log/topic-settings.ts'
import { Construct } from 'constructs'
import type { SecurityContext } from 'kubernetes-types/core/v1.d.ts'
import { KAFKA_TLS_PORT, type KafkaClient, kafkaUserName } from '../connections/kafka.ts'
import type { StrimziKafka } from '../crd/kafka.ts'
import { addObject } from '../kinds/kind.ts'
import { type Acl, kafka, kafkaNodePool, kafkaTopic, kafkaUser, type PodTemplate } from '../kinds/strimzi.ts'
import { type Build, labelsOf, PART_OF } from '../platform/build.ts'
import { resourcesOf, scheduling } from '../workloads/pod.ts'
import { ACCESS, ADMIN, accessAcls, DEAD_LETTERS_GROUP, producerAcls } from './kafka-access.ts'

/** By it Strimzi's operators find what belongs to a cluster; a topic without it never gets a status. */
const CLUSTER = 'strimzi.io/cluster'

export class StrimziKafkaCluster extends Construct {
  constructor(scope: Construct, build: Build, wanted: StrimziKafka) {
    super(scope, 'kafka')
    addKafka(this, build, wanted)
    addNodePool(this, build, wanted)
    for (const [topic, settings] of Object.entries(TOPIC_SETTINGS)) addTopic(this, build, wanted, topic, settings)
    for (const client of Object.keys(ACCESS) as KafkaClient[])
      addUser(this, build, client, accessAcls(build, ACCESS[client], `quizboard-${client}-`))
    if (wanted.adminUser) addUser(this, build, 'admin', accessAcls(build, ADMIN, DEAD_LETTERS_GROUP))
    for (const producer of wanted.foreignProducers) addUser(this, build, producer, producerAcls(build))
  }
}

/** How many copies of each record; how many must have it before it counts as written. */
const copies = ({ replicas }: StrimziKafka) => ({ replicas: Math.min(3, replicas), inSync: replicas >= 3 ? 2 : 1 })

const addKafka = (scope: Construct, build: Build, wanted: StrimziKafka): void => {
  const { replicas, inSync } = copies(wanted)
  const pod = podOf(wanted)
  addObject(
    scope,
    kafka,
    { name: build.name, labels: labelsOf(build, 'kafka') },
    {
      spec: {
        kafka: {
          ...(wanted.version && { version: wanted.version }),
          listeners: [
            {
              name: 'tls',
              port: KAFKA_TLS_PORT,
              type: 'internal',
              tls: true,
              authentication: { type: 'tls' },
              // Foreign producers may be anywhere.
              ...(build.spec.networkPolicies.enabled &&
                wanted.foreignProducers.length === 0 && { networkPolicyPeers: [clients(build)] }),
            },
          ],
          authorization: { type: 'simple' },
          config: {
            ...wanted.config,
            'auto.create.topics.enable': false,
            'default.replication.factor': replicas,
            'min.insync.replicas': inSync,
            'offsets.topic.replication.factor': replicas,
            'transaction.state.log.replication.factor': replicas,
            'transaction.state.log.min.isr': inSync,
          },
          ...(build.spec.monitoring.serviceMonitors && {
            metricsConfig: { type: 'strimziMetricsReporter' },
          }),
        },
        entityOperator: {
          topicOperator: { resources: ENTITY_OPERATOR },
          userOperator: { resources: ENTITY_OPERATOR },
          template: {
            pod,
            // With finalizers, topics of a cluster that is gone keep their namespace from ever being deleted.
            topicOperatorContainer: {
              securityContext: CONTAINER,
              env: [{ name: 'STRIMZI_USE_FINALIZERS', value: 'false' }],
            },
            userOperatorContainer: { securityContext: CONTAINER },
          },
        },
      },
    },
  )
}

/**
 * What Pod Security `restricted` asks, container by container: the pod's own context is Strimzi's, which knows the users of its
 * images and the group of its volumes. Its images write beside themselves, so their root stays writable.
 */
const CONTAINER: SecurityContext = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
}

const ENTITY_OPERATOR = { requests: { cpu: '50m', memory: '256Mi' }, limits: { memory: '384Mi' } }

const clients = (build: Build) => ({
  podSelector: {
    matchLabels: { 'app.kubernetes.io/instance': build.name, 'app.kubernetes.io/part-of': PART_OF },
    matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: Object.keys(ACCESS) }],
  },
})

const podOf = ({ pods = {} }: StrimziKafka): PodTemplate => {
  const { affinity, tolerations, priorityClassName } = scheduling(pods)
  const selector = pods.nodeSelector
  return {
    ...((pods.labels || pods.annotations) && {
      metadata: {
        ...(pods.labels && { labels: pods.labels }),
        ...(pods.annotations && { annotations: pods.annotations }),
      },
    }),
    ...((affinity || selector) && { affinity: { ...affinity, ...(selector && nodeAffinity(selector)) } }),
    ...(tolerations && { tolerations }),
    ...(priorityClassName && { priorityClassName }),
  }
}

/** Strimzi's pod template has no nodeSelector. */
const nodeAffinity = (labels: Record<string, string>) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchExpressions: Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] })) },
      ],
    },
  },
})

const addNodePool = (scope: Construct, build: Build, wanted: StrimziKafka): void => {
  const { size, className } = wanted.storage
  addObject(
    scope,
    kafkaNodePool,
    { name: `${build.name}-kafka`, labels: { ...labelsOf(build, 'kafka'), [CLUSTER]: build.name } },
    {
      spec: {
        replicas: wanted.replicas,
        roles: ['controller', 'broker'],
        storage: {
          type: 'jbod',
          volumes: [
            {
              id: 0,
              type: 'persistent-claim',
              size,
              ...(className && { class: className }),
              deleteClaim: build.spec.deletionPolicy === 'Delete',
              kraftMetadata: 'shared',
            },
          ],
        },
        resources: resourcesOf(wanted.resources),
        template: { pod: podOf(wanted), kafkaContainer: { securityContext: CONTAINER } },
      },
    },
  )
}

const addTopic = (
  scope: Construct,
  build: Build,
  wanted: StrimziKafka,
  topic: string,
  settings: Readonly<Record<string, string>>,
): void => {
  const { replicas, inSync } = copies(wanted)
  addObject(
    scope,
    kafkaTopic,
    { name: `${build.name}-${topic}`, labels: { ...labelsOf(build, 'kafka'), [CLUSTER]: build.name } },
    {
      spec: {
        topicName: build.spec.topicPrefix + topic,
        partitions: build.spec.partitions,
        replicas,
        config: { ...settings, 'min.insync.replicas': String(inSync) },
      },
    },
  )
}

const addUser = (scope: Construct, build: Build, client: string, acls: Acl[]): void => {
  addObject(
    scope,
    kafkaUser,
    { name: kafkaUserName(build, client), labels: { ...labelsOf(build, 'kafka'), [CLUSTER]: build.name } },
    { spec: { authentication: { type: 'tls' }, authorization: { type: 'simple', acls } } },
  )
}
