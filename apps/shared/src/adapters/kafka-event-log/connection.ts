/** How Kafka is reached. */
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import './quiet-queue.ts'

export interface KafkaConnection {
  /** host:port */
  brokers: readonly string[]
  clientId: string
  ssl?: NonNullable<KafkaConfig['ssl']>
  sasl?: NonNullable<KafkaConfig['sasl']>
  /** Before every topic's name: several platforms can share a cluster. Default: none. */
  topicPrefix?: string
}
export const connectKafka = ({ brokers, clientId, ssl, sasl }: KafkaConnection): Kafka =>
  new Kafka({
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5_000,
    // kafkajs' defaults give up within a minute; a broker that is killed may take longer to come back.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 60 },
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  })
