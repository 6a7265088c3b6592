/**
 * The whole product on a real cluster: its own images, bundled stores, the operator in two pods. A foreign client plays through the
 * gateway's Service while pods are scaled, rolled, deleted and killed, and holds every acknowledged answer against boards and documents.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { deployment } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import type { LiveObject } from '@quizboard/operator/domain/observed.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded, type Target } from '../e2e/foreign/api.ts'
import { type QuizLog, type RunOptions, runQuiz } from '../e2e/foreign/quiz-run.ts'
import { openLive } from '../e2e/foreign/socket.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import {
  createPlatform,
  installDefinition,
  type Json,
  KINDS,
  openCluster,
  type PlatformHandle,
  SERVICES,
  soon,
  type TestCluster,
} from './support/cluster.ts'
import { gatewayOf, hostTokenOf } from './support/gateway.ts'
import { installOperator } from './support/operator-pods.ts'
import { forwardPort } from './support/port-forward.ts'
import { loadProduct, type ProductImages } from './support/product-images.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
/** In the roll of a version; fewer where the machine is small. */
const PLAYERS = Number(process.env.QUIZBOARD_CLUSTER_PLAYERS ?? 500)
const SMALL = { storage: { size: '1Gi' }, resources: { requests: { cpu: '50m', memory: '256Mi' } } }

let cluster: TestCluster
let images: ProductImages
let namespace: string
let operators: string
let platform: PlatformHandle
let target: Target
let hostToken: string

beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  images = await loadProduct(cluster)
  namespace = await cluster.namespace()
  operators = await installOperator(cluster, images.operator, [namespace])
  const services = images.services(images.first)
  platform = await createPlatform(cluster, namespace, {
    ...{ kafka: { bundled: SMALL }, mongodb: { bundled: SMALL }, postgresql: { bundled: SMALL } },
    ...services,
    gateway: { ...services.gateway, replicas: 2, service: { type: 'NodePort' } },
    answerService: { ...services.answerService, replicas: 2 },
  })
  await platform.until('Ready', 'True')
  target = await gatewayOf(cluster, namespace)
  hostToken = await hostTokenOf(cluster, namespace)
})
afterAll(() => cluster.close())

const KINDS_OF_QUIZ = [
  { scoring: 'streak', feedback: 'instant', reanswer: 'allowed' },
  { scoring: 'speed', feedback: 'reveal', reanswer: 'allowed' },
] as const

const play = (seed: number, options: Partial<RunOptions> = {}, onStart: (log: QuizLog, i: number) => void = () => {}) =>
  Promise.all(
    KINDS_OF_QUIZ.map((settings, i) =>
      runQuiz(target, hostToken, {
        ...{ settings, players: 30, questions: 4, openMs: 4_000, seed: seed + i, onStart: (log) => onStart(log, i) },
        ...options,
      }),
    ),
  )
const agree = async (logs: readonly QuizLog[]) => {
  for (const log of logs) {
    const wrongs = (await verifyQuiz(target, hostToken, log)).slice(0, 5)
    expect(wrongs, `${JSON.stringify(log.settings)}: ${wrongs.join('\n')}`).toEqual([])
  }
}
/** Plays as long as the work takes, then holds everything against what was acknowledged. */
const during = async (seed: number, work: (quizIds: string[]) => Promise<void>, options: Partial<RunOptions> = {}) => {
  const started = KINDS_OF_QUIZ.map(() => Promise.withResolvers<string>())
  const working = Promise.all(started.map(({ promise }) => promise)).then(work)
  const playing = play(seed, { faults: true, until: working, ...options }, (log, i) => started[i]?.resolve(log.quizId))
  const [logs] = await Promise.all([playing, working])
  await platform.until('Ready', 'True')
  await agree(logs)
  return logs
}

const podsOf = async (component: string): Promise<LiveObject[]> => {
  const pods = await cluster.list(KINDS.pod, namespace, `app.kubernetes.io/component=${component}`)
  return pods.filter(({ metadata, status }) => !metadata.deletionTimestamp && status?.phase === 'Running')
}
const isReady = ({ status }: LiveObject) =>
  status?.conditions?.some((one: Json) => one.type === 'Ready' && one.status === 'True')
/** Pods that are there and ready, and no others. */
const settle = (component: string, count: number) =>
  soon(
    `${count} pods of the ${component} are ready`,
    async () => {
      const all = await cluster.list(KINDS.pod, namespace, `app.kubernetes.io/component=${component}`)
      return all.length === count && all.every((pod) => isReady(pod) && !pod.metadata.deletionTimestamp)
    },
    120_000,
  )
