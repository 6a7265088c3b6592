import { BUNDLED, resourceOf } from '@quizboard/cdk8s/testing/samples.ts'
import { describe, expect, it } from 'vitest'
import type { LiveObject, Observed } from '../domain/observed.ts'
import { type Cluster, Refusal } from '../ports/cluster.ts'
import { reconcilePlatform } from './reconcile.ts'

const REF = { namespace: 'school', name: 'quizboard' }
const NOTHING: Observed = {
  now: 0,
  objects: new Map(),
  kindState: () => 'served',
  secrets: new Map(),
  publicKeys: undefined,
  podTroubles: [],
}

/** A cluster that writes down what it is told. `fail`: what is asked of it → the error. */
const setUp = (resource: object | undefined, fail: (what: string) => Error | undefined = () => undefined) => {
  const done: string[] = []
  const statuses: LiveObject['status'][] = []
  const act = async (what: string) => {
    done.push(what)
    const error = fail(what)
    if (error) throw error
  }
  const cluster: Cluster = {
    getPlatform: () => resource as LiveObject | undefined,
    async observe(_, names) {
      await act(`observe ${names.length} Secrets`)
      return NOTHING
    },
    makeSecret: (_, { name }) => act(`make ${name}`),
    apply: (_, { kind, metadata }) => act(`apply ${kind}/${metadata.name}`),
    remove: (_, { kind, name }) => act(`remove ${kind}/${name}`),
    async writeStatus(_, status) {
      done.push('status')
      statuses.push(status)
    },
    tell: (_, events) => done.push(`${events.length} events`),
  }
  const run = () => reconcilePlatform(REF, { cluster, settings: { version: '0.1.0', ruleGroups: [] }, now: () => 0 })
  const condition = (type: string) => statuses.at(-1)?.conditions.find((one: { type: string }) => one.type === type)
  return { run, done, statuses, condition }
}

it('looks, makes Secrets, applies, and tells, in this order', async () => {
  const { run, done, condition } = setUp(resourceOf(BUNDLED))
  expect(await run()).toEqual({ requeueMs: 0 })
  expect(done[0]).toBe('observe 6 Secrets')
  const kinds = done.map((what) =>
    what
      .split(/[ /]/)
      .slice(0, 2)
      .join(' ')
      .replace(/quizboard.*/, 'Secret'),
  )
  const firstOf = (what: string) => kinds.indexOf(what)
  expect(firstOf('make Secret')).toBeLessThan(firstOf('apply ConfigMap'))
  expect(done.slice(-2)).toEqual(['status', '0 events'])
  expect(condition('Ready').status).toBe('False')
})

it.each([
  ['is not there', undefined],
  ['is being deleted', resourceOf(BUNDLED, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
])('a platform that %s is left alone', async (_, resource) => {
  const { run, done } = setUp(resource)
  expect(await run()).toEqual({ requeueMs: undefined })
  expect(done).toEqual([])
})

it('a paused one is not even looked at, and its status says so', async () => {
  const annotations = { 'quizboard.dev/pause-reconciliation': 'true' }
  const { run, done, condition } = setUp(resourceOf(BUNDLED, { annotations }))
  await run()
  expect(done).toEqual(['observe 0 Secrets', 'status', expect.stringMatching(/events$/)])
  expect(condition('Paused').status).toBe('True')
})

it('a spec that cannot be read changes nothing but the status', async () => {
  const { run, done, condition } = setUp(resourceOf({ ...BUNDLED, partitions: 'twelve' }))
  await run()
  expect(done).toEqual(['status'])
  expect(condition('Stalled')).toMatchObject({
    status: 'True',
    reason: 'InvalidSpec',
    message: expect.stringContaining('spec.partitions must be a number'),
  })
})

describe('a refusal', () => {
  const refusal = new Refusal('Forbidden', 'the API server refuses Service quizboard-gateway: quota exceeded')
  it('keeps nothing else back, is told, and is tried again', async () => {
    const { run, done, condition } = setUp(resourceOf(BUNDLED), (what) =>
      what.startsWith('apply Service') ? refusal : undefined,
    )
    await expect(run()).rejects.toBe(refusal)
    expect(done.filter((what) => what.startsWith('apply NetworkPolicy')).length).toBeGreaterThan(5)
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'Forbidden' })
    expect(condition('Stalled')).toMatchObject({ status: 'True', message: expect.stringContaining('quota exceeded') })
    expect(condition('KafkaReady').reason).toBe('Creating')
  })
  it('before there is a plan is told, too, beside what was known', async () => {
    const { run, condition, statuses } = setUp(resourceOf(BUNDLED), () => refusal)
    await expect(run()).rejects.toBe(refusal)
    expect(statuses).toHaveLength(1)
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'Forbidden' })
    expect(condition('KafkaReady').status).toBe('Unknown')
  })
})

it('an error that may pass ends the attempt, and says nothing in the status', async () => {
  const { run, done, statuses } = setUp(resourceOf(BUNDLED), (what) =>
    what.startsWith('apply') ? new Error('reset') : undefined,
  )
  await expect(run()).rejects.toThrow('reset')
  expect(done.filter((what) => what.startsWith('apply'))).toHaveLength(1)
  expect(statuses).toEqual([])
})

it('a status that is as it was is not written', async () => {
  const first = setUp(resourceOf(BUNDLED))
  await first.run()
  const { run, done } = setUp({ ...resourceOf(BUNDLED), status: first.statuses[0] })
  await run()
  expect(done).not.toContain('status')
})
