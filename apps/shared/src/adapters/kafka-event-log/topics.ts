/** The topics: made by an admin step, checked by everyone who opens the log. Partitions never change in place. */
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin } from 'kafkajs'
import { connectKafka, type KafkaConnection } from './connection.ts'
import { TOPIC_SETTINGS } from './topic-settings.ts'

/** A difference here breaks a promise; retention and sizes are the operator's to change. */
const CHECKED = 'cleanup.policy'

export interface CreateTopicsOptions extends KafkaConnection {
  partitions: number
  /** Default 1; 3 in a cluster that is to survive the loss of a broker. */
  replicationFactor?: number
}

/** Makes the topics that are missing, and checks all. Gives the names of those that it made. */
export const createTopics = async (options: CreateTopicsOptions): Promise<string[]> => {
  const { partitions, replicationFactor = 1, topicPrefix = '' } = options
  const admin = connectKafka(options).admin()
  await admin.connect()
  try {
    const present = new Set(await admin.listTopics())
    const missing = Object.entries(TOPIC_SETTINGS).filter(([name]) => !present.has(topicPrefix + name))
    if (missing.length > 0)
      await admin
        .createTopics({
          // kafkajs gives up on KRaft's first answer, that the topic is not known yet.
          waitForLeaders: false,
          topics: missing.map(([name, settings]) => ({
            topic: topicPrefix + name,
            numPartitions: partitions,
            replicationFactor,
            configEntries: Object.entries(settings).map(([key, value]) => ({ name: key, value })),
          })),
        })
        .catch((error: unknown) => {
          throw inWords(error, replicationFactor)
        })
    await settle(async () => {
      await checkTopics(admin, topicPrefix, partitions)
      // Answered by the leader of each partition: a producer before that would be refused by some, and repeat itself.
      for (const [name] of missing) await admin.fetchTopicOffsets(topicPrefix + name)
    })
    return missing.map(([name]) => topicPrefix + name)
  } finally {
    await admin.disconnect()
  }
}

/** kafkajs says only that there were errors, and keeps what Kafka said of each topic inside. */
const inWords = (error: unknown, replicationFactor: number): unknown => {
  const inner = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  const said = inner.map(({ topic, message }: { topic?: unknown; message?: unknown }) => `${topic}: ${message}`)
  if (said.length === 0) return error
  return new Error(`Kafka did not make the topics with ${replicationFactor} copies:\n${said.join('\n')}`, {
    cause: error,
  })
}

/** Brokers learn of new topics a moment after the controller has made them. */
const settle = async (check: () => Promise<void>): Promise<void> => {
  for (let left = 50; ; left--) {
    try {
      return await check()
    } catch (error) {
      if (left === 0) throw error
      await sleep(200)
    }
  }
}

/** Someone has to mend them: no later try fares better. */
export class TopicsDiffer extends Error {
  constructor(problems: readonly string[]) {
    super(`the topics are not as they must be:\n- ${problems.join('\n- ')}`)
    this.name = 'TopicsDiffer'
  }
}

/** Throws TopicsDiffer, which lists every topic that is missing or differs, with what is expected. */
export const checkTopics = async (admin: Admin, prefix: string, partitions: number): Promise<void> => {
  const names = Object.keys(TOPIC_SETTINGS).map((name) => prefix + name)
  const present = new Set(await admin.listTopics())
  const problems = names
    .filter((name) => !present.has(name))
    .map((name) => `${name} does not exist: run the admin step that makes the topics`)
  const known = names.filter((name) => present.has(name))
  if (known.length > 0) {
    const { topics } = await admin.fetchTopicMetadata({ topics: known })
    for (const topic of topics)
      if (topic.partitions.length !== partitions)
        problems.push(
          `${topic.name} has ${topic.partitions.length} partitions, expected ${partitions}; partitions cannot change in place`,
        )
    problems.push(...(await wrongSettings(admin, known, prefix)))
  }
  if (problems.length > 0) throw new TopicsDiffer(problems)
}

const wrongSettings = async (admin: Admin, names: readonly string[], prefix: string): Promise<string[]> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: [CHECKED] })),
  })
  return resources.flatMap(({ resourceName, configEntries }) => {
    const expected = TOPIC_SETTINGS[resourceName.slice(prefix.length)]?.[CHECKED]
    const actual = configEntries.find(({ configName }) => configName === CHECKED)?.configValue
    return actual === expected ? [] : [`${resourceName} has ${CHECKED}=${actual}, expected ${expected}`]
  })
}
