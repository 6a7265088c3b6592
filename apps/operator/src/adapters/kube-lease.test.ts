import { expect, it } from 'vitest'
import { KubeError } from './kube-error.ts'
import type { KubeHttp, KubeRequest } from './kube-http.ts'
import { createKubeLease } from './kube-lease.ts'

const PLACE = { namespace: 'system', name: 'quizboard-operator' }
const PATH = '/apis/coordination.k8s.io/v1/namespaces/system/leases'
const setUp = (answer: (request: KubeRequest) => unknown) => {
  const requests: KubeRequest[] = []
  const http = {
    async send(request: KubeRequest) {
      requests.push(request)
      return answer(request)
    },
  } as KubeHttp
  return { lease: createKubeLease(http, PLACE), requests }
}
const RECORD = { holder: 'a', durationMs: 15_000, acquiredAtMs: 1_000, renewedAtMs: 2_500, transitions: 3 }

it('times have six digits, as MicroTime wants them', async () => {
  const { lease, requests } = setUp(() => ({}))
  await lease.create(RECORD)
  expect(requests).toMatchObject([
    {
      method: 'POST',
      path: PATH,
      body: {
        spec: {
          holderIdentity: 'a',
          leaseDurationSeconds: 15,
          acquireTime: '1970-01-01T00:00:01.000000Z',
          renewTime: '1970-01-01T00:00:02.500000Z',
          leaseTransitions: 3,
        },
      },
    },
  ])
})

it('an update carries the version that was read, and what others have written beside', async () => {
  const stored = {
    metadata: { ...PLACE, resourceVersion: '7', labels: { of: 'somebody' } },
    spec: { holderIdentity: 'b', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.123456Z' },
  }
  const { lease, requests } = setUp(({ method }) => (method === 'GET' ? stored : {}))
  const found = await lease.read()
  expect(found).toMatchObject({
    version: '7',
    record: { holder: 'b', renewedAtMs: Date.parse('2026-01-01T00:00:00.123Z') },
  })
  await lease.update(RECORD, found?.version ?? '')
  expect(requests[1]).toMatchObject({
    method: 'PUT',
    path: `${PATH}/quizboard-operator`,
    body: { metadata: { resourceVersion: '7', labels: { of: 'somebody' } }, spec: { holderIdentity: 'a' } },
  })
})

it('a lease that is not there is no error, anything else is', async () => {
  const missing = setUp(() => {
    throw new KubeError('no', 404)
  })
  expect(await missing.lease.read()).toBeUndefined()
  const forbidden = setUp(() => {
    throw new KubeError('no', 403)
  })
  await expect(forbidden.lease.read()).rejects.toThrow('no')
})
