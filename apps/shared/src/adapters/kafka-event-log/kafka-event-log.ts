/**
 * The event log on Apache Kafka by kafkajs. The topics are made by an admin step (topics.ts), never here. Whoever consumes keeps
 * the offsets beside its own state: nothing is committed to Kafka.
 */
import kafkajs, { type Producer } from 'kafkajs'
import type { Clock } from '../../ports/clock.ts'
import type { AppendRecord, EventLog, Position } from '../../ports/event-log.ts'
import type { Random } from '../../ports/random.ts'
import { type LogRules, logRules, placeRecords } from '../event-log/rules.ts'
import { connectKafka, type KafkaConnection } from './connection.ts'
import { createLastingClient, type LastingClient } from './lasting-client.ts'
import { openTopicReader, type TopicReader } from './topic-reader.ts'
import { checkTopics, TopicsDiffer } from './topics.ts'

export interface KafkaEventLogOptions extends KafkaConnection {
  /** Of every topic; as the admin step made them. */
  partitions: number
  clock: Clock
  random: Random
  /** How long a rejected batch waits before it is given again. Default 200. */
  retryMs?: number
  /**
   * How many consumers of one partition each topic will have at one time, at least. They are made ready before the log is
   * open: one that is asked for beyond them takes a few seconds.
   */
  readers?: Readonly<Record<string, number>>
}

/** Rejects if the brokers cannot be reached, or if topics are missing or differ from what is expected. */
export const openKafkaEventLog = async (options: KafkaEventLogOptions): Promise<EventLog> => {
  const { clientId, partitions, clock, random, topicPrefix = '', retryMs = 200, readers = {} } = options
  const rules = logRules(partitions)
  const kafka = connectKafka(options)
  const admin = createLastingClient({
    ...{ clock, limitMs: ADMIN_MS, isOurs: isFinal },
    make: () => kafka.admin(),
  })
  try {
    await insist(clock, () => admin.use((client) => checkTopics(client, topicPrefix, partitions)))
  } catch (error) {
    await admin.close()
    throw error
  }
  // One request in flight: the records of one call that fall into one partition keep their order over retries. Not
  // kafkajs' idempotent producer: it fails on sequence numbers where this one repeats, and repeats change nothing (Q3).
  const producer = createLastingClient({
    ...{ clock, limitMs: SEND_MS, isOurs: isFinal },
    make: () => kafka.producer({ maxInFlightRequests: 1, allowAutoTopicCreation: false }),
  })
  const pool = new Map<string, TopicReader[]>()
  let closed = false
  const closedError = () => new Error('the event log is closed')

  const openReader = (name: string): TopicReader => {
    const topic = topicPrefix + name
    const reader = openTopicReader(kafka, {
      topic,
      partitions,
      clock,
      retryMs,
      // A group of this reader alone: kafkajs reads in no other way.
      newGroupId: () => `${clientId}-${Buffer.from(random.bytes(9)).toString('base64url')}`,
      async ends() {
        const offsets = await admin.use((client) => client.fetchTopicOffsets(topic))
        return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]))
      },
    })
    const all = pool.get(name) ?? []
    pool.set(name, [...all, reader])
    reader.ready.catch(() => {
      pool.set(
        name,
        (pool.get(name) ?? []).filter((other) => other !== reader),
      )
      return reader.close()
    })
    return reader
  }
  const log: EventLog = {
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
      const free = pool.get(wanted.topic)?.find((reader) => reader.isFree(wanted.from.keys()))
      return (free ?? openReader(wanted.topic)).read(wanted)
    },
    async close() {
      if (closed) return
      closed = true
      await Promise.all([...pool.values()].flat().map((reader) => reader.close()))
      await producer.close()
      await admin.close()
    },
  }
  const wanted = Object.entries(readers).flatMap(([topic, count]) => Array.from({ length: count }, () => topic))
  try {
    await Promise.all(wanted.map((topic) => openReader(topic).ready))
  } catch (error) {
    await log.close()
    throw error
  }
  return log
}

/** kafkajs tries again by itself for most of that time. */
const ADMIN_MS = 10_000
const SEND_MS = 45_000
const TRIES = 12
const PAUSE_MS = 500

/** Until it succeeds; what the user has to mend ends it at once, anything else after two minutes of silence. */
const insist = async (clock: Clock, work: () => Promise<void>): Promise<void> => {
  for (let left = TRIES; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0 || isFinal(error)) throw error
      await clock.sleep(PAUSE_MS)
    }
  }
}
/** The broker has answered, and will not answer otherwise. */
const isFinal = (error: unknown): boolean =>
  error instanceof TopicsDiffer ||
  error instanceof kafkajs.KafkaJSSASLAuthenticationError ||
  (error instanceof kafkajs.KafkaJSProtocolError && !error.retriable)

const send = async (
  producer: LastingClient<Producer>,
  records: readonly AppendRecord[],
  rules: LogRules,
  prefix: string,
  random: Random,
): Promise<Position[]> => {
  const placed = placeRecords(records, rules, () => Math.floor(random.next() * rules.partitions))
  const byTopic = Map.groupBy(placed, (record) => record.topic)
  const topicMessages = [...byTopic].map(([topic, messages]) => ({
    topic: prefix + topic,
    messages: messages.map(({ key, value, partition }) => ({ key, value, partition })),
  }))
  const metadata = await producer.use((client) => client.sendBatch({ acks: -1, topicMessages }))
  const next = new Map(metadata.map((m) => [`${m.topicName}/${m.partition}`, Number(m.baseOffset)]))
  return placed.map(({ topic, partition }) => {
    const place = `${prefix}${topic}/${partition}`
    const offset = next.get(place)
    if (offset === undefined) throw new Error(`the broker gave no offset for ${place}`)
    next.set(place, offset + 1)
    return { partition, offset }
  })
}
