import { OPERATORS } from '@quizboard/cdk8s/testing/samples.ts'
import { describe, expect, it } from 'vitest'
import { createFakeWorld, type FakeWorld, play, verdictOf } from '../../testing/fake-world.ts'

/** A platform whose other stores do not matter. */
const world = (): FakeWorld => {
  const made = createFakeWorld(OPERATORS)
  made.settle()
  return made
}
const verdict = (of: FakeWorld, type: string) => verdictOf(of.settle(), type)

describe('Kafka by Strimzi', () => {
  const ready = (of: FakeWorld) => {
    const player = play(of)
    player.conditions('Kafka/quizboard', ['Ready'])
    for (const topic of of.ids('KafkaTopic')) player.conditions(`KafkaTopic/${topic}`, ['Ready'])
    for (const user of of.ids('KafkaUser')) player.conditions(`KafkaUser/${user}`, ['Ready'])
    of.secret('quizboard-cluster-ca-cert', { 'ca.crt': 'ca' })
    for (const user of of.ids('KafkaUser')) of.secret(user, { 'user.crt': 'c', 'user.key': 'k', 'ca.crt': 'clients' })
    return player
  }
  it('is being made: NotReady with reason Creating is no failure', () => {
    const cluster = world()
    play(cluster).conditions('Kafka/quizboard', ['NotReady', 'True', { reason: 'Creating' }])
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({ status: 'False', reason: 'Creating' })
    expect(verdict(cluster, 'Stalled').status).toBe('False')
  })
  it('has failed: NotReady is True and there is no Ready at all', () => {
    const cluster = world()
    play(cluster).conditions(
      'Kafka/quizboard',
      ['Warning'],
      ['NotReady', 'True', { reason: 'FatalProblem', message: 'Pod is unschedulable' }],
    )
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({
      reason: 'KafkaNotReady',
      message: 'Strimzi about Kafka quizboard: FatalProblem: Pod is unschedulable',
    })
    expect(verdict(cluster, 'Stalled').status).toBe('True')
  })
  it('is ready with its topics, its users and their Secrets, beside warnings', () => {
    const cluster = world()
    ready(cluster).conditions('Kafka/quizboard', ['Warning', 'True', { reason: 'KafkaStorage' }], ['Ready'])
    cluster.get('Kafka/quizboard').status.kafkaVersion = '4.3.1'
    const plan = cluster.settle()
    expect(verdictOf(plan, 'KafkaReady')).toMatchObject({ status: 'True', reason: 'Ready' })
    expect(plan.status.stores?.kafka).toBe('Strimzi Kafka 4.3.1')
  })
  it('works while brokers roll: Ready stays True and observedGeneration lags', () => {
    const cluster = world()
    ready(cluster)
    cluster.get('Kafka/quizboard').status.observedGeneration = 0
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({ status: 'True', reason: 'Updating' })
    expect(verdict(cluster, 'Reconciling').status).toBe('True')
  })
  it('is left alone by Strimzi: ReconciliationPaused and nothing else', () => {
    const cluster = world()
    ready(cluster).conditions('Kafka/quizboard', ['ReconciliationPaused'])
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({
      reason: 'StrimziPaused',
      message: expect.stringContaining('strimzi.io/pause-reconciliation'),
    })
  })
  it('waits for topics, and says which has failed: Ready is False', () => {
    const cluster = world()
    const player = ready(cluster)
    cluster.get('KafkaTopic/quizboard-quiz.scores').status = undefined
    expect(verdict(cluster, 'KafkaReady').message).toBe('waiting for KafkaTopic quizboard-quiz.scores')
    const failure = { reason: 'NotSupported', message: 'Decreasing partitions not supported' }
    player.conditions('KafkaTopic/quizboard-quiz.scores', ['Ready', 'False', failure])
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({
      reason: 'KafkaTopicNotReady',
      message: 'Strimzi about KafkaTopic quizboard-quiz.scores: NotSupported: Decreasing partitions not supported',
    })
  })
  it('says which user has failed: NotReady is True', () => {
    const cluster = world()
    const failure = { reason: 'InvalidResourceException', message: 'no such operation' }
    ready(cluster).conditions('KafkaUser/quizboard-answer-service', ['NotReady', 'True', failure])
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({
      reason: 'KafkaUserNotReady',
      message: 'Strimzi about KafkaUser quizboard-answer-service: InvalidResourceException: no such operation',
    })
  })
  it('waits for the Secrets of its users', () => {
    const cluster = world()
    ready(cluster)
    cluster.secrets.delete('quizboard-answer-service')
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({
      reason: 'SecretsNotReady',
      message: 'waiting for Strimzi’s Secrets quizboard-answer-service (user.crt), quizboard-answer-service (user.key)',
    })
  })
  it('that nobody looks at for a minute has no operator', () => {
    const cluster = world()
    expect(verdict(cluster, 'KafkaReady').reason).toBe('Creating')
    cluster.now += 60_000
    expect(verdict(cluster, 'KafkaReady')).toMatchObject({
      reason: 'NotTakenUp',
      message: expect.stringContaining('watches the namespace school'),
    })
  })
})

