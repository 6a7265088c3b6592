/** Several replicas: who owns what, who takes over from whom, and what a viewer sees of it. */
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { describe, expect, it } from 'vitest'
import { createMemoryBoardStore } from '../adapters/memory-board-store.ts'
import type { FeedMessage } from '../ports/board-feed.ts'
import { createShardCluster, type Replica } from '../testing/shard-cluster.ts'

const QUIZ = 'QUIZ1'
/** The only one: the cluster's links look there. */
const PARTITIONS = 1

const begin = async (...names: string[]) => {
  const clock = createFakeClock(1_000_000)
  const store = createMemoryBoardStore()
  const log = createMemoryEventLog({ partitions: PARTITIONS, clock })
  const cluster = createShardCluster({ clock, store, log })
  const replicas = new Map<string, Replica>()
  const add = async (name: string) => {
    const replica = cluster.add(name, { flushMs: 100 })
    replicas.set(name, replica)
    await clock.advance(500)
    await replica.started
    return replica
  }
  for (const name of names) await add(name)
  let revision = 0
  return {
    ...{ clock, store, cluster, add },
    get: (name: string) => replicas.get(name) as Replica,
    owner: () => [...replicas.values()].filter((r) => r.shards.partitions().some(({ role }) => role === 'owner')),
    /** A score event of our own. */
    score: (user_id: string, total: number) => {
      const at = new Date(clock.now()).toISOString()
      const event = {
        quiz_id: QUIZ,
        user_id,
        score: 0,
        total,
        seq: ++revision,
        revision,
        answered_at: at,
        reached_at: at,
      }
      return log.append([{ topic: TOPICS.scores, key: QUIZ, value: JSON.stringify(event) }])
    },
    foreign: (user_id: string, score: number) =>
      log.append([{ topic: TOPICS.scores, key: QUIZ, value: JSON.stringify({ quiz_id: QUIZ, user_id, score }) }]),
  }
}
/** The board as a follower at this replica has it, and what it heard. */
const watch = (replica: Replica) => {
  const messages: FeedMessage[] = []
  const board = new Map<string, number>()
  replica.shards.feed.follow(QUIZ, (message) => {
    messages.push(message)
    if (message.kind === 'quiz') return
    if (message.kind === 'snapshot') board.clear()
    for (const row of message.rows) board.set(row.user_id, row.score)
  })
  const heard = () =>
    messages.flatMap((message) =>
      message.kind === 'quiz' ? [] : [`${message.kind} ${message.epoch}.${message.version}`],
    )
  return { board, heard, epoch: () => Number(heard().at(-1)?.split(' ')[1]?.split('.')[0]) }
}

