/** The three stores that we can run ourselves, each as one pod. */
import { createHash } from 'node:crypto'
import { Construct } from 'constructs'
import { MONGODB_PORT, POSTGRESQL_PORT } from '../connections/databases.ts'
import { BUNDLED_KAFKA_PORT } from '../connections/kafka.ts'
import type { BundledKafka } from '../crd/kafka.ts'
import type { BundledMongodb } from '../crd/mongodb.ts'
import type { BundledPostgresql } from '../crd/postgresql.ts'
import { type Build, hostOf, nameOf } from '../platform/build.ts'
import { PASSWORD_BYTES, USER } from '../secrets/generated.ts'
import { kafkaCredentials, mongodbCredentials, postgresqlCredentials } from '../secrets/names.ts'
import { secretValue, value } from '../workloads/runtime.ts'
import { addBundledStore } from './bundled-store.ts'
import { KAFKA_SCRIPT } from './kafka-script.ts'
import { MONGODB_SCRIPT } from './mongodb-script.ts'
import { wireMessages } from './mongodb-wire.ts'
import { POSTGRESQL_SCRIPT } from './postgresql-script.ts'

export class BundledKafkaStore extends Construct {
  constructor(scope: Construct, build: Build, { image, storage, resources }: BundledKafka) {
    super(scope, 'kafka')
    const name = kafkaCredentials(build)
    addBundledStore(this, build, {
      component: 'kafka',
      image,
      storage,
      resources,
      user: 1000,
      port: BUNDLED_KAFKA_PORT,
      files: {
        'kafka.sh': KAFKA_SCRIPT,
        'server.properties': serverProperties(hostOf(build, nameOf(build, 'kafka'))),
        'log4j2.properties': LOG4J2,
      },
      dataPath: '/var/lib/kafka',
      env: [
        value('CLUSTER_ID', clusterId(build)),
        secretValue('KAFKA_USERNAME', { name, key: 'username' }),
        secretValue('KAFKA_PASSWORD', { name, key: 'password' }),
      ],
      readiness: { tcpSocket: { port: 'kafka' }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
      graceS: 60,
    })
  }
}

/**
 * 16 bytes as Kafka writes them. The same platform has the same one, so that a kept volume fits. Like Kafka's own
 * (`Uuid.randomUuid`) none begins with a dash, which Kafka's tools would take for an option.
 */
const clusterId = ({ namespace, name }: Build) =>
  createHash('sha256').update(`${namespace}/${name}`).digest().subarray(0, 16).toString('base64url').replace(/^-/, 'A')

/** Clients log in by SCRAM; what the broker says to itself stays on its own loopback address. */
const serverProperties = (host: string) => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=CLIENT://:${BUNDLED_KAFKA_PORT},INTERNAL://127.0.0.1:9094,CONTROLLER://127.0.0.1:9093
advertised.listeners=CLIENT://${host}:${BUNDLED_KAFKA_PORT},INTERNAL://127.0.0.1:9094
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs=/var/lib/kafka/data
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
`

const LOG4J2 = `status=WARN
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=WARN
rootLogger.appenderRef.console.ref=console
`

export class BundledMongodbStore extends Construct {
  constructor(scope: Construct, build: Build, { image, storage, resources }: BundledMongodb) {
    super(scope, 'mongodb')
    const name = mongodbCredentials(build)
    const host = hostOf(build, nameOf(build, 'mongodb'))
    addBundledStore(this, build, {
      component: 'mongodb',
      image,
      storage,
      resources,
      user: 999,
      port: MONGODB_PORT,
      files: {
        'mongodb.sh': MONGODB_SCRIPT,
        ...wireMessages({
          host: `${host}:${MONGODB_PORT}`,
          user: USER,
          passwordLength: PASSWORD_BYTES * 2,
          database: build.spec.mongodb.database,
        }),
      },
      arguments: ['start'],
      dataPath: '/var/lib/mongodb',
      env: [secretValue('MONGODB_PASSWORD', { name, key: 'password' })],
      secretFile: { path: 'keyfile', ref: { name, key: 'keyfile' } },
      readiness: {
        exec: { command: ['bash', '/etc/quizboard/mongodb.sh', 'ready'] },
        periodSeconds: 3,
        timeoutSeconds: 5,
        failureThreshold: 3,
      },
      graceS: 60,
      // The member has to find itself by the name that the set knows, also before the Service has an address for it.
      hostAliases: [{ ip: '127.0.0.1', hostnames: [host] }],
    })
  }
}

export class BundledPostgresqlStore extends Construct {
  constructor(scope: Construct, build: Build, { image, storage, resources }: BundledPostgresql) {
    super(scope, 'postgresql')
    const name = postgresqlCredentials(build)
    addBundledStore(this, build, {
      component: 'postgresql',
      image,
      storage,
      resources,
      user: 999,
      port: POSTGRESQL_PORT,
      files: { 'postgresql.sh': POSTGRESQL_SCRIPT },
      dataPath: '/var/lib/postgresql/data',
      env: [
        value('APP_USER', USER),
        secretValue('APP_PASSWORD', { name, key: 'password' }),
        secretValue('SUPERUSER_PASSWORD', { name, key: 'superuser-password' }),
      ],
      readiness: {
        exec: { command: ['pg_isready', '-q', '-h', '127.0.0.1'] },
        periodSeconds: 2,
        timeoutSeconds: 5,
        failureThreshold: 3,
      },
      graceS: 60,
    })
  }
}