describe('MongoDB by its Community operator', () => {
  const phase = (of: FakeWorld, status: object) => {
    of.get('MongoDBCommunity/quizboard-mongodb').status = status
  }
  const RUNNING = { phase: 'Running', version: '8.0.4', currentMongoDBMembers: 3 }
  it('has a phase alone: Pending, with its message', () => {
    const cluster = world()
    phase(cluster, { phase: 'Pending', message: 'ReplicaSet is not yet ready' })
    expect(verdict(cluster, 'MongoDBReady')).toMatchObject({
      reason: 'MongoDBPending',
      message: 'MongoDBCommunity quizboard-mongodb is Pending: ReplicaSet is not yet ready',
    })
  })
  it('has failed', () => {
    const cluster = world()
    phase(cluster, { phase: 'Failed', message: 'error validating' })
    expect(verdict(cluster, 'MongoDBReady').reason).toBe('MongoDBFailed')
    expect(verdict(cluster, 'Stalled').status).toBe('True')
  })
  it('is ready once it runs and the Secret with the URL is there', () => {
    const cluster = world()
    phase(cluster, RUNNING)
    expect(verdict(cluster, 'MongoDBReady').reason).toBe('SecretsNotReady')
    cluster.secret('quizboard-mongodb-connection', { 'connectionString.standard': 'mongodb://a/?ssl=false' })
    expect(verdict(cluster, 'MongoDBReady').status).toBe('True')
    phase(cluster, { ...RUNNING, currentMongoDBMembers: 2 })
    expect(verdict(cluster, 'MongoDBReady')).toMatchObject({ status: 'True', reason: 'Updating' })
  })
})

describe('PostgreSQL by CloudNativePG', () => {
  it('tells its phase until it is ready', () => {
    const cluster = world()
    const live = cluster.get('Cluster/quizboard-postgresql')
    live.status = { phase: 'Setting up primary', phaseReason: 'Creating primary instance' }
    expect(verdict(cluster, 'PostgreSQLReady')).toMatchObject({
      reason: 'PostgreSQLNotReady',
      message: 'CloudNativePG about Cluster quizboard-postgresql: Setting up primary: Creating primary instance',
    })
    play(cluster).conditions('Cluster/quizboard-postgresql', ['Ready'])
    live.status.readyInstances = 3
    expect(verdict(cluster, 'PostgreSQLReady').reason).toBe('SecretsNotReady')
    cluster.secret('quizboard-postgresql-app', { uri: 'postgresql://app:x@a/app' })
    cluster.secret('quizboard-postgresql-ca', { 'ca.crt': 'ca' })
    expect(verdict(cluster, 'PostgreSQLReady').status).toBe('True')
    expect(cluster.ids('Job')).toEqual([expect.stringMatching(/-migrate-/)])
  })
})
