import { BUNDLED, EXTERNAL, EXTERNAL_TLS, type Fields, OPERATORS } from '@quizboard/cdk8s/testing/samples.ts'
import { describe, expect, it } from 'vitest'
import { bringUpBundled, createFakeWorld, foreignKinds, play, verdictOf } from '../testing/fake-world.ts'

describe('Secrets', () => {
  it('are made once: what is there is never in a plan again', () => {
    const world = createFakeWorld(BUNDLED)
    world.settle()
    world.secret('quizboard-host-token', { token: 'of somebody' })
    expect(world.step().secrets).toEqual([])
  })
  it('of the user are not made, and missed with the field that names them', () => {
    const world = createFakeWorld({ ...BUNDLED, secrets: { hostToken: { name: 'ours', key: 'host' } } })
    const plan = world.settle()
    expect(world.secrets.has('ours')).toBe(false)
    expect(verdictOf(plan, 'ServicesReady')).toMatchObject({
      reason: 'SecretMissing',
      message: 'Secret ours, which spec.secrets.hostToken names, is not there: create it',
    })
    expect(verdictOf(plan, 'Stalled').status).toBe('True')
    world.secret('ours', { token: 'x' })
    expect(verdictOf(world.settle(), 'ServicesReady').message).toContain(
      'has no key host, or an empty one: add it (keys: token)',
    )
  })
  it('of a store are missed in the store’s condition', () => {
    const plan = createFakeWorld(EXTERNAL_TLS).settle()
    expect(verdictOf(plan, 'KafkaReady')).toMatchObject({
      reason: 'SecretMissing',
      message: expect.stringContaining('Secret kafka-login, which spec.kafka.external.sasl.secret names'),
    })
    expect(verdictOf(plan, 'MongoDBReady').message).toContain('spec.mongodb.external.uri')
    expect(verdictOf(plan, 'PostgreSQLReady').message).toContain('spec.postgresql.external.ca')
  })
  it('that go for a moment roll nothing and remove nothing', () => {
    const world = createFakeWorld({ ...BUNDLED, secrets: { signingKey: { name: 'ours' } } })
    world.secret('ours', { 'signing-key.json': '{}' })
    bringUpBundled(world)
    world.secrets.delete('ours')
    const plan = world.step()
    expect(plan.apply).toEqual([])
    expect(plan.remove).toEqual([])
    expect(verdictOf(plan, 'Ready').status).toBe('False')
  })
  it('that change roll the pods that use them', () => {
    const world = createFakeWorld(BUNDLED)
    bringUpBundled(world)
    world.secret('quizboard-signing-key', { 'signing-key.json': 'another' })
    expect(world.step().apply.map(({ metadata }) => metadata.name)).toEqual(['quizboard-quiz-service'])
  })
  it('with a bad signing key keep the services from starting', () => {
    const world = createFakeWorld(BUNDLED)
    world.signingKey = 'bad'
    const plan = world.settle()
    expect(verdictOf(plan, 'ServicesReady')).toMatchObject({
      reason: 'SigningKeyInvalid',
      message: 'the signing key is no key',
    })
  })
})

describe('external stores', () => {
  it('are counted as there, and their topics made by a Job', () => {
    const world = createFakeWorld(EXTERNAL)
    for (const name of ['mongodb', 'postgresql']) world.secret(name, { uri: `${name}://somewhere` })
    const plan = world.settle()
    expect(world.ids('Job')).toEqual([expect.stringMatching(/-topics-/), expect.stringMatching(/-migrate-/)])
    expect(verdictOf(plan, 'MongoDBReady').status).toBe('True')
    expect(verdictOf(plan, 'KafkaReady')).toMatchObject({ status: 'False', reason: 'MakingTopics' })
    play(world).jobFailed('quizboard-topics')
    expect(verdictOf(world.settle(), 'KafkaReady')).toMatchObject({
      reason: 'TopicsFailed',
      message: expect.stringContaining('kubectl logs job/quizboard-topics-'),
    })
  })
  it('have their topics made by somebody else, if the spec says so', () => {
    const external = { ...(EXTERNAL.kafka as { external: Fields }).external, createTopics: false }
    const world = createFakeWorld({ ...EXTERNAL, kafka: { external } })
    for (const name of ['mongodb', 'postgresql']) world.secret(name, { uri: `${name}://somewhere` })
    expect(verdictOf(world.settle(), 'KafkaReady').status).toBe('True')
    expect(world.ids('Job')).toEqual([expect.stringMatching(/-migrate-/)])
  })
})