describe('partitions over several replicas', () => {
  it('a replica that cannot see the leases any more says that it knows of no owner', async () => {
    const { clock, store, get } = await begin('a', 'b')
    await clock.advance(2_000)
    expect([get('a').shards.orphans, get('b').shards.orphans]).toEqual([0, 0])
    const { leases } = store
    store.leases = () => Promise.reject(new Error('no primary'))
    await clock.advance(5_000)
    expect(get('a').shards.orphans).toBe(0)
    await clock.advance(5_000)
    expect(get('a').shards.orphans).toBe(PARTITIONS)
    store.leases = leases
    await clock.advance(1_000)
    expect([get('a').shards.orphans, get('b').shards.orphans]).toEqual([0, 0])
  })

  it('[Q6.5] one owns it, another keeps it warm, a third has nothing of it; all show it', async () => {
    const { clock, get, owner, score } = await begin('a', 'b', 'c')
    await clock.advance(2_000)
    expect(owner()).toHaveLength(1)
    const roles = ['a', 'b', 'c'].map((name) =>
      get(name)
        .shards.partitions()
        .map(({ role }) => role)
        .join(),
    )
    expect(roles.sort()).toEqual(['', 'owner', 'standby'])
    const watchers = ['a', 'b', 'c'].map((name) => watch(get(name)))
    await clock.advance(100)
    await score('ann', 7)
    await clock.advance(100)
    for (const { board } of watchers) expect([...board]).toEqual([['ann', 7]])
    expect(new Set(watchers.map(({ heard }) => heard().at(-1))).size).toBe(1)
  })

  it('[Q5.1] [Q6.4] a standby takes over from an owner that was killed, in a higher epoch, and loses nothing', async () => {
    const { clock, store, get, owner, score, foreign } = await begin('a', 'b', 'c')
    await clock.advance(2_000)
    const [first] = owner()
    if (!first) throw new Error('nobody owns it')
    const survivor = ['a', 'b', 'c'].map(get).find((replica) => replica !== first) as Replica
    const view = watch(survivor)
    await clock.advance(100)
    await score('ann', 7)
    await foreign('eve', 5)
    await clock.advance(10)
    // Nothing of it has been flushed.
    expect(await store.load(QUIZ)).toEqual([])
    first.kill()
    await score('ann', 9)
    await clock.advance(2_500)
    const [second] = owner().filter((replica) => replica !== first)
    expect(second?.name).not.toBe(first.name)
    expect(Object.fromEntries(view.board)).toEqual({ ann: 9, eve: 5 })
    await clock.advance(500)
    expect((await store.load(QUIZ)).map(({ user_id, score }) => [user_id, score]).sort()).toEqual([
      ['ann', 9],
      ['eve', 5],
    ])
    expect(view.heard().every((each, i) => i === 0 || compare(view.heard()[i - 1] ?? '', each) <= 0)).toBe(true)
  })

  it('[Q6.1] an owner that was stalled writes nothing once it comes back, and follows its successor', async () => {
    const { clock, store, get, owner, score } = await begin('a', 'b')
    await clock.advance(2_000)
    const [first] = owner()
    if (!first) throw new Error('nobody owns it')
    const view = watch(first)
    await clock.advance(100)
    await score('ann', 7)
    await clock.advance(1)
    first.stall()
    await clock.advance(3_000)
    await score('ann', 12)
    await clock.advance(100)
    const before = view.epoch()
    first.resume()
    await clock.advance(1_500)
    expect(owner().map(({ name }) => name)).toEqual([first === get('a') ? 'b' : 'a'])
    expect([...view.board]).toEqual([['ann', 12]])
    expect(view.epoch()).toBeGreaterThan(before)
    expect(await store.load(QUIZ)).toMatchObject([{ user_id: 'ann', total: 12 }])
  })

  it('[Q6.5] an owner that leaves hands over while it serves, and nobody waits for its death', async () => {
    const { clock, store, get, owner, score } = await begin('a', 'b')
    await clock.advance(2_000)
    const [first] = owner()
    if (!first) throw new Error('nobody owns it')
    const other = get(first.name === 'a' ? 'b' : 'a')
    const views = [watch(first), watch(other)]
    await score('ann', 7)
    await clock.advance(200)
    const leaving = first.shards.leave()
    await clock.advance(600)
    await leaving
    expect(owner().map(({ name }) => name)).toEqual([other.name])
    await score('ann', 8)
    await clock.advance(50)
    for (const { board } of views) expect([...board]).toEqual([['ann', 8]])
    const stopping = first.shards.stop()
    await clock.advance(100)
    await stopping
    expect((await store.leases())[0]).toMatchObject({ owner: other.name })
  })

  it('[Q10.3] one that leaves while the store is away waits for no heir, and asks the store for one thing only', async () => {
    const { clock, store, owner, score, get } = await begin('a', 'b')
    await clock.advance(2_000)
    const [first] = owner()
    if (!first) throw new Error('nobody owns it')
    const heir = ['a', 'b'].map(get).find((replica) => replica !== first) as Replica
    await score('ann', 7)
    const { leases, flush, release } = store
    const asked: string[] = []
    const away = (what: string) => () => {
      asked.push(what)
      return Promise.reject(new Error('no primary'))
    }
    Object.assign(store, { leases: away('leases'), flush: away('flush'), release: away('release') })
    let hasStopped = false
    void first.shards
      .leave()
      .then(() => first.shards.stop())
      .then(() => {
        hasStopped = true
      })
    await clock.advance(50)
    expect(hasStopped).toBe(true)
    expect(asked.filter((what) => what !== 'leases')).toEqual(['flush'])
    Object.assign(store, { leases, flush, release })
    const view = watch(heir)
    await clock.advance(5_000)
    expect(owner()).toEqual([heir])
    expect([...view.board]).toEqual([['ann', 7]])
  })

  it('[Q6.5] a replica whose links are cut keeps what it owns; the others wait and lose nothing', async () => {
    const { clock, get, owner, score } = await begin('a', 'b')
    await clock.advance(2_000)
    const [first] = owner()
    if (!first) throw new Error('nobody owns it')
    const view = watch(get(first.name === 'a' ? 'b' : 'a'))
    await score('ann', 1)
    await clock.advance(100)
    first.cut(true)
    await score('ann', 2)
    await clock.advance(3_000)
    expect([...view.board]).toEqual([['ann', 1]])
    expect(owner()).toEqual([first])
    first.cut(false)
    await clock.advance(500)
    expect([...view.board]).toEqual([['ann', 2]])
  })

  it('[Q3.5] a standby brings home what its owner had not published: dead letters and misplaced deltas', async () => {
    const clock = createFakeClock(1_000_000)
    const store = createMemoryBoardStore()
    const log = createMemoryEventLog({ partitions: 1, clock })
    let isAway = false
    const cluster = createShardCluster({
      clock,
      store,
      log: {
        ...log,
        async append(records) {
          if (isAway && records.some(({ topic }) => topic === TOPICS.deadLetters)) throw new Error('the log is away')
          return log.append(records)
        },
      },
    })
    const replicas = [cluster.add('a'), cluster.add('b')]
    await clock.advance(3_000)
    const owner = replicas.find(({ shards }) => shards.partitions().some(({ role }) => role === 'owner'))
    isAway = true
    await log.append([{ topic: TOPICS.scores, key: QUIZ, value: 'nonsense' }])
    await clock.advance(300)
    owner?.kill()
    isAway = false
    await clock.advance(5_000)
    const letters: string[] = []
    const consumer = await log.consume({
      topic: TOPICS.deadLetters,
      from: new Map([[0, 0]]),
      onBatch: async (_, records) => void letters.push(...records.map(({ value }) => value)),
    })
    await consumer.caughtUp()
    await consumer.close()
    expect(letters.map((letter) => JSON.parse(letter).value)).toContain('nonsense')
  })

  it('the quiz of these tests is in the partition that the links look at', () => {
    expect(partitionOf(QUIZ, PARTITIONS)).toBe(0)
  })
})

/** `snapshot 2.10` and the like, by (epoch, version). */
const compare = (a: string, b: string): number => {
  const [[e = 0, v = 0], [f = 0, w = 0]] = [a, b].map((text) => (text.split(' ')[1] ?? '').split('.').map(Number)) as [
    number[],
    number[],
  ]
  return e - f || v - w
}
