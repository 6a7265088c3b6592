/** Runs a command in a pod, as `kubectl exec` does. */
import { PassThrough } from 'node:stream'
import { Exec, type V1Status } from '@kubernetes/client-node'
import type { TestCluster } from './cluster.ts'

export interface Ran {
  ok: boolean
  output: string
}

const LIMIT_MS = 60_000

export const execIn = (
  { config }: TestCluster,
  namespace: string,
  pod: string,
  container: string,
  command: string[],
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const stream = new PassThrough()
    let output = ''
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    const timer = setTimeout(
      () => reject(new Error(`${command.join(' ')} in ${pod} took too long: ${output}`)),
      LIMIT_MS,
    )
    const done = ({ status }: V1Status) => {
      clearTimeout(timer)
      resolve({ ok: status === 'Success', output })
    }
    new Exec(config).exec(namespace, pod, container, command, stream, stream, null, false, done).catch((error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
