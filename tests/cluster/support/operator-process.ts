/**
 * The operator as a process of its own, against the real API server: with the service account and the rights of its manifests, so that
 * every test also shows that they are enough.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { operatorManifests } from '@quizboard/cdk8s/operator/operator-chart.ts'
import { objectPath } from '@quizboard/operator/adapters/paths.ts'
import { KINDS, soon, type TestCluster } from './cluster.ts'

const MAIN = fileURLToPath(new URL('../../../apps/operator/src/main.ts', import.meta.url))

export interface OperatorProcess {
  readonly url: string
  log(): string
  /** In order, as on SIGTERM. */
  stop(): Promise<void>
  kill(): Promise<void>
  /** The sum over its labels; 0 where it is not there. */
  metric(name: string): Promise<number>
}

/** What operators of one test share: their namespace, service account and kubeconfig. */
export interface OperatorPlace {
  namespace: string
  watch: readonly string[]
  token: string
}

/** Makes the account, with rights in the namespaces `watch` and no others. */
export const createOperatorPlace = async (cluster: TestCluster, watch: readonly string[]): Promise<OperatorPlace> => {
  const namespace = await cluster.namespace()
  const manifests = operatorManifests({ namespace, image: 'none:0', version: '0', watch })
  const wanted = new Set(['ServiceAccount', 'Role', 'RoleBinding'])
  for (const manifest of manifests) if (wanted.has(manifest.kind)) await cluster.apply(manifest)
  const account = objectPath(KINDS.serviceAccount, namespace, 'quizboard-operator')
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } }
  const { status } = (await cluster.http.send({ method: 'POST', path: `${account}/token`, body })) as {
    status: { token: string }
  }
  return { namespace, watch, token: status.token }
}

const kubeconfig = (cluster: TestCluster, token: string, server: string | undefined): string => {
  const known = cluster.config.getCurrentCluster()
  if (!known) throw new Error('KUBECONFIG has no current cluster')
  const ca = known.caFile ? { 'certificate-authority': known.caFile } : { 'certificate-authority-data': known.caData }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'operator' } }],
    users: [{ name: 'operator', user: { token } }],
    clusters: [
      {
        name: 'test',
        cluster: {
          ...ca,
          server: server ?? known.server,
          // Behind a proxy of the test the certificate is still the API server's.
          ...(server && { 'tls-server-name': new URL(known.server).hostname }),
        },
      },
    ],
  })
}

let count = 0

/** `server`: another way to the API server. Resolves once it is ready. */
export const startOperator = async (
  cluster: TestCluster,
  place: OperatorPlace,
  { server, env = {} }: { server?: string; env?: Record<string, string> } = {},
): Promise<OperatorProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'quizboard-operator-'))
  const file = join(folder, 'kubeconfig')
  writeFileSync(file, kubeconfig(cluster, place.token, server), { mode: 0o600 })
  const child: ChildProcess = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      KUBECONFIG: file,
      POD_NAME: `test-${++count}`,
      POD_NAMESPACE: place.namespace,
      WATCH_NAMESPACES: place.watch.join(','),
      QUIZBOARD_METRICS_PORT: '0',
      QUIZBOARD_METRICS_HOST: '127.0.0.1',
      QUIZBOARD_LOG_FORMAT: 'json',
      QUIZBOARD_KIND_CHECK_MS: '2000',
      ...env,
    },
  })
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  cluster.after(() => end('SIGTERM'))
  const port = await soon('the operator has started', async () => {
    if (child.exitCode !== null) throw new Error(`the operator has ended: ${log}`)
    return /"metrics_port":(\d+)/.exec(log)?.[1]
  })
  const url = `http://127.0.0.1:${port}`
  await soon('the operator is ready', async () => (await fetch(`${url}/readyz`)).ok)
  return {
    url,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text()
      const lines = text.split('\n').filter((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `))
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
  }
}
