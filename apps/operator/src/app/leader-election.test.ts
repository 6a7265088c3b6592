import { createFakeClock, type FakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { describe, expect, it } from 'vitest'
import { type LeaderElection, type LeaseRecord, type LeaseStore, startLeaderElection } from './leader-election.ts'

const CLOCK_START = Date.parse('2026-01-01T00:00:00Z')

/** A Lease with optimistic locking, as the API server has it, that can be made to fail. */
const createLease = () => {
  let record: LeaseRecord | undefined
  let version = 0
  const lease = {
    get record() {
      return record
    },
    writes: 0,
    /** For each replica: how calls of its end. */
    fault: new Map<string, 'refuse' | 'hang'>(),
    storeOf: (replica: string): LeaseStore => {
      const trouble = async () => {
        const fault = lease.fault.get(replica)
        if (fault === 'hang') await new Promise(() => {})
        if (fault === 'refuse') throw new Error('the API server is away')
      }
      return {
        async read() {
          await trouble()
          return record && { record: { ...record }, version: String(version) }
        },
        async create(next) {
          await trouble()
          if (record) throw new Error('it is there already')
          record = next
          version++
          lease.writes++
        },
        async update(next, known) {
          await trouble()
          if (known !== String(version)) throw new Error('it has changed meanwhile')
          record = next
          version++
          lease.writes++
        },
      }
    },
  }
  return lease
}

const setUp = () => {
  const clock = createFakeClock(CLOCK_START)
  const lease = createLease()
  const start = (identity: string, of: FakeClock = clock) =>
    startLeaderElection({ store: lease.storeOf(identity), identity, clock: of })
  return { clock, lease, start }
}
const leaders = (...replicas: LeaderElection[]) => replicas.filter(({ isLeader }) => isLeader).length

it('the first one leads, and the other waits for as long as that renews', async () => {
  const { clock, lease, start } = setUp()
  const a = start('a')
  await clock.advance(10)
  const b = start('b')
  await clock.advance(300_000)
  expect([a.isLeader, b.isLeader]).toEqual([true, false])
  expect(lease.record).toMatchObject({ holder: 'a', transitions: 0, acquiredAtMs: CLOCK_START })
})

it('of two that begin at once one leads', async () => {
  const { clock, start } = setUp()
  const replicas = [start('a'), start('b'), start('c')]
  await clock.advance(5_000)
  expect(leaders(...replicas)).toBe(1)
})

it('a leader that dies is followed when its lease has been unchanged for its time', async () => {
  const { clock, lease, start } = setUp()
  start('a')
  await clock.advance(10)
  const b = start('b')
  await clock.advance(5_000)
  lease.fault.set('a', 'hang')
  await clock.advance(14_000)
  expect(b.isLeader).toBe(false)
  await clock.advance(4_000)
  expect(b.isLeader).toBe(true)
  expect(lease.record).toMatchObject({ holder: 'b', transitions: 1 })
})

it('clocks that differ do not matter: expiry is judged by what was seen', async () => {
  const { clock, lease, start } = setUp()
  start('a')
  await clock.advance(10)
  const years = createFakeClock(CLOCK_START + 10 * 365 * 86_400_000)
  const b = start('b', years)
  for (let i = 0; i < 60; i++) {
    await clock.advance(1_000)
    await years.advance(1_000)
  }
  expect(b.isLeader).toBe(false)
  expect(lease.record?.holder).toBe('a')
})

describe('a leader that cannot renew', () => {
  it.each(['refuse', 'hang'] as const)('stops before anybody else begins: %s', async (fault) => {
    const { clock, lease, start } = setUp()
    const a = start('a')
    await clock.advance(10)
    const b = start('b')
    await clock.advance(5_000)
    lease.fault.set('a', fault)
    let lost = false
    void a.lost().then(() => {
      lost = true
    })
    for (let i = 0; i < 400; i++) {
      await clock.advance(100)
      expect(leaders(a, b)).toBeLessThanOrEqual(1)
    }
    expect(lost).toBe(true)
    expect(b.isLeader).toBe(true)
  })
  it('goes on if it can again in time', async () => {
    const { clock, lease, start } = setUp()
    const a = start('a')
    await clock.advance(5_000)
    lease.fault.set('a', 'refuse')
    await clock.advance(7_000)
    expect(a.isLeader).toBe(true)
    lease.fault.delete('a')
    await clock.advance(20_000)
    expect(a.isLeader).toBe(true)
  })
})

it('a leader that stops gives the lease up, and another leads at the next look', async () => {
  const { clock, lease, start } = setUp()
  const a = start('a')
  await clock.advance(10)
  const b = start('b')
  await clock.advance(3_000)
  await a.stop()
  expect(a.isLeader).toBe(false)
  expect(lease.record?.holder).toBe('')
  await clock.advance(2_500)
  expect(b.isLeader).toBe(true)
})

it('one that is stopped before it leads touches nothing, and whoever waits for it is told', async () => {
  const { clock, lease, start } = setUp()
  start('a')
  await clock.advance(10)
  const b = start('b')
  await clock.advance(10)
  await b.stop()
  expect(await b.elected()).toBe(false)
  expect(lease.record?.holder).toBe('a')
})

it('a lease that somebody else has written in between is not taken', async () => {
  const { clock, lease, start } = setUp()
  const a = start('a')
  await clock.advance(3_000)
  await lease.storeOf('x').update({ ...(lease.record as LeaseRecord), holder: 'x' }, String(lease.writes))
  await clock.advance(3_000)
  expect(a.isLeader).toBe(false)
})
