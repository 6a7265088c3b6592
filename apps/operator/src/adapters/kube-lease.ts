/** The Lease by which replicas agree on a leader. */
import type { LeaseRecord, LeaseStore } from '../app/leader-election.ts'
import { isNotFound } from './kube-error.ts'
import type { KubeHttp } from './kube-http.ts'
import { microTime, parseTime } from './kube-times.ts'

interface Lease {
  metadata: { name: string; namespace: string; resourceVersion?: string; [field: string]: unknown }
  spec?: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    acquireTime?: string
    renewTime?: string
    leaseTransitions?: number
  }
}

const recordOf = ({ spec = {} }: Lease): LeaseRecord => ({
  holder: spec.holderIdentity ?? '',
  durationMs: (spec.leaseDurationSeconds ?? 0) * 1_000,
  acquiredAtMs: parseTime(spec.acquireTime),
  renewedAtMs: parseTime(spec.renewTime),
  transitions: spec.leaseTransitions ?? 0,
})

const specOf = ({ holder, durationMs, acquiredAtMs, renewedAtMs, transitions }: LeaseRecord): Lease['spec'] => ({
  holderIdentity: holder,
  leaseDurationSeconds: Math.ceil(durationMs / 1_000),
  acquireTime: microTime(acquiredAtMs),
  renewTime: microTime(renewedAtMs),
  leaseTransitions: transitions,
})

export const createKubeLease = (
  http: KubeHttp,
  { namespace, name }: { namespace: string; name: string },
): LeaseStore => {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const path = `${collection}/${name}`
  const head = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }
  /** Labels and fields of others stay. */
  let last: Lease | undefined
  return {
    async read() {
      try {
        last = (await http.send({ method: 'GET', path })) as Lease
        return { record: recordOf(last), version: last.metadata.resourceVersion ?? '' }
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    async create(record) {
      const body = { ...head, metadata: { name, namespace }, spec: specOf(record) }
      await http.send({ method: 'POST', path: collection, body })
    },
    async update(record, version) {
      const metadata = { ...last?.metadata, name, namespace, resourceVersion: version }
      await http.send({ method: 'PUT', path, body: { ...head, metadata, spec: specOf(record) } })
    },
  }
}
