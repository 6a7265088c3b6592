import { BUNDLED, type Fields, OPERATORS } from '@quizboard/cdk8s/testing/samples.ts'
import { describe, expect, it } from 'vitest'
import { bringUpBundled, createFakeWorld, jobName, play, verdictOf } from '../testing/fake-world.ts'

const withTag = (tag: string): Fields => ({ ...BUNDLED, image: { tag } })
// biome-ignore lint/suspicious/noExplicitAny: plain JSON.
const imageOf = (live: any): string => live.spec.template.spec.containers[0].image

describe('a first install', () => {
  it('makes the Secrets and the stores at once, and no service before what it needs', () => {
    const world = createFakeWorld(BUNDLED)
    const plan = world.step()
    expect(plan.secrets.map(({ name }) => name)).toEqual([
      'quizboard-host-token',
      'quizboard-signing-key',
      'quizboard-internal-secret',
      'quizboard-kafka-credentials',
      'quizboard-mongodb-credentials',
      'quizboard-postgresql-credentials',
    ])
    expect(plan.requeueMs).toBe(0)
    world.settle()
    expect(world.ids('StatefulSet')).toHaveLength(3)
    expect(world.ids('Job')).toEqual([])
    expect(world.ids('Deployment')).toEqual([])
  })
  it('goes stores → topics and migration → quiz-service → the others → ready', () => {
    const world = createFakeWorld(BUNDLED)
    const player = play(world)
    world.settle()
    player.statefulSetReady('quizboard-kafka')
    world.settle()
    expect(world.ids('Job')).toEqual([expect.stringMatching(/-topics-/)])
    player.statefulSetReady('quizboard-postgresql')
    world.settle()
    expect(world.ids('Job')).toEqual([expect.stringMatching(/-topics-/), expect.stringMatching(/-migrate-/)])
    player.jobDone('quizboard-migrate')
    expect(world.settle().requeueMs).toBe(10_000)
    expect(world.ids('Deployment')).toEqual([])
    player.jobDone('quizboard-topics')
    world.settle()
    expect(world.ids('Deployment')).toEqual(['quizboard-quiz-service'])
    player.rolledOut('quizboard-quiz-service')
    const waiting = world.settle()
    expect(verdictOf(waiting, 'ServicesReady').message).toContain('waiting for MongoDB')
    player.statefulSetReady('quizboard-mongodb')
    world.settle()
    expect(world.ids('Deployment')).toHaveLength(4)
    for (const name of world.ids('Deployment')) player.rolledOut(name)
    const done = world.settle()
    expect(verdictOf(done, 'Ready')).toEqual({ status: 'True', reason: 'Ready', message: 'everything works' })
    expect(verdictOf(done, 'Reconciling').status).toBe('False')
    expect(verdictOf(done, 'Stalled').status).toBe('False')
    expect(done.status).toMatchObject({ ready: '8/8', version: '0.1.0', observedGeneration: 1 })
    expect(done.requeueMs).toBeUndefined()
  })
  it('says for each condition what it waits for', () => {
    const plan = createFakeWorld(BUNDLED).settle()
    expect(verdictOf(plan, 'Ready')).toMatchObject({ status: 'False', reason: 'KafkaStarting' })
    expect(verdictOf(plan, 'KafkaReady')).toEqual({
      status: 'False',
      reason: 'Starting',
      message: 'pod quizboard-kafka-0 is starting',
    })
    expect(verdictOf(plan, 'ServicesReady').message).toBe(
      'waiting for Kafka, PostgreSQL, the migration of PostgreSQL, MongoDB, the quiz-service; quiz-service is not there yet; ' +
        'answer-service is not there yet; leaderboard-service is not there yet; gateway is not there yet',
    )
    expect(verdictOf(plan, 'Reconciling').status).toBe('True')
  })
})

describe('a platform that is ready', () => {
  it('is left alone: the same plan again has nothing to do', () => {
    const world = createFakeWorld(BUNDLED)
    bringUpBundled(world)
    expect(world.step()).toMatchObject({ apply: [], remove: [], secrets: [], events: [] })
  })
  it('keeps its services while a store is unready for a moment, and mends them meanwhile', () => {
    const world = createFakeWorld(BUNDLED)
    bringUpBundled(world)
    world.get('StatefulSet/quizboard-kafka').status.readyReplicas = 0
    world.get('Deployment/quizboard-answer-service').spec = { replicas: 9 }
    const plan = world.step()
    expect(plan.apply.map(({ metadata }) => metadata.name)).toEqual(['quizboard-answer-service'])
    expect(plan.remove).toEqual([])
    expect(verdictOf(plan, 'KafkaReady').status).toBe('False')
    expect(plan.mended).toEqual(['Deployment quizboard-answer-service'])
    expect(plan.events).toContainEqual(expect.objectContaining({ reason: 'Mended' }))
  })
  it('is not rolled while a store is unready', () => {
    const world = createFakeWorld(BUNDLED)
    bringUpBundled(world)
    world.get('StatefulSet/quizboard-postgresql').status.readyReplicas = 0
    world.change(withTag('0.2.0'))
    world.settle()
    expect(world.ids('Deployment').map((name) => imageOf(world.get(`Deployment/${name}`)))).toEqual(
      ['quiz-service', 'answer-service', 'leaderboard-service', 'gateway'].map((name) => `quizboard/${name}:0.1.0`),
    )
  })
  it('scales at once, whatever else waits', () => {
    const world = createFakeWorld(BUNDLED)
    bringUpBundled(world)
    world.get('StatefulSet/quizboard-kafka').status.readyReplicas = 0
    world.change({ ...BUNDLED, leaderboardService: { replicas: 5 } })
    expect(world.step().apply.map(({ metadata }) => metadata.name)).toEqual(['quizboard-leaderboard-service'])
  })
})

