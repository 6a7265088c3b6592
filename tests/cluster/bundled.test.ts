import { connect } from 'node:net'
import { configMap, deployment, job, networkPolicy, service, statefulSet } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import type { Fields } from '@quizboard/cdk8s/testing/samples.ts'
import { BUNDLED } from '@quizboard/cdk8s/testing/samples.ts'
import type { LiveObject } from '@quizboard/operator/domain/observed.ts'
import { Kafka, logLevel } from 'kafkajs'
import { MongoClient } from 'mongodb'
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
  SERVICES,
  soon,
  type TestCluster,
} from './support/cluster.ts'
import { execIn } from './support/exec.ts'
import { createOperatorPlace, type OperatorProcess, startOperator } from './support/operator-process.ts'
import { forwardPort } from './support/port-forward.ts'

/** Storage and memory that a test's cluster has. */
const SMALL = { storage: { size: '1Gi' } }
const STORES: Fields = { kafka: { bundled: SMALL }, mongodb: { bundled: SMALL }, postgresql: { bundled: SMALL } }

let cluster: TestCluster
let namespace: string
let operator: OperatorProcess
let platform: PlatformHandle
let image: { repository: string; tag: string }

beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  image = await loadPlaceholder('1')
  await loadPlaceholder('2')
  namespace = await cluster.namespace()
  operator = await startOperator(cluster, await createOperatorPlace(cluster, [namespace]))
})
afterAll(() => cluster.close())

const psql = (query: string) =>
  execIn(cluster, namespace, 'quizboard-postgresql-0', 'postgresql', [
    ...['bash', '-c', 'PGPASSWORD=$APP_PASSWORD psql -qAt -h 127.0.0.1 -U $APP_USER -c "$1"', 'bash', query],
  ])
const mongodbReady = () =>
  execIn(cluster, namespace, 'quizboard-mongodb-0', 'mongodb', ['bash', '/etc/quizboard/mongodb.sh', 'ready'])
const secretOf = async (name: string): Promise<Json> => {
  const secret = await cluster.get(KINDS.secret, namespace, name)
  const data = Object.entries((secret?.data ?? {}) as Record<string, string>)
  return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
}
const podOf = async (component: string): Promise<LiveObject> => {
  const pods = await cluster.list(KINDS.pod, namespace, `app.kubernetes.io/component=${component}`)
  const found = pods.find(({ metadata, status }) => !metadata.deletionTimestamp && status?.phase === 'Running')
  if (!found) throw new Error(`no pod of ${component} runs`)
  return found
}
const isOne = (live: LiveObject | undefined) => (live?.spec as Json | undefined)?.replicas === 1
const ownersOf = ({ metadata }: LiveObject): Json[] => metadata.ownerReferences ?? []

