/** Kafka, MongoDB and PostgreSQL of somebody else, in a namespace of theirs: TLS with their own authority, and passwords. */
import { randomBytes } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { soon, type TestCluster } from './cluster.ts'
import { execIn } from './exec.ts'
import { SASL_PORT, startKafkaPod } from './kafka-pod.ts'
import { createAuthority } from './pki.ts'
import { forwardPort } from './port-forward.ts'
import { startServerPod } from './server-pod.ts'

export interface ServersOutside {
  /** PEM, of all three. */
  ca: string
  kafka: { bootstrap: string; username: string; password: string }
  mongodbUri: string
  postgresqlUri: string
}

const USER = 'quiz'

/** First without log-in, until its user has been made. */
const MONGODB_SCRIPT = `cp /etc/server/keyfile /tmp/keyfile; chmod 400 /tmp/keyfile; mkdir -p /data/db
mongod=(mongod --dbpath /data/db --bind_ip_all --nounixsocket --replSet rs0)
"\${mongod[@]}" & first=$!
until [ -e /tmp/user-made ]; do sleep 0.1; done
kill $first; wait $first || true
exec "\${mongod[@]}" --keyFile /tmp/keyfile \\
  --tlsMode requireTLS --tlsCertificateKeyFile /etc/server/server.pem --tlsCAFile /etc/server/ca.crt --tlsAllowConnectionsWithoutCertificates`

const POSTGRESQL_SCRIPT = `initdb -D /data/pg -U postgres -A scram-sha-256 --pwfile /etc/server/superuser >/dev/null
cp /etc/server/server.key /tmp/server.key; chmod 400 /tmp/server.key
echo 'hostssl all all all scram-sha-256' > /data/pg/pg_hba.conf
printf '%s\\n' "create role $APP_USER login password '$APP_PASSWORD'" "create database quiz owner $APP_USER" |
  postgres --single -D /data/pg postgres >/dev/null
exec postgres -D /data/pg -c listen_addresses='*' -c unix_socket_directories= \\
  -c ssl=on -c ssl_cert_file=/etc/server/server.crt -c ssl_key_file=/tmp/server.key`

export const startServersOutside = async (cluster: TestCluster): Promise<ServersOutside> => {
  const namespace = await cluster.namespace()
  const authority = await createAuthority('servers of somebody else')
  const password = randomBytes(12).toString('hex')
  const host = (name: string) => `${name}.${namespace}.svc`
  const serve = async (name: string, port: number) => {
    const selector = { app: name }
    await cluster.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      // A member of a replica set has to find itself before it is ready.
      spec: { selector, ports: [{ port }], publishNotReadyAddresses: true },
    })
    return { namespace, name, labels: selector }
  }

  const startKafka = async () => {
    const place = await serve('kafka', SASL_PORT)
    const authorities = { cluster: authority, clients: authority }
    await startKafkaPod(cluster, { ...place, host: host('kafka'), authorities, login: { username: USER, password } })
  }
  const startMongodb = async () => {
    const place = await serve('mongodb', 27017)
    const own = await authority.issue('mongodb', [host('mongodb')])
    await startServerPod(cluster, {
      ...{ ...place, image: 'mongo:6.0', user: 999, script: MONGODB_SCRIPT, port: 27017 },
      files: { 'server.pem': own.key + own.crt, 'ca.crt': authority.crt, keyfile: randomBytes(24).toString('base64') },
    })
    const port = await forwardPort(cluster, namespace, 'mongodb', 27017)
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`)
    try {
      const admin = client.db('admin')
      const members = [{ _id: 0, host: `${host('mongodb')}:27017` }]
      await admin.command({ replSetInitiate: { _id: 'rs0', members } })
      const roles = [{ role: 'readWrite', db: 'quiz' }]
      await soon('MongoDB takes writes', async () => (await admin.command({ hello: 1 })).isWritablePrimary === true)
      await admin.command({ createUser: USER, pwd: password, roles })
    } finally {
      await client.close()
    }
    await execIn(cluster, namespace, 'mongodb', 'server', ['touch', '/tmp/user-made'])
  }
  const startPostgresql = async () => {
    const place = await serve('postgresql', 5432)
    const own = await authority.issue('postgresql', [host('postgresql')])
    await startServerPod(cluster, {
      ...{ ...place, image: 'postgres:15', user: 999, script: POSTGRESQL_SCRIPT, port: 5432 },
      files: { 'server.crt': own.crt, 'server.key': own.key, superuser: randomBytes(12).toString('hex') },
      env: { APP_USER: USER, APP_PASSWORD: password },
    })
  }
  await Promise.all([startKafka(), startMongodb(), startPostgresql()])
  return {
    ca: authority.crt,
    kafka: { bootstrap: `${host('kafka')}:${SASL_PORT}`, username: USER, password },
    mongodbUri: `mongodb://${USER}:${password}@${host('mongodb')}:27017/?replicaSet=rs0&authSource=admin`,
    postgresqlUri: `postgresql://${USER}:${password}@${host('postgresql')}:5432/quiz`,
  }
}
