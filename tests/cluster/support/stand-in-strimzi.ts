/**
 * Stands in for Strimzi's operators: it writes the statuses, Secrets and Services that they were seen to write, in their order. There
 * is a real broker behind if it is given one; else certificates are texts that look like some.
 */
import { kafka, kafkaTopic, kafkaUser } from '@quizboard/cdk8s/kinds/strimzi.ts'
import type { LiveObject } from '@quizboard/operator/domain/observed.ts'
import { type Json, KINDS, type TestCluster } from './cluster.ts'
import type { StrimziBroker } from './strimzi-broker.ts'

const FINALIZER = 'strimzi.io/topic-operator'
const now = () => new Date().toISOString().replace('Z', '123456Z')
const condition = (type: string, more: object = {}) => ({ type, status: 'True', lastTransitionTime: now(), ...more })
const pem = (of: string) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(of).toString('base64')}\n-----END CERTIFICATE-----\n`

export interface StrimziFaults {
  /** Of all Kafkas: they are not ready, for this reason. */
  kafka?: { reason: string; message: string }
  /** Name of a KafkaTopic → why it failed. */
  topics: Map<string, { reason: string; message: string }>
}

export const createStandInStrimzi = (
  cluster: TestCluster,
  namespace: string,
  faults: StrimziFaults,
  broker?: StrimziBroker,
) => {
  /** How often a resource was looked at: it takes a few looks. */
  const looks = new Map<string, number>()
  const looked = ({ metadata }: LiveObject) => {
    const key = `${metadata.uid}/${metadata.generation}`
    const count = (looks.get(key) ?? 0) + 1
    looks.set(key, count)
    return count
  }
  const status = async (
    kind: typeof kafka | typeof kafkaTopic | typeof kafkaUser,
    { metadata }: LiveObject,
    value: object,
  ) => {
    await cluster.patch(kind as never, namespace, metadata.name, { status: value }, 'status')
  }
  const secret = async (name: string, stringData: Record<string, string>, labels: Record<string, string>) => {
    if (await cluster.get(KINDS.secret, namespace, name)) return
    await cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, stringData })
  }

  const lookAtKafka = async (live: LiveObject) => {
    const { name, generation } = live.metadata
    const before = live.status ?? {}
    if (looked(live) === 1 && before.conditions === undefined) {
      await status(kafka, live, {
        observedGeneration: 0,
        conditions: [condition('NotReady', { reason: 'Creating', message: 'Kafka cluster is being deployed' })],
      })
      return
    }
    if (faults.kafka) {
      await status(kafka, live, {
        observedGeneration: generation,
        conditions: [condition('NotReady', faults.kafka)],
        listeners: null,
      })
      return
    }
    const labels = { 'strimzi.io/cluster': name }
    for (const ca of ['cluster', 'clients'] as const) {
      const certificate = broker?.authorities[ca].crt ?? pem(`${ca} authority of ${name}`)
      await secret(`${name}-${ca}-ca-cert`, { 'ca.crt': certificate }, labels)
    }
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-kafka-bootstrap`, namespace, labels },
    }
    const ports = [{ name: 'tcp-clientstls', port: 9093 }]
    await cluster.apply({ ...service, spec: { selector: { ...labels, 'strimzi.io/name': `${name}-kafka` }, ports } })
    await broker?.start(live)
    await status(kafka, live, {
      clusterId: 'of-the-stand-in',
      conditions: [condition('Warning', { reason: 'KafkaStorage' }), condition('Ready')],
      kafkaVersion: '4.3.1',
      kafkaMetadataVersion: '4.3-IV0',
      kafkaNodePools: [{ name: `${name}-kafka` }],
      listeners: [{ name: 'tls', bootstrapServers: `${name}-kafka-bootstrap.${namespace}.svc:9093` }],
      observedGeneration: generation,
    })
  }

  /** Only topics and users with the label of a cluster that is ready are looked at. */
  const belongs = (live: LiveObject, ready: ReadonlySet<string>) =>
    ready.has(live.metadata.labels?.['strimzi.io/cluster'] ?? '')

  const lookAtTopic = async (live: LiveObject, useFinalizers: boolean) => {
    const { name, generation } = live.metadata
    if (useFinalizers)
      await cluster.patch(kafkaTopic as never, namespace, name, { metadata: { finalizers: [FINALIZER] } })
    const fault = faults.topics.get(name)
    await broker?.topic(live)
    await status(kafkaTopic, live, {
      conditions: [condition('Ready', fault ? { ...fault, status: 'False' } : {})],
      observedGeneration: generation,
      topicName: (live.spec as Json).topicName,
    })
  }

  const lookAtUser = async (live: LiveObject) => {
    const { name, generation } = live.metadata
    const names = Object.fromEntries(['user.p12', 'user.password'].map((key) => [key, `${key} of ${name}`]))
    const { crt, key } = (await broker?.user(live)) ?? { crt: pem(name), key: pem(`key of ${name}`) }
    // The trap: this authority is the clients', not the brokers'.
    const authority = broker?.authorities.clients.crt ?? pem('clients authority')
    await secret(name, { 'ca.crt': authority, 'user.crt': crt, 'user.key': key, ...names }, {})
    await status(kafkaUser, live, {
      conditions: [condition('Ready')],
      observedGeneration: generation,
      username: `CN=${name}`,
      secret: name,
    })
  }

  return async (): Promise<void> => {
    const kafkas = await cluster.list(kafka as never, namespace)
    const isReady = (live: LiveObject) =>
      live.status?.observedGeneration === live.metadata.generation &&
      live.status.conditions.some((one: Json) => one.type === 'Ready')
    for (const live of kafkas) if (!isReady(live) || faults.kafka) await lookAtKafka(live)
    const ready = new Set(kafkas.filter(isReady).map(({ metadata }) => metadata.name))
    const finalizers = kafkas.some(
      (live) => !JSON.stringify(live.spec).includes('{"name":"STRIMZI_USE_FINALIZERS","value":"false"}'),
    )
    for (const live of await cluster.list(kafkaTopic as never, namespace)) {
      const isDone = live.status?.observedGeneration === live.metadata.generation
      const failed = live.status?.conditions?.[0]?.status === 'False'
      if (belongs(live, ready) && (!isDone || failed !== faults.topics.has(live.metadata.name)))
        await lookAtTopic(live, finalizers)
    }
    for (const live of await cluster.list(kafkaUser as never, namespace))
      if (belongs(live, ready) && live.status?.observedGeneration !== live.metadata.generation) await lookAtUser(live)
  }
}
