/** The whole product on servers that are somebody else's, by TLS with their own authority, and passwords out of Secrets. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import {
  createPlatform,
  installDefinition,
  KINDS,
  openCluster,
  type PlatformHandle,
  type TestCluster,
} from './support/cluster.ts'
import { gatewayOf, hostTokenOf } from './support/gateway.ts'
import { createOperatorPlace, startOperator } from './support/operator-process.ts'
import { loadProduct, type ProductImages } from './support/product-images.ts'
import { type ServersOutside, startServersOutside } from './support/servers-outside.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

let cluster: TestCluster
let namespace: string
let images: ProductImages
let servers: ServersOutside
let platform: PlatformHandle
const secret = (name: string, stringData: Record<string, string>) =>
  cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData })

beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  images = await loadProduct(cluster)
  servers = await startServersOutside(cluster)
  namespace = await cluster.namespace()
  await startOperator(cluster, await createOperatorPlace(cluster, [namespace]))
})
afterAll(() => cluster.close())

it('waits for Secrets that are missing, one after the other, and says which', async () => {
  const { kafka } = servers
  const services = images.services(images.first)
  platform = await createPlatform(cluster, namespace, {
    kafka: {
      external: {
        bootstrapServers: [kafka.bootstrap],
        tls: { ca: { name: 'kafka', key: 'ca.crt' } },
        sasl: { secret: { name: 'kafka' } },
        replicationFactor: 1,
      },
    },
    mongodb: { external: { uri: { name: 'mongodb' }, ca: { name: 'mongodb', key: 'ca.crt' } }, database: 'quiz' },
    postgresql: { external: { uri: { name: 'postgresql' }, ca: { name: 'postgresql', key: 'ca.crt' } } },
    topicPrefix: 'ours.',
    ...services,
    gateway: { ...services.gateway, service: { type: 'NodePort' } },
  })
  const missing = (type: string, what: RegExp) =>
    platform.until(type, 'False', ({ reason, message }) => reason === 'SecretMissing' && what.test(message))
  await missing('KafkaReady', /Secret kafka, which spec\.kafka\.external\..* names, is not there: create it/)
  await missing('MongoDBReady', /Secret mongodb, which spec\.mongodb\.external\..* names/)
  await missing('PostgreSQLReady', /Secret postgresql, which spec\.postgresql\.external\..* names/)
  await secret('mongodb', { uri: servers.mongodbUri })
  await missing('MongoDBReady', /Secret mongodb.*ca\.crt/)
  await cluster.patch(KINDS.secret, namespace, 'mongodb', { stringData: { 'ca.crt': servers.ca } })
  await platform.until('MongoDBReady', 'True')
  await secret('kafka', { username: kafka.username, password: kafka.password, 'ca.crt': servers.ca })
  await secret('postgresql', { uri: servers.postgresqlUri, 'ca.crt': servers.ca })
})

it('becomes ready, with topics under its prefix and a schema', async () => {
  await platform.until('Ready', 'True')
  expect((await platform.get())?.status).toMatchObject({ ready: '4/4', version: images.first })
})

it(`[Q1] [Q2] [Q4] [Q5] [Q8] a quiz agrees with every board, rank and document (SEED=${SEED})`, async () => {
  const target = await gatewayOf(cluster, namespace)
  const hostToken = await hostTokenOf(cluster, namespace)
  const settings = { scoring: 'speed', feedback: 'instant', reanswer: 'allowed' } as const
  const log = await runQuiz(target, hostToken, { settings, players: 30, questions: 4, openMs: 2_500, seed: SEED })
  expect((await verifyQuiz(target, hostToken, log)).slice(0, 5)).toEqual([])
})
