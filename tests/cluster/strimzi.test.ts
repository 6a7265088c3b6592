/**
 * The whole product on Kafka by Strimzi: the stand-in for its operators has a real broker behind, with TLS, users and their rights. So
 * every service shows that the certificate and the rights that we ask for are enough; and here, that they are no more than that.
 */
import { kafkaUser } from '@quizboard/cdk8s/kinds/strimzi.ts'
import { Partitioners } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, type Target } from '../e2e/foreign/api.ts'
import { type QuizLog, runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { createPlatform, installDefinition, KINDS, openCluster, soon, type TestCluster } from './support/cluster.ts'
import { installForeign } from './support/foreign-definitions.ts'
import { gatewayOf, hostTokenOf } from './support/gateway.ts'
import { createOperatorPlace, startOperator } from './support/operator-process.ts'
import { type Certificate, createAuthority } from './support/pki.ts'
import { loadProduct } from './support/product-images.ts'
import { keepLooking } from './support/stand-in.ts'
import { createStandInStrimzi } from './support/stand-in-strimzi.ts'
import { createStrimziBroker, type StrimziBroker } from './support/strimzi-broker.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const SMALL = { storage: { size: '1Gi' }, resources: { requests: { cpu: '50m', memory: '256Mi' } } }

let cluster: TestCluster
let namespace: string
let broker: StrimziBroker
let target: Target
let hostToken: string
let log: QuizLog

beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  await installForeign(cluster)
  const images = await loadProduct(cluster)
  namespace = await cluster.namespace()
  broker = await createStrimziBroker(cluster, namespace)
  keepLooking(cluster, [createStandInStrimzi(cluster, namespace, { topics: new Map() }, broker)])
  await startOperator(cluster, await createOperatorPlace(cluster, [namespace]))
  const services = images.services(images.first)
  const platform = await createPlatform(cluster, namespace, {
    kafka: { strimzi: { replicas: 1, foreignProducers: ['importer'] } },
    ...{ mongodb: { bundled: SMALL }, postgresql: { bundled: SMALL } },
    ...services,
    gateway: { ...services.gateway, service: { type: 'NodePort' } },
  })
  await platform.until('Ready', 'True')
  target = await gatewayOf(cluster, namespace)
  hostToken = await hostTokenOf(cluster, namespace)
})
afterAll(() => cluster.close())

/** As Strimzi hands it out. */
const certificateOf = async (user: string): Promise<Certificate> => {
  const secret = await cluster.get(KINDS.secret, namespace, `quizboard-${user}`)
  const data = (secret?.data ?? {}) as Record<string, string>
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString()
  return { crt: text('user.crt'), key: text('user.key') }
}
const read = async (user: string, topic: string): Promise<void> => {
  const admin = broker.pod.client(await certificateOf(user)).admin()
  const consumer = broker.pod.client(await certificateOf(user)).consumer({ groupId: `quizboard-${user}-of-a-test` })
  try {
    await admin.connect()
    await admin.fetchTopicMetadata({ topics: [topic] })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload: { error } }) => reject(error))
      consumer.run({ eachMessage: async () => resolve() }).catch(reject)
    })
  } finally {
    await consumer.disconnect()
    await admin.disconnect()
  }
}
const write = async (client: Certificate, topic: string, key: string, value: object): Promise<void> => {
  const producer = broker.pod.client(client).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  try {
    await producer.send({ topic, messages: [{ key, value: JSON.stringify(value) }] })
  } finally {
    await producer.disconnect()
  }
}

it(`[Q1] [Q2] [Q4] [Q5] [Q8] a quiz agrees with every board, rank and document (SEED=${SEED})`, async () => {
  const settings = { scoring: 'streak', feedback: 'reveal', reanswer: 'allowed' } as const
  log = await runQuiz(target, hostToken, { settings, players: 30, questions: 4, openMs: 2_500, seed: SEED })
  expect((await verifyQuiz(target, hostToken, log)).slice(0, 5)).toEqual([])
})

it('nobody gets in without a certificate of the clients’ authority', async () => {
  const stranger = await createAuthority('somebody else')
  const asStranger = broker.pod.client(await stranger.issue('quizboard-answer-service')).admin()
  await expect(asStranger.connect()).rejects.toThrow()
  await asStranger.disconnect()
})

it('a service reads what its work needs, and only the answer-service the definitions, which hold the keys', async () => {
  await read('answer-service', 'quiz.definitions')
  await read('leaderboard-service', 'quiz.players')
  for (const user of ['quiz-service', 'leaderboard-service'])
    await expect(read(user, 'quiz.definitions')).rejects.toThrow(/[Nn]ot authorized/)
})

it('and writes nothing else: points come from the answer-service', async () => {
  const forged = { quiz_id: log.quizId, user_id: 'mallory', score: 1_000_000 }
  await expect(write(await certificateOf('quiz-service'), 'quiz.scores', log.quizId, forged)).rejects.toThrow(
    /[Nn]ot authorized/,
  )
  await expect(write(await certificateOf('importer'), 'quiz.players', log.quizId, forged)).rejects.toThrow(
    /[Nn]ot authorized/,
  )
})

it('a foreign producer may add points, and they are on the board', async () => {
  await write(await certificateOf('importer'), 'quiz.scores', log.quizId, {
    ...{ quiz_id: log.quizId, user_id: 'from-outside', score: 77 },
  })
  const path = `/api/v1/leaderboards/${log.quizId}?limit=1000`
  await soon('the points are shown', async () => {
    const { body } = await call(target, 'GET', path, { token: hostToken })
    return body.standings.some(
      (one: { user_id: string; score: number }) => one.user_id === 'from-outside' && one.score === 77,
    )
  })
  expect(await cluster.list(kafkaUser as never, namespace)).toHaveLength(4)
})
