import { randomUUID } from 'node:crypto'
import { connect, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, expect, it } from 'vitest'
import { TOPICS } from '../../contracts/events.ts'
import { systemClock as clock, systemRandom as random } from '../../kit/system.ts'
import { eventLogContract } from '../../ports/event-log.contract.ts'
import { eventually } from '../../testing/eventually.ts'
import { connectKafka } from './connection.ts'
import { openKafkaEventLog } from './kafka-event-log.ts'
import { openTopicReader } from './topic-reader.ts'
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

it('says of each topic why Kafka does not make it', async () => {
  const prefix = freshPrefix()
  const making = createTopics({ ...connectionOf(prefix), partitions: PARTITIONS, replicationFactor: 99 })
  await expect(making).rejects.toThrow(
    new RegExp(`with 99 copies:.*\n${prefix}${TOPICS.scores}: Replication.factor is`, 's'),
  )
})

it('a consumer that starts anew does not wait for its former self, which is a member still and answers no more', async () => {
  const prefix = freshPrefix()
  await createTopics({ ...connectionOf(prefix), partitions: PARTITIONS })
  const readerBy = (network: { isCut: boolean; sockets: Socket[] }) => {
    const kafka = new Kafka({
      ...{ brokers: [...brokers], clientId: 'test', logLevel: logLevel.NOTHING, retry: { retries: 0 } },
      socketFactory: ({ host, port, onConnect }) => {
        const socket = network.isCut ? new Socket().destroy(new Error('cut')) : connect(port, host, onConnect)
        network.sockets.push(socket)
        return socket
      },
    })
    return openTopicReader(kafka, {
      ...{
        topic: prefix + TOPICS.scores,
        newGroupId: () => `${prefix}reader`,
        partitions: PARTITIONS,
        clock,
        retryMs: 50,
      },
      ends: async () => new Map(),
    })
  }
  const network = { isCut: false, sockets: [] as Socket[] }
  const former = readerBy(network)
  await former.ready
  network.isCut = true
  for (const socket of network.sockets) socket.destroy()
  // It cannot say that it leaves.
  void former.close().catch(() => {})
  const started = Date.now()
  const next = readerBy({ isCut: false, sockets: [] })
  await next.ready
  expect(Date.now() - started).toBeLessThan(20_000)
  await next.close()
})

it('[Q3.4] is caught up behind the markers of a foreign producer’s transactions, and gives nothing of aborted ones', async () => {
  const prefix = freshPrefix()
  await createTopics({ ...connectionOf(prefix), partitions: PARTITIONS })
  const log = await openKafkaEventLog({ ...connectionOf(prefix), partitions: PARTITIONS, clock, random })
  const producer = connectKafka(connectionOf('')).producer({ transactionalId: prefix, maxInFlightRequests: 1 })
  await producer.connect()
  const send = async (value: string, end: 'commit' | 'abort') => {
    const transaction = await producer.transaction()
    await transaction.send({ topic: prefix + TOPICS.scores, messages: [{ value, partition: 0 }] })
    await transaction[end]()
  }
  const seen: string[] = []
  const consumer = await log.consume({
    topic: TOPICS.scores,
    from: new Map([[0, 0]]),
    onBatch: async (_, records) => void seen.push(...records.map(({ value }) => value)),
  })
  await send('kept', 'commit')
  await eventually('the record of the transaction is seen', () => seen.length === 1)
  await consumer.caughtUp()
  await send('dropped', 'abort')
  await send('kept too', 'commit')
  await eventually('the next one is seen', () => seen.length === 2)
  await consumer.caughtUp()
  expect(seen).toEqual(['kept', 'kept too'])
  await producer.disconnect()
  await log.close()
})