describe('a platform on bundled stores', () => {
  it('becomes ready from nothing, in a namespace that admits restricted pods alone', async () => {
    platform = await createPlatform(cluster, namespace, { ...STORES, ...placeholders(image) })
    await platform.until('Ready', 'True')
    const status = (await platform.get())?.status
    expect(status).toMatchObject({
      ready: '4/4',
      version: '1',
      endpoints: { gateway: `http://quizboard-gateway.${namespace}.svc:8080` },
      stores: { kafka: 'bundled apache/kafka:4.3.1', mongodb: 'bundled mongo:6.0', postgresql: 'bundled postgres:15' },
    })
    for (const type of ['KafkaReady', 'MongoDBReady', 'PostgreSQLReady', 'ServicesReady', 'MonitoringReady'])
      await platform.until(type, 'True')
    for (const type of ['Reconciling', 'Stalled', 'Paused']) await platform.until(type, 'False')
  })

  it('has stores that work: log-in by password, and nothing without', async () => {
    expect(
      await psql("create table kept (value text); insert into kept values ('before'); select current_user"),
    ).toEqual({
      ok: true,
      output: 'quizboard\n',
    })
    const wrong = await execIn(cluster, namespace, 'quizboard-postgresql-0', 'postgresql', [
      ...['bash', '-c', 'PGPASSWORD=wrong psql -h 127.0.0.1 -U quizboard -c "select 1"'],
    ])
    expect(wrong).toMatchObject({ ok: false, output: expect.stringContaining('password authentication failed') })
    expect((await mongodbReady()).ok).toBe(true)
    const { password, uri } = await secretOf('quizboard-mongodb-credentials')
    const port = await forwardPort(cluster, namespace, 'quizboard-mongodb-0', 27017)
    const forwarded = (url: string) => url.replace(/@.*\?replicaSet=rs0/, `@127.0.0.1:${port}/?directConnection=true`)
    const answers = async (url: string) => {
      const client = new MongoClient(forwarded(url), { serverSelectionTimeoutMS: 10_000 })
      try {
        return (await client.db('quizboard').collection('tried').insertOne({ by: 'a test' })).acknowledged
      } finally {
        await client.close()
      }
    }
    expect(await answers(uri)).toBe(true)
    await expect(answers(uri.replace(password, 'wrong'))).rejects.toThrow('Authentication failed')
    await expect(answers(uri.replace(/\/\/.*@/, '//nobody:x@'))).rejects.toThrow('Authentication failed')
  })

  it('has a Kafka that lets in who has the password, and nobody else', async () => {
    const { username, password } = await secretOf('quizboard-kafka-credentials')
    const port = await forwardPort(cluster, namespace, 'quizboard-kafka-0', 9092)
    const topics = async (login: object) => {
      const kafka = new Kafka({
        brokers: ['broker:9092'],
        logLevel: logLevel.NOTHING,
        ...{ connectionTimeout: 3_000, requestTimeout: 3_000, retry: { retries: 1 } },
        // The name that it advertises is known in the cluster alone.
        socketFactory: ({ onConnect }) => connect(port, '127.0.0.1', onConnect),
        ...login,
      })
      const admin = kafka.admin()
      try {
        await admin.connect()
        return await admin.listTopics()
      } finally {
        await admin.disconnect()
      }
    }
    // A fresh object each time: kafkajs writes into the one that it is given.
    const by = (secret: string) => ({ sasl: { mechanism: 'scram-sha-512', username, password: secret } })
    expect(await topics(by(password))).toEqual([])
    await expect(topics(by('wrong'))).rejects.toThrow('Authentication failed')
    await expect(topics({})).rejects.toThrow()
  })

  it('did it in order: migration, quiz-service, the others', async () => {
    const [migration] = await cluster.list(job, namespace, 'app.kubernetes.io/component=migrate')
    const made = async (component: string) => {
      const [first] = await cluster.list(KINDS.replicaSet, namespace, `app.kubernetes.io/component=${component}`)
      return Date.parse(first?.metadata.creationTimestamp ?? '')
    }
    const quizService = await made('quiz-service')
    expect(Date.parse(migration?.status.completionTime)).toBeLessThanOrEqual(quizService)
    for (const component of ['answer-service', 'leaderboard-service', 'gateway'])
      expect(await made(component)).toBeGreaterThanOrEqual(quizService)
  })

  it('is left alone when nothing changes', async () => {
    const versions = async () =>
      (await cluster.list(deployment, namespace)).map(({ metadata }) => metadata.resourceVersion).join()
    const before = { versions: await versions(), platform: (await platform.get())?.metadata.resourceVersion }
    await platform.patch({ metadata: { annotations: { 'example.com/look': 'again' } } })
    const errors = await operator.metric('controller_runtime_reconcile_errors_total')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await versions()).toBe(before.versions)
    expect(await operator.metric('controller_runtime_reconcile_errors_total')).toBe(errors)
    expect(await operator.metric('workqueue_depth')).toBe(0)
    expect(operator.log()).not.toContain('"mended":["')
  })

  it('logs no secret, and tells none', async () => {
    const secrets = await cluster.list(KINDS.secret, namespace)
    const values = secrets.flatMap(({ data }) => Object.values((data ?? {}) as Record<string, string>))
    const texts = values
      .map((value) => Buffer.from(value, 'base64').toString('utf8'))
      .filter((text) => text.length > 12)
    expect(texts.length).toBeGreaterThan(8)
    const told = operator.log() + JSON.stringify([await platform.get(), await cluster.list(KINDS.event, namespace)])
    for (const text of texts) expect(told.includes(text)).toBe(false)
  })
})

describe('network policies', () => {
  const reaches = async (from: string, host: string, port: number): Promise<boolean> => {
    const pod = await podOf(from)
    const script = `const s=require('net').connect(${port},'${host}.${namespace}.svc');s.setTimeout(2000,()=>process.exit(1));s.on('error',()=>process.exit(1));s.on('connect',()=>process.exit(0))`
    return (await execIn(cluster, namespace, pod.metadata.name, from, ['node', '-e', script])).ok
  }
  it.each([
    ['gateway', 'quizboard-quiz-service', 8080],
    ['gateway', 'quizboard-leaderboard-service', 8080],
    ['quiz-service', 'quizboard-postgresql', 5432],
    ['quiz-service', 'quizboard-kafka', 9092],
    ['quiz-service', 'quizboard-answer-service', 8081],
    ['answer-service', 'quizboard-mongodb', 27017],
  ] as const)('let %s reach %s:%i', async (from, host, port) => {
    await soon(`${from} reaches ${host}`, () => reaches(from, host, port))
  })
  it.each([
    ['gateway', 'quizboard-postgresql', 5432],
    ['gateway', 'quizboard-mongodb', 27017],
    ['gateway', 'quizboard-answer-service', 8081],
    ['answer-service', 'quizboard-postgresql', 5432],
    ['quiz-service', 'quizboard-mongodb', 27017],
    ['leaderboard-service', 'quizboard-quiz-service', 8080],
  ] as const)('keep %s from %s:%i', async (from, host, port) => {
    expect(await reaches(from, host, port)).toBe(false)
  })
})