/** Goes at once, without a chance to say so. */
const crash = (pod: string, place = namespace) =>
  cluster.http.send({
    method: 'DELETE',
    path: `/api/v1/namespaces/${place}/pods/${pod}`,
    body: { gracePeriodSeconds: 0 },
  })

it(`[Q1] [Q2] [Q4] [Q5] [Q8] a quiz agrees with every board, rank and document (SEED=${SEED})`, async () => {
  await agree(await play(SEED))
})

it(`[Q4] [Q5] [Q6] the leaderboard is scaled to 4 and 2 inside a quiz, and sockets at pods that stay are kept (SEED=${SEED})`, async () => {
  const scale = async (replicas: number) => {
    await platform.patch({ spec: { leaderboardService: { replicas } } })
    await settle('leaderboard-service', replicas)
  }
  await during(SEED + 10, async ([quizId = '']) => {
    await scale(4)
    const watchers = await Promise.all(
      (await podsOf('leaderboard-service')).map(async ({ metadata: { name: pod } }) => {
        const port = await forwardPort(cluster, namespace, pod, 8080)
        return { pod, live: openLive({ url: `http://127.0.0.1:${port}` }, quizId, { top: 10 }) }
      }),
    )
    await soon('all watchers see the board', async () => watchers.every(({ live }) => live.newest.has('leaderboard')))
    await scale(2)
    const stayed = new Set((await podsOf('leaderboard-service')).map(({ metadata }) => metadata.name))
    const kept = watchers.filter(({ pod }) => stayed.has(pod))
    expect(kept.map(({ live }) => [live.connections, live.wrongs])).toEqual([
      [1, []],
      [1, []],
    ])
    for (const { live } of watchers) live.close()
  })
})

it(`[Q1] [Q4] [Q5] a new version is rolled inside a quiz, and no player comes back more than once (SEED=${SEED})`, async () => {
  const logs = await during(
    SEED + 20,
    async () => {
      const services = images.services(images.second)
      const spec = Object.fromEntries(Object.entries(services).map(([name, { image }]) => [name, { image }]))
      await platform.patch({ spec })
      await soon(
        'all services run the new version',
        async () => (await platform.get())?.status?.version === images.second,
        240_000,
      )
      await platform.until('Ready', 'True')
      // Old pods are on their way out for a while yet.
      for (const [service, count] of [
        ['gateway', 2],
        ['leaderboard-service', 2],
      ] as const)
        await settle(service, count)
    },
    { players: PLAYERS / 2, drops: 0, openMs: 8_000 },
  )
  const reconnects = logs.flatMap(({ players }) => players.map(({ live }) => live.connections - 1))
  expect(reconnects).toHaveLength(PLAYERS)
  const counts = Object.groupBy(reconnects, String)
  console.info(
    `of ${PLAYERS} players, by reconnects:`,
    JSON.stringify(counts, (_, v) => (Array.isArray(v) ? v.length : v)),
  )
  expect(Math.max(...reconnects)).toBeLessThanOrEqual(1)
})

it(`[Q1] [Q3] [Q5] a pod of each service is deleted, and another crashes, inside a quiz (SEED=${SEED})`, async () => {
  const random = seeded(SEED + 30)
  await during(SEED + 30, async () => {
    for (const service of SERVICES) {
      const live = await cluster.get(deployment, namespace, `quizboard-${service}`)
      const replicas: number = (live?.spec as Json | undefined)?.replicas ?? 1
      const gone = random.pick(await podsOf(service)).metadata.name
      await cluster.remove(KINDS.pod, namespace, gone)
      await sleep(2_000)
      const left = (await podsOf(service)).filter(({ metadata }) => metadata.name !== gone)
      if (left.length > 0) await crash(random.pick(left).metadata.name)
      await settle(service, replicas)
    }
  })
})

it(`[Q1] [Q3] [Q5] Kafka, MongoDB and PostgreSQL restart, and the operator’s leader is killed, inside a quiz (SEED=${SEED})`, async () => {
  const leader = async () =>
    ((await cluster.get(KINDS.lease, operators, 'quizboard-operator'))?.spec as Json | undefined)?.holderIdentity
  await during(SEED + 40, async () => {
    const before = await leader()
    // The pod's name, and a part that is new at each of its starts.
    await crash(before.split('_')[0], operators)
    for (const store of ['kafka', 'mongodb', 'postgresql']) {
      await cluster.remove(KINDS.pod, namespace, `quizboard-${store}-0`)
      await settle(store, 1)
      await sleep(3_000)
    }
    await soon('another pod leads', async () => {
      const now = await leader()
      return now !== undefined && now !== '' && now !== before
    })
    // And does what is asked.
    await platform.patch({ spec: { answerService: { replicas: 3 } } })
    await settle('answer-service', 3)
  })
})
