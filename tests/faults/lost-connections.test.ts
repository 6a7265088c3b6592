/** kafkajs may wait for ever when a connection is lost at the wrong moment; the event log does not. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTopics } from '@quizboard/shared/adapters/kafka-event-log/topics.ts'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, it } from 'vitest'
import { seeded, sleep } from '../e2e/foreign/api.ts'
import { serverPorts } from './support/servers-control.ts'
import { openTcpProxy } from './support/tcp-proxy.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const PARTITIONS = 2
const FAULTS = 12
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

it(`[Q10.2] the log opens although connections are reset while it does (SEED=${SEED})`, async () => {
  const random = seeded(SEED)
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
  const topicPrefix = `test_${SEED}_${process.pid}.`
  await createTopics({ brokers, clientId: 'test', topicPrefix, partitions: PARTITIONS })
  closing.push(async () => {
    const admin = new Kafka({ clientId: 'tests', brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix)) })
    await admin.disconnect()
  })
  const { kafka: port } = serverPorts(process.env)
  const proxy = await openTcpProxy(port)
  closing.push(proxy.close)
  const path = (name: string) => fileURLToPath(new URL(`./support/${name}`, import.meta.url))
  const child = spawn(process.execPath, ['--import', path('redirect.mjs'), path('open-logs.ts')], {
    env: {
      ...{ PATH: process.env.PATH, KAFKA_BROKERS: brokers.join(), TOPIC_PREFIX: topicPrefix },
      ...{ PARTITIONS: String(PARTITIONS), MS: '10000', FAULTS_REDIRECT: `${port}=${proxy.port}` },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  closing.push(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  await sleep(1_000)
  for (let i = 0; i < FAULTS; i++) {
    await sleep(300 + random.below(700))
    if (i % 2 === 0) proxy.cut('all')
    else {
      proxy.refuse('all')
      await sleep(random.below(1_000))
      proxy.heal()
    }
  }
  await expect.poll(() => output, { timeout: 120_000, interval: 250 }).toContain('all open')
})
