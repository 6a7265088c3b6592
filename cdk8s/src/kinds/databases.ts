/** The parts of MongoDB's and CloudNativePG's resources that we use; tests hold them against the real schemas. */
import type {
  Affinity,
  PersistentVolumeClaimSpec,
  ResourceRequirements,
  Toleration,
} from 'kubernetes-types/core/v1.d.ts'
import { kindOf } from './kind.ts'

interface ContainerPatch {
  name: string
  resources?: ResourceRequirements
}

interface MongoDBCommunitySpec {
  type: 'ReplicaSet'
  version: string
  members: number
  security: {
    authentication: { modes: ('SCRAM' | 'SCRAM-SHA-256')[] }
    tls?: {
      enabled: boolean
      certificateKeySecretRef: { name: string }
      caCertificateSecretRef: { name: string }
    }
  }
  users: {
    name: string
    db: string
    passwordSecretRef: { name: string; key: string }
    roles: { name: string; db: string }[]
    scramCredentialsSecretName: string
    connectionStringSecretName: string
  }[]
  additionalMongodConfig: Record<string, unknown>
  statefulSet: {
    spec: {
      template: {
        metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
        spec: {
          serviceAccountName?: string
          containers: ContainerPatch[]
          affinity?: Affinity
          nodeSelector?: Record<string, string>
          tolerations?: Toleration[]
          priorityClassName?: string
        }
      }
      volumeClaimTemplates: { metadata: { name: string }; spec: PersistentVolumeClaimSpec }[]
    }
  }
}

export const mongodbCommunity = kindOf<{ spec: MongoDBCommunitySpec }>(
  'mongodbcommunity.mongodb.com/v1',
  'MongoDBCommunity',
  'mongodbcommunity',
  { from: 'MongoDB’s Community operator', data: true },
)

interface CnpgClusterSpec {
  instances: number
  imageName?: string
  bootstrap: { initdb: { database: string; owner: string } }
  storage: { size: string; storageClass?: string }
  resources: ResourceRequirements
  affinity?: {
    nodeSelector?: Record<string, string>
    tolerations?: Toleration[]
    enablePodAntiAffinity?: boolean
    topologyKey?: string
  }
  priorityClassName?: string
}

export const cnpgCluster = kindOf<{ spec: CnpgClusterSpec }>('postgresql.cnpg.io/v1', 'Cluster', 'clusters', {
  from: 'CloudNativePG',
  data: true,
})
