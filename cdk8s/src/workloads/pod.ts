/** Pods as Pod Security `restricted` wants them, and a little stricter. */
import type {
  Container,
  PodSpec,
  PodTemplateSpec,
  Probe,
  SecurityContext,
  TopologySpreadConstraint,
} from 'kubernetes-types/core/v1.d.ts'
import type { Resources } from '../crd/fields.ts'
import type { Pods } from '../crd/pods.ts'
import { type Build, type Component, labelsOf, selectorLabels } from '../platform/build.ts'
import { FILES, filesVolume, type Runtime, secretsChecksum, VOLUME } from './runtime.ts'

export const CONTAINER_SECURITY: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

/** The end of a failed container's log becomes its status: the platform's conditions show it. */
export const SAYS_WHY = 'FallbackToLogsOnError'

/** `user`: also the group that owns its files. */
export const podSecurity = (user: number): NonNullable<PodSpec['securityContext']> => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
})

/** Above every user id that a node has: kept apart from the images' own users. */
const SERVICE_USER = 10_001

/** cdk8s' JSON has no undefined: this type has none either. */
export const resourcesOf = ({ requests, limits }: Resources) => ({
  requests: requests as Record<string, string>,
  limits: limits as Record<string, string>,
})

export const httpProbe = (path: string, port: string, timing: Omit<Probe, 'httpGet'>): Probe => ({
  httpGet: { path, port },
  ...timing,
})

/** Over nodes and zones, as far as there are any; never a reason not to run. */
const spread = (labels: Record<string, string>): TopologySpreadConstraint[] =>
  ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  }))

/** Of all services, and of one; the latter wins, lists are put together. */
export const mergePods = (all: Pods = {}, own: Pods = {}): Pods => ({
  ...all,
  ...own,
  ...mergedMaps(all, own),
  ...(all.tolerations || own.tolerations
    ? { tolerations: [...(all.tolerations ?? []), ...(own.tolerations ?? [])] }
    : {}),
})

const MAPS = ['labels', 'annotations', 'nodeSelector'] as const
const mergedMaps = (all: Pods, own: Pods): Pods =>
  Object.fromEntries(
    MAPS.filter((field) => all[field] ?? own[field]).map((field) => [field, { ...all[field], ...own[field] }]),
  )

/** Where pods may run, as fields of a pod's spec. */
export const scheduling = ({ nodeSelector, tolerations, affinity, priorityClassName }: Pods): Partial<PodSpec> => ({
  ...(nodeSelector && { nodeSelector }),
  ...(tolerations && { tolerations: tolerations as NonNullable<PodSpec['tolerations']> }),
  ...(affinity && { affinity }),
  ...(priorityClassName && { priorityClassName }),
})

/** The tag, where it is one that a label can hold. */
export const versionLabel = (image: string): Record<string, string> => {
  const tag = /:([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)$/.exec(image)?.[1]
  return tag === undefined || image.includes('@') ? {} : { 'app.kubernetes.io/version': tag }
}

export interface PodOptions {
  component: Component
  pods: Pods
  image: string
  resources: Resources
  runtime: Runtime
  container?: Partial<Container>
  pod?: Partial<PodSpec>
}

/** A pod of one of our own images. */
export const podTemplate = (build: Build, options: PodOptions): PodTemplateSpec => {
  const { component, pods, image, resources, runtime, container, pod } = options
  const { pullPolicy, pullSecrets } = build.spec.image
  const checksum = secretsChecksum(runtime, build.facts)
  const files = filesVolume(runtime)
  const annotations = { ...pods.annotations, ...(checksum && { 'quizboard.dev/secrets-checksum': checksum }) }
  return {
    metadata: {
      labels: { ...pods.labels, ...labelsOf(build, component), ...versionLabel(image) },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(SERVICE_USER),
      ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets }),
      topologySpreadConstraints: spread(selectorLabels(build, component)),
      ...scheduling(pods),
      containers: [
        {
          name: component,
          image,
          imagePullPolicy: pullPolicy,
          env: runtime.env,
          resources: resourcesOf(resources),
          securityContext: CONTAINER_SECURITY,
          terminationMessagePolicy: SAYS_WHY,
          volumeMounts: [
            { name: 'tmp', mountPath: '/tmp' },
            ...(files ? [{ name: VOLUME, mountPath: FILES, readOnly: true }] : []),
          ],
          ...container,
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }, ...(files ? [files] : [])],
      ...pod,
    },
  }
}