describe('what somebody changes by hand', () => {
  it('is put right: a number, a label, a whole object; and it is told by an Event', async () => {
    await cluster.patch(deployment, namespace, 'quizboard-gateway', { spec: { replicas: 3 } })
    await cluster.patch(networkPolicy, namespace, 'quizboard-default-deny', {
      metadata: { labels: { 'app.kubernetes.io/managed-by': null } },
    })
    await cluster.remove(service, namespace, 'quizboard-answer-service')
    await soon('all three are as they were', async () => {
      const [gateway, policy, answers] = [
        await cluster.get(deployment, namespace, 'quizboard-gateway'),
        await cluster.get(networkPolicy, namespace, 'quizboard-default-deny'),
        await cluster.get(service, namespace, 'quizboard-answer-service'),
      ]
      return (
        isOne(gateway) &&
        policy?.metadata.labels?.['app.kubernetes.io/managed-by'] === 'quizboard-operator' &&
        answers !== undefined
      )
    })
    await soon('an Event says so', async () =>
      (await cluster.list(KINDS.event, namespace)).some(
        ({ reason, note }) => reason === 'Mended' && String(note).includes('Deployment quizboard-gateway'),
      ),
    )
    await platform.until('Ready', 'True')
  })

  it('stays while the platform is paused, and is put right after', async () => {
    const PAUSE = 'quizboard.dev/pause-reconciliation'
    await platform.patch({ metadata: { annotations: { [PAUSE]: 'true' } } })
    await platform.until('Paused', 'True')
    await cluster.patch(deployment, namespace, 'quizboard-gateway', { spec: { replicas: 2 } })
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect((await cluster.get(deployment, namespace, 'quizboard-gateway'))?.spec).toMatchObject({ replicas: 2 })
    await platform.patch({ metadata: { annotations: { [PAUSE]: null } } })
    await platform.until('Paused', 'False')
    await soon('the number is right', async () => {
      const live = await cluster.get(deployment, namespace, 'quizboard-gateway')
      return isOne(live)
    })
  })

  it('of somebody else is not taken: a name that is there already', async () => {
    const mine = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'quizboard-taken', namespace } }
    // The Ingress of the platform would have this name.
    const taken = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'quizboard', namespace },
      spec: { defaultBackend: { service: { name: 'mine', port: { number: 80 } } } },
    }
    await cluster.create({ ...mine, data: {} })
    await cluster.create(taken)
    await platform.patch({ spec: { exposure: { ingress: { host: 'quiz.example' } } } })
    const stalled = await platform.until('Stalled', 'True')
    expect(stalled).toMatchObject({
      reason: 'NameTaken',
      message: expect.stringContaining('Ingress quizboard is there already and is not this platform'),
    })
    await platform.patch({ spec: { exposure: { ingress: null } } })
    await platform.until('Ready', 'True')
    const ingressKind = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      plural: 'ingresses',
      from: undefined,
      data: false,
    }
    expect((await cluster.get(ingressKind, namespace, 'quizboard'))?.spec).toMatchObject(taken.spec)
  })
})

describe('trouble is said in a condition, with what to do', () => {
  it('a Secret that is missing', async () => {
    await platform.patch({ spec: { secrets: { hostToken: { name: 'ours' } } } })
    expect((await platform.until('Stalled', 'True')).message).toContain(
      'Secret ours, which spec.secrets.hostToken names, is not there: create it',
    )
    // The services go on with what they have.
    expect((await platform.get())?.status.ready).toBe('4/4')
    await cluster.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'ours', namespace },
      stringData: { token: 'of-our-own' },
    })
    await platform.until('Ready', 'True')
    await platform.patch({ spec: { secrets: { hostToken: null } } })
    await platform.until('Ready', 'True')
  })

  it('an image that cannot be had: the old pods go on', async () => {
    await platform.patch({ spec: { gateway: { image: { tag: 'none-such' } } } })
    const stalled = await platform.until('Stalled', 'True', ({ message }) => /ImagePull/.test(message))
    expect(stalled.message).toMatch(/gateway: 1 of 1 pods are ready.*(ErrImagePull|ImagePullBackOff)/)
    expect((await platform.get())?.status.ready).toBe('4/4')
    await platform.patch({ spec: { gateway: { image: { tag: image.tag } } } })
    await platform.until('Ready', 'True')
  })
})

