/** How each service reaches Kafka. */
import type { ServiceName } from '../crd/status.ts'
import { type Build, hostOf, nameOf } from '../platform/build.ts'
import { USER } from '../secrets/generated.ts'
import { kafkaCredentials } from '../secrets/names.ts'
import { file, type Runtime, runtimeOf, value } from '../workloads/runtime.ts'

export type KafkaClient = Exclude<ServiceName, 'gateway'>

export const KAFKA_TLS_PORT = 9093
export const BUNDLED_KAFKA_PORT = 9092

export const kafkaUserName = ({ name }: Pick<Build, 'name'>, client: string) => `${name}-${client}`

export const kafkaConnection = (build: Build, client: KafkaClient): Runtime => {
  const { kafka, partitions, topicPrefix } = build.spec
  const shared = {
    env: [
      value('QUIZBOARD_PARTITIONS', partitions),
      ...(topicPrefix === '' ? [] : [value('QUIZBOARD_TOPIC_PREFIX', topicPrefix)]),
    ],
  }
  if (kafka.strimzi) return runtimeOf(shared, strimzi(build, client))
  if (kafka.external) return runtimeOf(shared, external(kafka.external))
  return runtimeOf(shared, bundled(build))
}

const strimzi = (build: Build, client: KafkaClient): Runtime => {
  const user = kafkaUserName(build, client)
  return runtimeOf(
    { env: [value('KAFKA_BROKERS', `${hostOf(build, `${build.name}-kafka-bootstrap`)}:${KAFKA_TLS_PORT}`)] },
    // Not the ca.crt in the user's Secret: that one is the clients' authority, not the brokers'.
    file('KAFKA_CA_FILE', 'kafka/ca.crt', 'secret', { name: `${build.name}-cluster-ca-cert`, key: 'ca.crt' }),
    file('KAFKA_CERT_FILE', 'kafka/user.crt', 'secret', { name: user, key: 'user.crt' }),
    file('KAFKA_KEY_FILE', 'kafka/user.key', 'secret', { name: user, key: 'user.key' }),
  )
}

const external = ({ bootstrapServers, tls, sasl }: NonNullable<Build['spec']['kafka']['external']>): Runtime => {
  const certificate = tls?.clientCertificate
  return runtimeOf(
    { env: [value('KAFKA_BROKERS', bootstrapServers.join(','))] },
    tls && !tls.ca ? { env: [value('KAFKA_TLS', true)] } : {},
    tls?.ca ? file('KAFKA_CA_FILE', 'kafka/ca.crt', 'secret', tls.ca) : {},
    certificate
      ? runtimeOf(
          file('KAFKA_CERT_FILE', 'kafka/user.crt', 'secret', { name: certificate.name, key: certificate.certKey }),
          file('KAFKA_KEY_FILE', 'kafka/user.key', 'secret', { name: certificate.name, key: certificate.keyKey }),
        )
      : {},
    sasl
      ? runtimeOf(
          { env: [value('KAFKA_SASL_MECHANISM', sasl.mechanism)] },
          userAndPassword(sasl.secret.name, sasl.secret.usernameKey, sasl.secret.passwordKey),
        )
      : {},
  )
}

const bundled = (build: Build): Runtime =>
  runtimeOf(
    {
      env: [
        value('KAFKA_BROKERS', `${hostOf(build, nameOf(build, 'kafka'))}:${BUNDLED_KAFKA_PORT}`),
        value('KAFKA_SASL_MECHANISM', 'scram-sha-512'),
        value('KAFKA_SASL_USERNAME', USER),
      ],
    },
    file('KAFKA_SASL_PASSWORD_FILE', 'kafka/password', 'secret', { name: kafkaCredentials(build), key: 'password' }),
  )

const userAndPassword = (name: string, usernameKey: string, passwordKey: string): Runtime =>
  runtimeOf(
    { env: [{ name: 'KAFKA_SASL_USERNAME', valueFrom: { secretKeyRef: { name, key: usernameKey } } }] },
    file('KAFKA_SASL_PASSWORD_FILE', 'kafka/password', 'secret', { name, key: passwordKey }),
  )
