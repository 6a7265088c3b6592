/** PostgreSQL by CloudNativePG. Its Secret `<cluster>-app` has the URL. */
import { Construct } from 'constructs'
import { cnpgClusterName } from '../connections/databases.ts'
import type { CnpgPostgresql } from '../crd/postgresql.ts'
import { cnpgCluster } from '../kinds/databases.ts'
import { addObject } from '../kinds/kind.ts'
import { type Build, labelsOf } from '../platform/build.ts'
import { USER } from '../secrets/generated.ts'
import { resourcesOf, scheduling } from '../workloads/pod.ts'

export class CnpgPostgresqlStore extends Construct {
  constructor(scope: Construct, build: Build, { instances, imageName, storage, resources, pods = {} }: CnpgPostgresql) {
    super(scope, 'postgresql')
    const { nodeSelector, tolerations, priorityClassName } = scheduling(pods)
    addObject(
      this,
      cnpgCluster,
      { name: cnpgClusterName(build), labels: labelsOf(build, 'postgresql') },
      {
        spec: {
          instances,
          ...(imageName && { imageName }),
          bootstrap: { initdb: { database: USER, owner: USER } },
          storage: { size: storage.size, ...(storage.className && { storageClass: storage.className }) },
          resources: resourcesOf(resources),
          affinity: {
            enablePodAntiAffinity: true,
            topologyKey: 'kubernetes.io/hostname',
            ...(nodeSelector && { nodeSelector }),
            ...(tolerations && { tolerations }),
          },
          ...(priorityClassName && { priorityClassName }),
        },
      },
    )
  }
}