it('a new version is migrated to first, then rolls the quiz-service, then the others', async () => {
  const seen: string[] = []
  await platform.patch({ spec: placeholders({ ...image, tag: '2' }) })
  await soon(
    'all services run the new version',
    async () => {
      const jobs = await cluster.list(job, namespace, 'app.kubernetes.io/component=migrate')
      const migrated = jobs.some(({ spec, status }) => JSON.stringify(spec).includes(':2"') && status?.succeeded === 1)
      if (migrated && !seen.includes('migrated')) seen.push('migrated')
      for (const { metadata, spec } of await cluster.list(deployment, namespace)) {
        const name = metadata.name.replace('quizboard-', '')
        if ((spec as Json).template.spec.containers[0].image.endsWith(':2') && !seen.includes(name)) seen.push(name)
      }
      return seen.length === 5
    },
    120_000,
  )
  expect(seen.slice(0, 2)).toEqual(['migrated', 'quiz-service'])
  await platform.until('Ready', 'True')
  expect((await platform.get())?.status.version).toBe('2')
  expect(await cluster.list(job, namespace)).toHaveLength(2)
})

it('a store that restarts keeps its data, and the services go on meanwhile', async () => {
  const before = await Promise.all(SERVICES.map(podOf))
  for (const store of ['kafka', 'mongodb', 'postgresql'])
    await cluster.remove(KINDS.pod, namespace, `quizboard-${store}-0`)
  await platform.until('Ready', 'False')
  await platform.until('Ready', 'True')
  expect((await psql('select value from kept')).output).toBe('before\n')
  expect((await mongodbReady()).ok).toBe(true)
  const after = await Promise.all(SERVICES.map(podOf))
  expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid))
})

describe('deleted', () => {
  const stores = () => cluster.list(statefulSet, namespace)
  const mine = 'app.kubernetes.io/part-of=quizboard'
  const secretVersions = async () =>
    Object.fromEntries(
      (await cluster.list(KINDS.secret, namespace, mine)).map(({ metadata }) => [
        metadata.name,
        metadata.resourceVersion,
      ]),
    )

  it('with Retain the services go, and data, volumes and Secrets stay', async () => {
    expect((await stores()).flatMap(ownersOf)).toEqual([])
    const secrets = await secretVersions()
    expect(Object.keys(secrets)).toHaveLength(6)
    await cluster.remove(KINDS.platform, namespace, 'quizboard')
    await soon('the services are gone', async () => (await cluster.list(deployment, namespace)).length === 0)
    await soon(
      'their pods are gone',
      async () => {
        const pods = await cluster.list(KINDS.pod, namespace, mine)
        return pods.length === 3
      },
      120_000,
    )
    expect(await stores()).toHaveLength(3)
    expect(await cluster.list(KINDS.claim, namespace)).toHaveLength(3)
    expect(await secretVersions()).toEqual(secrets)
    expect((await cluster.list(configMap, namespace, mine)).map(({ metadata }) => metadata.name).sort()).toEqual([
      'quizboard-kafka',
      'quizboard-mongodb',
      'quizboard-postgresql',
    ])
  })

  it('and made again it goes on with them', async () => {
    const secrets = await secretVersions()
    platform = await createPlatform(cluster, namespace, { ...STORES, ...placeholders(image) })
    await platform.until('Ready', 'True')
    expect(await secretVersions()).toEqual(secrets)
    expect((await psql('select value from kept')).output).toBe('before\n')
  })

  it('with Delete everything goes, volumes too', async () => {
    await platform.patch({ spec: { deletionPolicy: 'Delete' } })
    await soon('the stores belong to the platform', async () =>
      (await stores()).every((store) => ownersOf(store).length === 1),
    )
    await platform.until('Ready', 'True')
    await cluster.remove(KINDS.platform, namespace, 'quizboard')
    await soon(
      'everything is gone',
      async () => {
        const kinds = [statefulSet, deployment, service, networkPolicy, job, KINDS.pod]
        const left = await Promise.all(kinds.map((kind) => cluster.list(kind, namespace, mine)))
        return left.flat().length === 0 && (await cluster.list(KINDS.claim, namespace)).length === 0
      },
      180_000,
    )
  })
})

it('a platform that cannot be is refused before the operator sees it', async () => {
  await expect(createPlatform(cluster, namespace, { ...BUNDLED, partitions: 0 })).rejects.toThrow('spec.partitions')
})