describe('a new version', () => {
  const upgrade = () => {
    const world = createFakeWorld(BUNDLED)
    bringUpBundled(world)
    world.change(withTag('0.2.0'))
    return { world, player: play(world) }
  }
  const versions = (world: ReturnType<typeof createFakeWorld>) =>
    Object.fromEntries(
      world.ids('Deployment').map((name) => [name.slice(10), imageOf(world.get(`Deployment/${name}`)).split(':')[1]]),
    )

  it('migrates first, then rolls the quiz-service, then the others', () => {
    const { world, player } = upgrade()
    world.settle()
    expect(new Set(Object.values(versions(world)))).toEqual(new Set(['0.1.0']))
    player.jobDone('quizboard-topics')
    player.jobDone('quizboard-migrate')
    world.settle()
    expect(versions(world)).toEqual({
      'quiz-service': '0.2.0',
      'answer-service': '0.1.0',
      'leaderboard-service': '0.1.0',
      gateway: '0.1.0',
    })
    player.rolledOut('quizboard-quiz-service')
    const plan = world.settle()
    expect(new Set(Object.values(versions(world)))).toEqual(new Set(['0.2.0']))
    // Its pods are not all there yet.
    expect(plan.status.version).toBeUndefined()
  })
  it('takes the Jobs of the old version away', () => {
    const { world } = upgrade()
    const before = world.ids('Job')
    world.settle()
    expect(world.ids('Job')).toHaveLength(2)
    expect(world.ids('Job').filter((name) => before.includes(name))).toEqual([])
  })
  it('stays where it was when the migration fails, says so, and tries again', () => {
    const { world, player } = upgrade()
    world.settle()
    player.jobDone('quizboard-topics')
    player.jobFailed('quizboard-migrate')
    const failed = world.settle()
    expect(verdictOf(failed, 'ServicesReady')).toMatchObject({
      reason: 'MigrationFailed',
      message: expect.stringMatching(
        /it has failed five times.*kubectl logs job\/quizboard-migrate-\w+; it is tried again in 5 minutes.*old version goes on/,
      ),
    })
    expect(verdictOf(failed, 'Stalled')).toMatchObject({ status: 'True', reason: 'MigrationFailed' })
    expect(new Set(Object.values(versions(world)))).toEqual(new Set(['0.1.0']))
    world.now += 5 * 60_000
    const job = jobName(world, 'quizboard-migrate')
    expect(world.step().remove).toMatchObject([{ kind: 'Job', name: job }])
    expect(world.step().apply.map(({ metadata }) => metadata.name)).toContain(job)
  })
})

describe('what is no longer wanted', () => {
  it('goes, if it belongs to this platform', () => {
    const world = createFakeWorld({ ...BUNDLED, exposure: { ingress: {} } })
    world.settle()
    expect(world.has('Ingress/quizboard')).toBe(true)
    world.change(BUNDLED)
    expect(world.step().remove).toMatchObject([{ kind: 'Ingress', name: 'quizboard' }])
  })
  it('stays, if it belongs to another platform or to nobody', () => {
    const world = createFakeWorld({ ...BUNDLED, exposure: { ingress: {} } })
    world.settle()
    world.get('Ingress/quizboard').metadata.ownerReferences = [{ uid: 'another' }]
    world.change(BUNDLED)
    expect(world.step().remove).toEqual([])
  })
  it.each(['Retain', 'Delete'])('is never data: %s', (deletionPolicy) => {
    const world = createFakeWorld({ ...OPERATORS, deletionPolicy })
    world.settle()
    const topic = world.get('KafkaTopic/quizboard-quiz.scores')
    world.objects.set('kafka.strimzi.io/v1/KafkaTopic/quizboard-old', {
      ...topic,
      metadata: { ...topic.metadata, name: 'quizboard-old', ownerReferences: [{ uid: 'platform-uid' }] },
    })
    expect(world.step().remove).toEqual([])
  })
})

describe('autoscaling', () => {
  const SCALED = { ...BUNDLED, leaderboardService: { autoscaling: { minReplicas: 2, maxReplicas: 6 } } }
  // biome-ignore lint/suspicious/noExplicitAny: plain JSON.
  const applied = (plan: { apply: readonly any[] }) =>
    plan.apply.find(({ metadata }) => metadata.name === 'quizboard-leaderboard-service')
  it('begins with the fewest', () => {
    const world = createFakeWorld(SCALED)
    bringUpBundled(world)
    expect(world.get('Deployment/quizboard-leaderboard-service').spec).toMatchObject({ replicas: 2 })
  })
  it('switched on keeps the pods that run, and names no number once somebody else has', () => {
    const world = createFakeWorld({ ...BUNDLED, leaderboardService: { replicas: 5 } })
    bringUpBundled(world)
    world.change(SCALED)
    expect(
      applied({ apply: world.step().apply.filter(({ kind }) => kind === 'HorizontalPodAutoscaler') }),
    ).toBeDefined()
    const live = world.get('Deployment/quizboard-leaderboard-service')
    expect(live.spec).toMatchObject({ replicas: 5 })
    live.metadata.managedFields = [
      { manager: 'hpa', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]
    expect(applied({ apply: world.step().apply.filter(({ kind }) => kind === 'Deployment') }).spec).not.toHaveProperty(
      'replicas',
    )
  })
})
