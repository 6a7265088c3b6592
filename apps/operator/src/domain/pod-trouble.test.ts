import { expect, it } from 'vitest'
import type { LiveObject } from './observed.ts'
import { podTroubles } from './pod-trouble.ts'

const pod = (status: unknown, metadata: object = {}): LiveObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pod-1', labels: { 'app.kubernetes.io/component': 'gateway' }, ...metadata },
  status,
})
const waiting = (reason: string, message?: string, lastState?: unknown) => ({
  containerStatuses: [{ state: { waiting: { reason, message } }, lastState }],
})

it('an image that cannot be had is said in the kubelet’s words', () => {
  expect(podTroubles([pod(waiting('ImagePullBackOff', 'Back-off pulling image "x"'))])).toEqual([
    { component: 'gateway', pod: 'pod-1', message: 'ImagePullBackOff: Back-off pulling image "x"', needsHelp: true },
  ])
})
it('of a crash, why it crashed', () => {
  const lastState = { terminated: { exitCode: 1, message: 'The configuration has\n a problem' } }
  expect(podTroubles([pod(waiting('CrashLoopBackOff', 'back-off 10s', lastState))])[0]?.message).toBe(
    'CrashLoopBackOff: exit code 1, The configuration has a problem',
  )
})
it('of a long log, its end', () => {
  const lastState = { terminated: { exitCode: 1, message: `${'usage '.repeat(100)}\nerror: no such option` } }
  const message = podTroubles([pod(waiting('CrashLoopBackOff', 'back-off 10s', lastState))])[0]?.message
  expect(message).toMatch(/^CrashLoopBackOff: exit code 1, ….*usage error: no such option$/)
  expect(message?.length).toBeLessThan(350)
})
it('a pod that fits on no node', () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available' },
  ]
  expect(podTroubles([pod({ conditions })])[0]?.message).toBe('Unschedulable: 0/1 nodes are available')
})
it('an init container counts, too', () => {
  const initContainerStatuses = [{ state: { waiting: { reason: 'CreateContainerConfigError', message: 'no secret' } } }]
  expect(podTroubles([pod({ initContainerStatuses })])).toHaveLength(1)
})
it.each([
  ['starting', pod(waiting('ContainerCreating'))],
  ['running', pod({ containerStatuses: [{ state: { running: {} } }] })],
  ['of nobody', pod(waiting('ErrImagePull'), { labels: {} })],
  ['on its way out', pod(waiting('ErrImagePull'), { deletionTimestamp: '2026-01-01T00:00:00Z' })],
  ['without status', pod(undefined)],
])('a pod that is %s is in no trouble', (_, one) => expect(podTroubles([one])).toEqual([]))
it('a message without end is cut', () => {
  expect(podTroubles([pod(waiting('ErrImagePull', 'x'.repeat(1_000)))])[0]?.message).toHaveLength(300)
})
