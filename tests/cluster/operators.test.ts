import { cnpgCluster, mongodbCommunity } from '@quizboard/cdk8s/kinds/databases.ts'
import { deployment } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { kafka, kafkaTopic, kafkaUser } from '@quizboard/cdk8s/kinds/strimzi.ts'
import { OPERATORS } from '@quizboard/cdk8s/testing/samples.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createPlatform,
  installDefinition,
  type Json,
  KINDS,
  loadPlaceholder,
  openCluster,
  type PlatformHandle,
  placeholders,
  soon,
  type TestCluster,
} from './support/cluster.ts'
import { installForeign, removeForeign } from './support/foreign-definitions.ts'
import { createOperatorPlace, startOperator } from './support/operator-process.ts'
import { keepLooking } from './support/stand-in.ts'
import { createStandInDatabases } from './support/stand-in-databases.ts'
import { createStandInStrimzi, type StrimziFaults } from './support/stand-in-strimzi.ts'

let cluster: TestCluster
let namespace: string
let platform: PlatformHandle
let wasEmpty: boolean
const faults: StrimziFaults = { topics: new Map() }

beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  wasEmpty = await removeForeign(cluster)
  const image = await loadPlaceholder('1')
  namespace = await cluster.namespace()
  await startOperator(cluster, await createOperatorPlace(cluster, [namespace]))
  platform = await createPlatform(cluster, namespace, {
    ...OPERATORS,
    ...placeholders(image),
    monitoring: { serviceMonitors: true },
  })
})
afterAll(() => cluster.close())

describe('on a cluster without the other operators', () => {
  it('says what is missing and what to do, and is not stopped by it', async ({ skip }) => {
    if (!wasEmpty) skip('their CustomResourceDefinitions are there already, and not ours to remove')
    const stalled = await platform.until('Stalled', 'True')
    expect(stalled.message).toContain('the cluster does not know Kafka (kafka.strimzi.io/v1): install Strimzi')
    for (const type of ['KafkaReady', 'MongoDBReady', 'PostgreSQLReady'])
      expect(await platform.until(type, 'False')).toMatchObject({ reason: 'CRDMissing' })
    expect(await platform.until('MonitoringReady', 'False')).toMatchObject({ reason: 'CRDMissing' })
  })
  it('notices when they come', async () => {
    await installForeign(cluster)
    await soon('its resources are there', async () => {
      const found = await Promise.all([
        cluster.get(kafka as never, namespace, 'quizboard'),
        cluster.get(mongodbCommunity as never, namespace, 'quizboard-mongodb'),
        cluster.get(cnpgCluster as never, namespace, 'quizboard-postgresql'),
      ])
      return found.every((one) => one !== undefined)
    })
    await platform.until('KafkaReady', 'False', ({ reason }) => reason === 'Creating')
    await platform.until('MonitoringReady', 'True')
  })
})

describe('with the other operators at work (stand-ins)', () => {
  it('becomes ready', async () => {
    keepLooking(cluster, [createStandInStrimzi(cluster, namespace, faults), createStandInDatabases(cluster, namespace)])
    await platform.until('Ready', 'True')
    expect((await platform.get())?.status).toMatchObject({
      ready: '4/4',
      stores: { kafka: 'Strimzi Kafka 4.3.1', mongodb: 'MongoDB Community 8.0.4', postgresql: 'CloudNativePG 17.5' },
    })
  })
  it('made a topic for each, and a user for each service', async () => {
    expect((await cluster.list(kafkaTopic as never, namespace)).map(({ metadata }) => metadata.name).sort()).toEqual(
      ['definitions', 'lifecycle', 'players', 'scores', 'scores.dlq'].map((topic) => `quizboard-quiz.${topic}`),
    )
    expect((await cluster.list(kafkaUser as never, namespace)).map(({ metadata }) => metadata.name).sort()).toEqual(
      ['answer-service', 'leaderboard-service', 'quiz-service'].map((service) => `quizboard-${service}`),
    )
  })
  it('mounts the brokers’ authority, not the clients’', async () => {
    const live = await cluster.get(deployment, namespace, 'quizboard-answer-service')
    const text = JSON.stringify(live?.spec)
    expect(text).toContain('quizboard-cluster-ca-cert')
    const [pod] = await cluster.list(KINDS.pod, namespace, 'app.kubernetes.io/component=answer-service')
    expect(pod?.status.phase).toBe('Running')
  })
  it('goes on when Kafka fails, and says what Strimzi says', async () => {
    faults.kafka = { reason: 'FatalProblem', message: 'Pod is unschedulable or is not starting' }
    const condition = await platform.until('KafkaReady', 'False')
    expect(condition.message).toBe(
      'Strimzi about Kafka quizboard: FatalProblem: Pod is unschedulable or is not starting',
    )
    expect((await platform.until('Stalled', 'True')).message).toContain('FatalProblem')
    await platform.until('ServicesReady', 'True')
    delete faults.kafka
    await platform.until('Ready', 'True')
  })
  it('says which topic has failed', async () => {
    faults.topics.set('quizboard-quiz.scores', { reason: 'KafkaError', message: 'no space left' })
    const condition = await platform.until('KafkaReady', 'False')
    expect(condition).toMatchObject({
      reason: 'KafkaTopicNotReady',
      message: 'Strimzi about KafkaTopic quizboard-quiz.scores: KafkaError: no space left',
    })
    faults.topics.clear()
    await platform.until('Ready', 'True')
  })
  it('puts right what somebody changes in their resources', async () => {
    await cluster.patch(kafkaTopic as never, namespace, 'quizboard-quiz.scores', {
      spec: { config: { 'retention.ms': '1000' } },
    })
    await soon('the retention is ours again', async () => {
      const live = await cluster.get(kafkaTopic as never, namespace, 'quizboard-quiz.scores')
      return (live?.spec as Json | undefined)?.config['retention.ms'] === '604800000'
    })
    await platform.until('Ready', 'True')
  })
  it('rolls the service whose certificate is renewed, and no other', async () => {
    const generations = async () =>
      Object.fromEntries(
        (await cluster.list(deployment, namespace)).map(({ metadata }) => [metadata.name, metadata.generation]),
      )
    const before = await generations()
    const renewed = { 'user.crt': Buffer.from('renewed').toString('base64') }
    await cluster.patch(KINDS.secret, namespace, 'quizboard-answer-service', { data: renewed })
    // Secrets are not watched: any look at the platform sees it.
    await platform.patch({ metadata: { annotations: { 'example.com/look': 'again' } } })
    await soon('the answer-service is rolled', async () => {
      const now = await generations()
      return now['quizboard-answer-service'] !== before['quizboard-answer-service']
    })
    await platform.until('Ready', 'True')
    const after = await generations()
    const rolled = Object.keys(after).filter((name) => after[name] !== before[name])
    expect(rolled).toEqual(['quizboard-answer-service'])
  })
})

it('deleted with Delete, nothing hangs: topics have no finalizers', async () => {
  await platform.patch({ spec: { deletionPolicy: 'Delete' } })
  const owners = async () =>
    (
      await Promise.all(
        [kafka, kafkaTopic, mongodbCommunity, cnpgCluster].map((kind) => cluster.list(kind as never, namespace)),
      )
    ).flat()
  await soon('everything belongs to the platform', async () =>
    (await owners()).every(({ metadata }) => (metadata.ownerReferences ?? []).length === 1),
  )
  await cluster.remove(KINDS.platform, namespace, 'quizboard')
  await soon('everything is gone', async () => (await owners()).length === 0, 120_000)
})
