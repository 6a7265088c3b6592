/** Where the real servers are, and how we log in. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { KafkaConnection } from '../adapters/kafka-event-log/connection.ts'
import { ConfigError, type Env, readConfig, setting } from '../kit/config.ts'

export const kafkaSchema = z.object({
  KAFKA_BROKERS: setting.text({}).describe('Kafka: host:port, several with commas'),
  KAFKA_TLS: setting.flag({ default: false }).describe('TLS to Kafka, by the system’s authorities (false)'),
  KAFKA_CA_FILE: setting.text({}).optional().describe('TLS to Kafka: the certificate authority, PEM'),
  KAFKA_CERT_FILE: setting.text({}).optional().describe('TLS to Kafka: our own certificate, PEM'),
  KAFKA_KEY_FILE: setting.text({}).optional().describe('TLS to Kafka: our own key, PEM'),
  KAFKA_SASL_MECHANISM: setting
    .oneOf(['scram-sha-512', 'scram-sha-256', 'plain'])
    .optional()
    .describe('how we log in to Kafka'),
  KAFKA_SASL_USERNAME: setting.text({}).optional().describe('user name at Kafka'),
  KAFKA_SASL_PASSWORD: setting.text({}).optional().describe('password at Kafka'),
  QUIZBOARD_TOPIC_PREFIX: setting.text({ default: '' }).describe('before the name of every topic (none)'),
  QUIZBOARD_PARTITIONS: setting
    .int({ min: 1, max: 1_000, default: 12 })
    .describe('of every topic, fixed once made (12)'),
})
/** Of the step that makes the topics. */
export const topicsSchema = kafkaSchema.extend({
  QUIZBOARD_REPLICATION_FACTOR: setting.int({ min: 1, max: 10, default: 1 }).describe('of topics that are made (1)'),
})
export const mongodbSchema = z.object({
  MONGODB_URL: setting
    .url({ protocols: ['mongodb', 'mongodb+srv'] })
    .describe('MongoDB, a replica set; TLS and credentials in the URL'),
  QUIZBOARD_MONGODB_DATABASE: setting.text({ default: 'quizboard' }).describe('database in MongoDB (quizboard)'),
})

type KafkaName = keyof z.infer<typeof kafkaSchema>
export type KafkaSettings = KafkaConnection & { partitions: number }
export interface MongodbSettings {
  url: string
  database: string
}

/** Throws ConfigError with all problems at once. */
export const readMongodbSettings = (env: Env): MongodbSettings => {
  const set = readConfig(mongodbSchema, env)
  return { url: set.MONGODB_URL, database: set.QUIZBOARD_MONGODB_DATABASE }
}

export const readTopicsSettings = (env: Env): KafkaSettings & { replicationFactor: number } => ({
  ...readKafkaSettings(env, 'quizboard-topics'),
  replicationFactor: readConfig(topicsSchema, env).QUIZBOARD_REPLICATION_FACTOR,
})

/**
 * `clientId`: also the beginning of the names of our consumer groups. Throws ConfigError; files that cannot be read are among the
 * problems.
 */
export const readKafkaSettings = (env: Env, clientId: string): KafkaSettings => {
  const set = readConfig(kafkaSchema, env)
  const problems: ConfigError['problems'][number][] = []
  const file = (name: 'KAFKA_CA_FILE' | 'KAFKA_CERT_FILE' | 'KAFKA_KEY_FILE'): string | undefined => {
    const path = set[name]
    if (path === undefined) return undefined
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      problems.push({ name, value: path, detail: `cannot be read: ${(error as Error).message}` })
      return undefined
    }
  }
  const [ca, cert, key] = [file('KAFKA_CA_FILE'), file('KAFKA_CERT_FILE'), file('KAFKA_KEY_FILE')]
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = set
  // A half of a pair would be dropped, and the connection be less safe than it was meant to be.
  const needs = (name: KafkaName, other: KafkaName) => {
    if (set[name] !== undefined && set[other] === undefined)
      problems.push({ name: other, value: undefined, detail: `must be set, as ${name} is` })
  }
  needs('KAFKA_CERT_FILE', 'KAFKA_KEY_FILE')
  needs('KAFKA_KEY_FILE', 'KAFKA_CERT_FILE')
  needs('KAFKA_CERT_FILE', 'KAFKA_CA_FILE')
  needs('KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME')
  needs('KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD')
  needs('KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM')
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    brokers: set.KAFKA_BROKERS.split(',').map((broker) => broker.trim()),
    clientId,
    topicPrefix: set.QUIZBOARD_TOPIC_PREFIX,
    partitions: set.QUIZBOARD_PARTITIONS,
    ...(ca === undefined
      ? set.KAFKA_TLS
        ? { ssl: true }
        : {}
      : { ssl: { ca, ...(cert && key ? { cert, key } : {}) } }),
    ...(mechanism === undefined ? {} : { sasl: saslOf(mechanism, username ?? '', password ?? '') }),
  }
}

/** kafkajs' type wants each mechanism by itself. */
const saslOf = (
  mechanism: 'scram-sha-512' | 'scram-sha-256' | 'plain',
  username: string,
  password: string,
): NonNullable<KafkaConnection['sasl']> => {
  if (mechanism === 'plain') return { mechanism, username, password }
  if (mechanism === 'scram-sha-256') return { mechanism, username, password }
  return { mechanism, username, password }
}
