/**
 * A store that we run ourselves: one pod in a StatefulSet, from the vendor's image. It never claims to be highly available: a node
 * that goes takes it along until Kubernetes brings it up elsewhere.
 */
import type { Construct } from 'constructs'
import type { Container, EnvVar, HostAlias } from 'kubernetes-types/core/v1.d.ts'
import type { Resources, SecretRef } from '../crd/fields.ts'
import { addObject } from '../kinds/kind.ts'
import { configMap, service, statefulSet } from '../kinds/kubernetes.ts'
import { type Build, labelsOf, nameOf, selectorLabels } from '../platform/build.ts'
import { CONTAINER_SECURITY, podSecurity, resourcesOf, SAYS_WHY, scheduling } from '../workloads/pod.ts'
import { digest, FILES } from '../workloads/runtime.ts'

export interface BundledStore {
  component: 'kafka' | 'mongodb' | 'postgresql'
  image: string
  storage: { size: string; className?: string | undefined }
  resources: Resources
  /** User and group id in the vendor's image. */
  user: number
  port: number
  /** File name → text; what is started is bash with the first. */
  files: Record<string, string>
  arguments?: string[]
  /** Where the volume goes. */
  dataPath: string
  env: EnvVar[]
  /** Shown as a file beside the others. */
  secretFile?: { path: string; ref: SecretRef }
  readiness: NonNullable<Container['readinessProbe']>
  /** How long an orderly stop may take. */
  graceS: number
  hostAliases?: HostAlias[]
}

export const addBundledStore = (scope: Construct, build: Build, store: BundledStore): void => {
  const { component, port, files } = store
  const name = nameOf(build, component)
  const labels = labelsOf(build, component)
  const selector = selectorLabels(build, component)
  const ports = [{ name: component, port, targetPort: component }]
  const kept = { data: true }
  addObject(scope, configMap, { name, labels }, { data: files }, kept)
  // One address that outlives the pod: clients notice a restart by a closed connection, not by an old DNS entry.
  addObject(scope, service, { name, labels }, { spec: { selector, ports } }, kept)
  addObject(
    scope,
    service,
    { name: `${name}-headless`, labels },
    { spec: { selector, ports, clusterIP: 'None', publishNotReadyAddresses: true } },
    kept,
  )
  addObject(
    scope,
    statefulSet,
    { name, labels },
    {
      spec: {
        serviceName: `${name}-headless`,
        replicas: 1,
        selector: { matchLabels: selector },
        revisionHistoryLimit: 3,
        persistentVolumeClaimRetentionPolicy: {
          whenDeleted: build.spec.deletionPolicy,
          whenScaled: 'Retain',
        },
        template: {
          metadata: { labels, annotations: { 'quizboard.dev/config-checksum': digest(JSON.stringify(files)) } },
          spec: podSpec(build, store),
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: selector },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: store.storage.size } },
              ...(store.storage.className && { storageClassName: store.storage.className }),
            },
          },
        ],
      },
    },
  )
}

const podSpec = (build: Build, store: BundledStore) => {
  const { component, image, user, port, files, env, secretFile, dataPath, readiness, graceS, hostAliases } = store
  const { pullSecrets } = build.spec.image
  const [script] = Object.keys(files)
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: graceS,
    securityContext: podSecurity(user),
    ...(hostAliases && { hostAliases }),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets }),
    ...scheduling(build.spec.pods ?? {}),
    containers: [
      {
        name: component,
        image,
        imagePullPolicy: 'IfNotPresent' as const,
        command: ['bash', `${FILES}/${script}`],
        ...(store.arguments && { args: store.arguments }),
        env,
        ports: [{ name: component, containerPort: port }],
        resources: resourcesOf(store.resources),
        securityContext: CONTAINER_SECURITY,
        terminationMessagePolicy: SAYS_WHY,
        readinessProbe: readiness,
        // Making the database takes as long as it takes; after that, an open port is life enough.
        startupProbe: { ...readiness, periodSeconds: 2, failureThreshold: 150 },
        livenessProbe: { tcpSocket: { port: component }, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
        volumeMounts: [
          { name: 'data', mountPath: dataPath },
          { name: 'files', mountPath: FILES, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      {
        name: 'files',
        projected: {
          defaultMode: 0o440,
          sources: [
            { configMap: { name: nameOf(build, component) } },
            ...(secretFile
              ? [{ secret: { name: secretFile.ref.name, items: [{ key: secretFile.ref.key, path: secretFile.path }] } }]
              : []),
          ],
        },
      },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
    ],
  }
}
