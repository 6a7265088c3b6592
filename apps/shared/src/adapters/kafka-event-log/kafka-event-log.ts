/**
 * The event log on Apache Kafka by kafkajs. The topics are made by an admin step (topics.ts), never here. Whoever consumes keeps
 * the offsets beside its own state: nothing is committed to Kafka.
 */
import type { Producer } from 'kafkajs'
import type { Clock } from '../../ports/clock.ts'
import type { AppendRecord, Consumer, EventLog, Position } from '../../ports/event-log.ts'
import type { Random } from '../../ports/random.ts'
import { type LogRules, logRules, placeRecords } from '../event-log/rules.ts'
import { connectKafka, type KafkaConnection } from './connection.ts'
import { startConsumer } from './consumer.ts'
import { checkTopics } from './topics.ts'

export interface KafkaEventLogOptions extends KafkaConnection {
  /** Of every topic; as the admin step made them. */
  partitions: number
  clock: Clock
  random: Random
  /** How long a rejected batch waits before it is given again. Default 200. */
  retryMs?: number
}

/** Rejects if the brokers cannot be reached, or if topics are missing or differ from what is expected. */
export const openKafkaEventLog = async (options: KafkaEventLogOptions): Promise<EventLog> => {
  const { clientId, partitions, clock, random, topicPrefix = '', retryMs = 200 } = options
  const rules = logRules(partitions)
  const kafka = connectKafka(options)
  const admin = kafka.admin()
  await admin.connect()
  try {
    await checkTopics(admin, topicPrefix, partitions)
  } catch (error) {
    await admin.disconnect()
    throw error
  }
  // One request in flight: the records of one call that fall into one partition keep their order over retries. Not
  // kafkajs' idempotent producer: it fails on sequence numbers where this one repeats, and repeats change nothing (Q3).
  const producer = kafka.producer({ maxInFlightRequests: 1, allowAutoTopicCreation: false })
  await producer.connect()
  const open = new Set<Consumer>()
  let closed = false
  const closedError = () => new Error('the event log is closed')

  return {
    partitions,
    async append(records) {
      if (closed) throw closedError()
      return records.length === 0 ? [] : send(producer, records, rules, topicPrefix, random)
    },
    async consume(wanted) {
      if (closed) throw closedError()
      for (const partition of wanted.from.keys())
        if (!(partition >= 0 && partition < partitions))
          throw new RangeError(`there is no partition ${partition}, only 0–${partitions - 1}`)
      const topic = topicPrefix + wanted.topic
      // A group of this consumer alone: kafkajs reads in no other way.
      const groupId = `${clientId}-${Buffer.from(random.bytes(9)).toString('base64url')}`
      const ends = async () => {
        const offsets = await admin.fetchTopicOffsets(topic)
        return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]))
      }
      const consumer = await startConsumer(kafka, { ...wanted, topic }, { groupId, clock, retryMs, ends })
      const tracked: Consumer = {
        caughtUp: () => consumer.caughtUp(),
        async close() {
          open.delete(tracked)
          await consumer.close()
        },
      }
      open.add(tracked)
      return tracked
    },
    async close() {
      if (closed) return
      closed = true
      await Promise.all([...open].map((consumer) => consumer.close()))
      await producer.disconnect()
      await admin.disconnect()
    },
  }
}

const send = async (
  producer: Producer,
  records: readonly AppendRecord[],
  rules: LogRules,
  prefix: string,
  random: Random,
): Promise<Position[]> => {
  const placed = placeRecords(records, rules, () => Math.floor(random.next() * rules.partitions))
  const byTopic = Map.groupBy(placed, (record) => record.topic)
  const metadata = await producer.sendBatch({
    acks: -1,
    topicMessages: [...byTopic].map(([topic, messages]) => ({
      topic: prefix + topic,
      messages: messages.map(({ key, value, partition }) => ({ key, value, partition })),
    })),
  })
  const next = new Map(metadata.map((m) => [`${m.topicName}/${m.partition}`, Number(m.baseOffset)]))
  return placed.map(({ topic, partition }) => {
    const place = `${prefix}${topic}/${partition}`
    const offset = next.get(place)
    if (offset === undefined) throw new Error(`the broker gave no offset for ${place}`)
    next.set(place, offset + 1)
    return { partition, offset }
  })
}
