/**
 * A real Kafka broker in a pod that nobody looks after, for platforms whose Kafka is somebody else's: mutual TLS on one port, SCRAM
 * over TLS on another, and nobody may do what no ACL allows. Its data goes with the pod.
 */
import { connect } from 'node:tls'
import { Kafka, logLevel } from 'kafkajs'
import type { TestCluster } from './cluster.ts'
import type { Authority, Certificate } from './pki.ts'
import { forwardPort } from './port-forward.ts'
import { startServerPod } from './server-pod.ts'

const TLS_PORT = 9093
export const SASL_PORT = 9094

export interface KafkaPodOptions {
  namespace: string
  name: string
  labels: Record<string, string>
  /** Under which clients reach it: the name of a Service before it. */
  host: string
  /** Of the broker's certificate, and of the clients'. */
  authorities: { cluster: Authority; clients: Authority }
  /** Who may log in by SCRAM, with every right. */
  login?: { username: string; password: string }
}

export interface KafkaPod {
  /** As a client whose certificate says `client`; it is reached past every NetworkPolicy. */
  client(client: Certificate): Kafka
  /** With every right. */
  admin: Kafka
}

const ADMIN = 'admin-of-the-tests'

const properties = ({ host, login }: KafkaPodOptions) => `process.roles=broker,controller
node.id=0
controller.quorum.voters=0@127.0.0.1:9090
listeners=TLS://:${TLS_PORT},SASL://:${SASL_PORT},INTERNAL://127.0.0.1:9091,CONTROLLER://127.0.0.1:9090
advertised.listeners=TLS://${host}:${TLS_PORT},SASL://${host}:${SASL_PORT},INTERNAL://127.0.0.1:9091
listener.security.protocol.map=TLS:SSL,SASL:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
ssl.keystore.type=PEM
ssl.keystore.location=/etc/server/server.pem
ssl.truststore.type=PEM
ssl.truststore.location=/etc/server/clients.crt
listener.name.tls.ssl.client.auth=required
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:CN=${ADMIN}${login ? `;User:${login.username}` : ''}
log.dirs=/data/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
`

const SCRIPT = `java=(java -XX:+UseSerialGC -cp '/opt/kafka/libs/*')
"\${java[@]}" kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c /etc/server/server.properties $SCRAM >/dev/null
exec "\${java[@]}" -Xmx256m kafka.Kafka /etc/server/server.properties`

export const startKafkaPod = async (cluster: TestCluster, options: KafkaPodOptions): Promise<KafkaPod> => {
  const { namespace, name, labels, host, authorities, login } = options
  const own = await authorities.cluster.issue(name, [host])
  await startServerPod(cluster, {
    ...{ namespace, name, labels, script: SCRIPT, port: TLS_PORT },
    image: 'apache/kafka:4.3.1',
    user: 1000,
    files: {
      'server.properties': properties(options),
      'server.pem': own.key + own.crt,
      'clients.crt': authorities.clients.crt,
    },
    env: {
      SCRAM: login ? `--add-scram SCRAM-SHA-512=[name=${login.username},password=${login.password}]` : '',
    },
  })
  const port = await forwardPort(cluster, namespace, name, TLS_PORT)
  const client = ({ crt: cert, key }: Certificate) =>
    new Kafka({
      brokers: ['broker:9093'],
      logLevel: logLevel.NOTHING,
      ssl: { ca: authorities.cluster.crt, cert, key },
      ...{ connectionTimeout: 5_000, requestTimeout: 10_000, retry: { retries: 2 } },
      // The name that it advertises is known in the cluster alone.
      socketFactory: ({ ssl, onConnect }) => connect({ ...ssl, host: '127.0.0.1', port, servername: host }, onConnect),
    })
  return { client, admin: client(await authorities.clients.issue(ADMIN)) }
}
