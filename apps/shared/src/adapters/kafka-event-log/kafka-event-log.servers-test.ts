import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { TOPICS } from '../../contracts/events.ts'
import { systemClock as clock, systemRandom as random } from '../../kit/system.ts'
import { eventLogContract } from '../../ports/event-log.contract.ts'
import { eventually } from '../../testing/eventually.ts'
import { connectKafka } from './connection.ts'
import { openKafkaEventLog } from './kafka-event-log.ts'
import { createTopics } from './topics.ts'

const brokers = process.env.KAFKA_BROKERS?.split(',')
if (!brokers) throw new Error('KAFKA_BROKERS must name a Kafka cluster')
const PARTITIONS = 4
const prefixes: string[] = []
const connectionOf = (topicPrefix: string) => ({ brokers, clientId: 'test', topicPrefix })
const freshPrefix = () => {
  const prefix = `t${randomUUID().slice(0, 8)}.`
  prefixes.push(prefix)
  return prefix
}

afterAll(async () => {
  const admin = connectKafka(connectionOf('')).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => prefixes.some((prefix) => topic.startsWith(prefix)))
  await admin.deleteTopics({ topics })
  await admin.disconnect()
})

eventLogContract('Kafka', async () => {
  const prefix = freshPrefix()
  await createTopics({ ...connectionOf(prefix), partitions: PARTITIONS })
  const admin = connectKafka(connectionOf('')).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: `${prefix}other`, numPartitions: PARTITIONS }], waitForLeaders: false })
  await eventually('the topic has leaders', () =>
    admin.fetchTopicOffsets(`${prefix}other`).then(
      () => true,
      () => false,
    ),
  )
  await admin.disconnect()
  return {
    open: () => openKafkaEventLog({ ...connectionOf(prefix), partitions: PARTITIONS, clock, random, retryMs: 50 }),
    persists: true,
    // The broker compacts in its own time.
    compacts: false,
    pass: (ms: number) => sleep(ms),
  }
})

it('says which topics are missing, and which differ and how', async () => {
  const prefix = freshPrefix()
  const open = (partitions: number) => openKafkaEventLog({ ...connectionOf(prefix), partitions, clock, random })
  await expect(open(PARTITIONS)).rejects.toThrow(`${prefix}${TOPICS.scores} does not exist`)
  expect(await createTopics({ ...connectionOf(prefix), partitions: PARTITIONS })).toHaveLength(5)
  expect(await createTopics({ ...connectionOf(prefix), partitions: PARTITIONS })).toEqual([])
  await expect(open(PARTITIONS + 1)).rejects.toThrow(/has 4 partitions, expected 5/)
  await (await open(PARTITIONS)).close()
})
