/** MongoDB by its Community operator: a replica set with one user of ours. */
import { Construct } from 'constructs'
import { mongodbConnectionSecret } from '../connections/databases.ts'
import type { CommunityMongodb } from '../crd/mongodb.ts'
import { mongodbCommunity } from '../kinds/databases.ts'
import { addObject } from '../kinds/kind.ts'
import { type Build, labelsOf, nameOf } from '../platform/build.ts'
import { USER } from '../secrets/generated.ts'
import { mongodbCredentials } from '../secrets/names.ts'
import { resourcesOf, scheduling } from '../workloads/pod.ts'

export class CommunityMongodbStore extends Construct {
  constructor(scope: Construct, build: Build, wanted: CommunityMongodb) {
    super(scope, 'mongodb')
    const name = nameOf(build, 'mongodb')
    const { version, members, storage, tls } = wanted
    addObject(
      this,
      mongodbCommunity,
      { name, labels: labelsOf(build, 'mongodb') },
      {
        spec: {
          type: 'ReplicaSet',
          version,
          members,
          security: {
            authentication: { modes: ['SCRAM'] },
            ...(tls && {
              tls: {
                enabled: true,
                certificateKeySecretRef: { name: tls.certificateSecret },
                caCertificateSecretRef: { name: tls.caSecret },
              },
            }),
          },
          users: [
            {
              name: USER,
              db: 'admin',
              passwordSecretRef: { name: mongodbCredentials(build), key: 'password' },
              roles: [{ name: 'readWrite', db: build.spec.mongodb.database }],
              scramCredentialsSecretName: name,
              connectionStringSecretName: mongodbConnectionSecret(build),
            },
          ],
          // A process that is killed in a transaction holds its players up until that expires.
          additionalMongodConfig: { 'setParameter.transactionLifetimeLimitSeconds': 5 },
          statefulSet: {
            spec: {
              template: podTemplate(wanted),
              volumeClaimTemplates: [
                claim('data-volume', storage.size, storage.className),
                claim('logs-volume', '2Gi', storage.className),
              ],
            },
          },
        },
      },
    )
  }
}

const podTemplate = ({ resources, serviceAccountName, pods = {} }: CommunityMongodb) => {
  const { labels, annotations } = pods
  return {
    ...((labels || annotations) && { metadata: { ...(labels && { labels }), ...(annotations && { annotations }) } }),
    spec: {
      ...(serviceAccountName && { serviceAccountName }),
      containers: [
        { name: 'mongod', resources: resourcesOf(resources) },
        { name: 'mongodb-agent', resources: AGENT },
      ],
      ...scheduling(pods),
    },
  }
}

const AGENT = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '400Mi' } }

const claim = (name: string, size: string, className: string | undefined) => ({
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: size } },
    ...(className && { storageClassName: className }),
  },
})