describe('kinds that the cluster does not know', () => {
  it('are said in a condition, with what to do, and the rest goes on', () => {
    const world = createFakeWorld(OPERATORS)
    for (const { kind } of foreignKinds()) world.kinds.set(kind, 'missing')
    const plan = world.settle()
    expect(verdictOf(plan, 'KafkaReady')).toMatchObject({
      reason: 'CRDMissing',
      message: expect.stringContaining('install Strimzi, or choose kafka.external or kafka.bundled'),
    })
    expect(verdictOf(plan, 'MongoDBReady').reason).toBe('CRDMissing')
    expect(verdictOf(plan, 'PostgreSQLReady').reason).toBe('CRDMissing')
    expect(verdictOf(plan, 'Stalled').status).toBe('True')
    expect(world.has('Service/quizboard-gateway')).toBe(true)
    expect(world.has('Kafka/quizboard')).toBe(false)
    for (const { kind } of foreignKinds()) world.kinds.delete(kind)
    world.settle()
    expect(world.has('Kafka/quizboard')).toBe(true)
  })
  it('of monitoring do not keep the platform from being ready', () => {
    const world = createFakeWorld({ ...BUNDLED, monitoring: { serviceMonitors: true } })
    world.kinds.set('ServiceMonitor', 'missing')
    const plan = bringUpBundled(world)
    expect(verdictOf(plan, 'Ready').status).toBe('True')
    expect(verdictOf(plan, 'MonitoringReady')).toMatchObject({
      status: 'False',
      reason: 'CRDMissing',
      message: expect.stringContaining('set monitoring.serviceMonitors to false'),
    })
  })
})

describe('paused', () => {
  const PAUSE = { annotations: { 'quizboard.dev/pause-reconciliation': 'true' } }
  it('nothing is done, and the status says how to go on', () => {
    const world = createFakeWorld(BUNDLED, PAUSE)
    const plan = world.step()
    expect(plan).toMatchObject({ apply: [], remove: [], secrets: [], requeueMs: undefined })
    expect(verdictOf(plan, 'Paused')).toMatchObject({
      status: 'True',
      message: expect.stringContaining('remove it to go on'),
    })
    expect(verdictOf(plan, 'Ready').status).toBe('Unknown')
  })
  it('the other conditions stay as they were', () => {
    const world = createFakeWorld(BUNDLED)
    bringUpBundled(world)
    world.platform.metadata.annotations = PAUSE.annotations
    world.get('Deployment/quizboard-gateway').spec = {}
    const plan = world.step()
    expect(plan.apply).toEqual([])
    expect(verdictOf(plan, 'Ready').status).toBe('True')
    expect(plan.events).toMatchObject([{ type: 'Normal', reason: 'Paused' }])
    world.platform.metadata.annotations = {}
    const on = world.step()
    expect(on.events).toContainEqual(expect.objectContaining({ reason: 'NotPaused' }))
    expect(on.mended).toEqual(['Deployment quizboard-gateway'])
  })
})

describe('conditions', () => {
  it('keep the time of their last change', () => {
    const world = createFakeWorld(BUNDLED)
    const first = world.step()
    world.now += 60_000
    const second = world.step()
    const timeOf = (plan: typeof first, type: string) =>
      plan.status.conditions?.find((one) => one.type === type)?.lastTransitionTime
    expect(timeOf(second, 'Ready')).toBe(timeOf(first, 'Ready'))
    const done = bringUpBundled(world)
    expect(timeOf(done, 'Ready')).toBe(new Date(world.now).toISOString().replace('.000', ''))
  })
  it('say what is wrong with a pod', () => {
    const world = createFakeWorld(BUNDLED)
    world.settle()
    world.podTroubles = [
      { component: 'kafka', pod: 'quizboard-kafka-0', message: 'ImagePullBackOff: not found', needsHelp: true },
    ]
    const plan = world.step()
    expect(verdictOf(plan, 'KafkaReady')).toEqual({
      status: 'False',
      reason: 'PodNotReady',
      message: 'pod quizboard-kafka-0: ImagePullBackOff: not found',
    })
    expect(verdictOf(plan, 'Stalled').status).toBe('True')
  })
  it('tell of a turn by an Event, once', () => {
    const world = createFakeWorld(BUNDLED)
    expect(world.step().events).toEqual([])
    const events = []
    const player = play(world)
    for (const store of ['kafka', 'mongodb', 'postgresql']) player.statefulSetReady(`quizboard-${store}`)
    events.push(...world.step().events, ...world.step().events)
    expect(events.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Normal MongoDBReady',
      'Normal PostgreSQLReady',
    ])
    world.get('StatefulSet/quizboard-mongodb').status.readyReplicas = 0
    expect(world.step().events).toMatchObject([{ type: 'Warning', reason: 'MongoDBNotReady' }])
  })
})
