/** Where the real servers are, for `npm run dev:real`; and what is made on them. */
import { readFileSync } from 'node:fs'
import type { KafkaConnection } from '@quizboard/shared/adapters/kafka-event-log/connection.ts'
import { ConfigError, type Env, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { z } from 'zod'

const kafkaSchema = z.object({
  KAFKA_BROKERS: setting.text({}).describe('Kafka: host:port, several with commas'),
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
  QUIZBOARD_REPLICATION_FACTOR: setting.int({ min: 1, max: 10, default: 1 }).describe('of topics that are made (1)'),
})
const databaseSchema = z.object({
  MONGODB_URL: setting
    .url({ protocols: ['mongodb', 'mongodb+srv'] })
    .describe('MongoDB, a replica set; TLS and credentials in the URL'),
  QUIZBOARD_MONGODB_DATABASE: setting.text({ default: 'quizboard' }).describe('database in MongoDB (quizboard)'),
  POSTGRES_URL: setting
    .url({ protocols: ['postgres', 'postgresql'] })
    .describe('PostgreSQL; TLS and credentials in the URL'),
})

export const serverSchema = kafkaSchema.extend(databaseSchema.shape)

type KafkaName = keyof z.infer<typeof kafkaSchema>
export type KafkaSettings = KafkaConnection & { partitions: number; replicationFactor: number }
export interface ServerSettings {
  kafka: KafkaSettings
  mongodb: { url: string; database: string }
  postgresUrl: string
}

/** Throws ConfigError with all problems at once. */
export const readServerSettings = (env: Env): ServerSettings => {
  const set = readConfig(serverSchema, env)
  return {
    kafka: readKafkaSettings(env),
    mongodb: { url: set.MONGODB_URL, database: set.QUIZBOARD_MONGODB_DATABASE },
    postgresUrl: set.POSTGRES_URL,
  }
}

/** Throws ConfigError; files that cannot be read are among the problems. */
export const readKafkaSettings = (env: Env): KafkaSettings => {
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
    clientId: 'quizboard',
    topicPrefix: set.QUIZBOARD_TOPIC_PREFIX,
    partitions: set.QUIZBOARD_PARTITIONS,
    replicationFactor: set.QUIZBOARD_REPLICATION_FACTOR,
    ...(ca === undefined ? {} : { ssl: { ca, ...(cert && key ? { cert, key } : {}) } }),
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
