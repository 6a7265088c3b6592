/** Stands in for MongoDB's Community operator and CloudNativePG: statuses and Secrets as theirs, and no database. */
import { cnpgCluster, mongodbCommunity } from '@quizboard/cdk8s/kinds/databases.ts'
import { type Json, KINDS, type TestCluster } from './cluster.ts'

const PHASES = ['Setting up primary', 'Waiting for the instances to become active', 'Cluster in healthy state']

export const createStandInDatabases = (cluster: TestCluster, namespace: string) => {
  const looks = new Map<string, number>()
  const looked = (uid: string | undefined) => {
    const count = (looks.get(uid ?? '') ?? 0) + 1
    looks.set(uid ?? '', count)
    return count
  }
  const secret = async (name: string, stringData: Record<string, string>) => {
    if (await cluster.get(KINDS.secret, namespace, name)) return
    await cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData })
  }

  const lookAtMongodb = async () => {
    for (const live of await cluster.list(mongodbCommunity as never, namespace)) {
      const { metadata, status } = live
      const spec = live.spec as Json
      const write = (value: object) =>
        cluster.patch(mongodbCommunity as never, namespace, metadata.name, { status: value }, 'status')
      const members = spec.members
      const counts = {
        currentMongoDBMembers: members,
        currentStatefulSetReplicas: members,
        mongoUri: 'of the stand-in',
      }
      if (looked(metadata.uid) < 3)
        await write({ phase: 'Pending', message: 'ReplicaSet is not yet ready', ...counts, currentMongoDBMembers: 0 })
      else if (
        status?.phase !== 'Running' ||
        status.version !== spec.version ||
        status.currentMongoDBMembers !== members
      ) {
        const [user] = spec.users
        const uri = `mongodb://${user.name}:secret@${metadata.name}-0.${metadata.name}-svc.${namespace}.svc.cluster.local:27017/admin?replicaSet=${metadata.name}&ssl=false`
        await secret(user.connectionStringSecretName, {
          'connectionString.standard': uri,
          username: user.name,
          password: 'secret',
        })
        await write({ phase: 'Running', message: null, version: spec.version, ...counts })
      }
    }
  }

  const lookAtPostgresql = async () => {
    for (const live of await cluster.list(cnpgCluster as never, namespace)) {
      const { metadata, status } = live
      const { instances } = live.spec as Json
      const look = looked(metadata.uid)
      if (look > PHASES.length && status?.readyInstances === instances) continue
      const isDone = look >= PHASES.length
      const phase = PHASES[Math.min(look, PHASES.length) - 1]
      if (isDone) {
        const uri = `postgresql://quizboard:secret@${metadata.name}-rw.${namespace}:5432/quizboard`
        await secret(`${metadata.name}-app`, { uri, username: 'quizboard', password: 'secret' })
        await secret(`${metadata.name}-ca`, { 'ca.crt': 'certificate', 'ca.key': 'key' })
      }
      const ready = {
        type: 'Ready',
        status: isDone ? 'True' : 'False',
        reason: isDone ? 'ClusterIsReady' : 'ClusterIsNotReady',
        message: phase,
        lastTransitionTime: new Date().toISOString(),
      }
      await cluster.patch(
        cnpgCluster as never,
        namespace,
        metadata.name,
        {
          status: {
            phase,
            instances,
            readyInstances: isDone ? instances : 0,
            conditions: [ready],
            image: 'postgresql:17.5',
          },
        },
        'status',
      )
    }
  }

  return async (): Promise<void> => {
    await lookAtMongodb()
    await lookAtPostgresql()
  }
}
