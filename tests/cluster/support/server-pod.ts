/** A real server in a pod that nobody looks after: somebody else's, as far as a platform is concerned. Its data goes with the pod. */
import { type Json, KINDS, soon, type TestCluster } from './cluster.ts'

export interface ServerPodOptions {
  namespace: string
  name: string
  labels: Record<string, string>
  image: string
  /** User and group of the image. */
  user: number
  /** In /etc/server. */
  files: Record<string, string>
  /** For bash; data goes to /data. */
  script: string
  env?: Record<string, string>
  port: number
}

/** Resolves once the port is open. */
export const startServerPod = async (cluster: TestCluster, options: ServerPodOptions): Promise<void> => {
  const { namespace, name, labels, image, user, files, script, env = {}, port } = options
  const secret = `${name}-files`
  await cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, namespace }, stringData: files })
  const mounts = { data: '/data', tmp: '/tmp', files: '/etc/server' }
  await cluster.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 5,
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'server',
          image,
          command: ['bash', '-euc', script],
          env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
          volumeMounts: Object.entries(mounts).map(([volume, mountPath]) => ({ name: volume, mountPath })),
        },
      ],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
        // Some servers want keys that the group alone may read.
        { name: 'files', secret: { secretName: secret, defaultMode: 0o440 } },
      ],
    },
  })
  await soon(
    `${name} is ready`,
    async () => {
      const pod = await cluster.get(KINDS.pod, namespace, name)
      return pod?.status?.conditions?.some((one: Json) => one.type === 'Ready' && one.status === 'True')
    },
    120_000,
  )
}
