import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { describe, expect, it } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import type { StoredAnswer } from '../domain/player.ts'
import { type AnswerStore, type PlayerChange, StoreUnavailable } from '../ports/answer-store.ts'
import { T0 } from '../testing/samples.ts'
import { createCommitter, type PlayerOperation } from './committer.ts'
import { silentObserver } from './observer.ts'

const doc = (user_id: string, answer: string, seq: number): StoredAnswer => ({
  user_id,
  quiz_id: 'QUIZ',
  // Answers do not replace each other.
  question_id: answer,
  answer,
  is_correct: true,
  score: 1,
  update_ts: '',
  seq,
  elapsed_ms: 0,
  held: false,
})

/** Counts the player's seq up and says what it became. */
const count = (user_id: string, answer = 'x'): PlayerOperation<number> => ({
  quiz_id: 'QUIZ',
  user_id,
  question_ids: ['q1'],
  answer_id: undefined,
  decide(state) {
    if (answer === 'throw') throw new Error('this one cannot be decided')
    const record = { ...state.record, seq: state.record.seq + 1, revision: state.record.revision + 1 }
    const { seq, revision } = record
    const event: ScoreEvent = { quiz_id: 'QUIZ', user_id, score: 1, total: seq, seq, revision, answered_at: '' }
    return {
      change: { state: { ...state, record }, doc: doc(user_id, answer, seq), result: undefined, event },
      outcome: seq,
    }
  },
})
const isPoison = ({ answers }: PlayerChange) => answers.some(({ answer }) => answer === 'poison')

const start = (
  wrap: (store: AnswerStore) => Partial<AnswerStore> = () => ({}),
  limits = { batchMax: 256, queueMax: 1_000 },
) => {
  const memory = createMemoryAnswerStore()
  const commits: number[] = []
  const wrapped: AnswerStore = { ...memory, ...wrap(memory) }
  const store: AnswerStore = {
    ...wrapped,
    async commit(changes, as) {
      commits.push(changes.length)
      return wrapped.commit(changes, as)
    },
  }
  const events: ScoreEvent[] = []
  const fences: string[] = []
  const doubts: string[] = []
  void memory.register('one', '')
  const committer = createCommitter({
    store,
    clock: createFakeClock(T0),
    observer: silentObserver,
    ...limits,
    replica: 'one',
    onEvents: (list) => events.push(...list),
    onFenced: () => fences.push('one'),
    onUncertain: () => doubts.push('one'),
  })
  return { memory, committer, commits, events, fences, doubts }
}
const settled = async (outcomes: Promise<number>[]) =>
  (await Promise.allSettled(outcomes)).map((each) =>
    each.status === 'fulfilled' ? each.value : each.reason instanceof StoreUnavailable ? 'unavailable' : 'failed',
  )

describe('group commit', () => {
  it('[Q1.1] what arrives together is one transaction; what arrives during it is the next', async () => {
    const { committer, commits } = start()
    const first = ['a', 'b', 'c'].map((user) => committer.run(count(user)))
    await Promise.resolve()
    await Promise.resolve()
    const second = ['a', 'd'].map((user) => committer.run(count(user)))
    expect(await Promise.all([...first, ...second])).toEqual([1, 1, 1, 2, 1])
    expect(commits).toEqual([3, 2])
    expect(committer.queued).toBe(0)
  })

  it('[Q9] a batch has a limit, and the operations of one player count each', async () => {
    const { committer, commits } = start(undefined, { batchMax: 4, queueMax: 1_000 })
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, i) => committer.run(count(i < 4 ? 'a' : `b${i}`))),
    )
    expect(outcomes.slice(0, 4)).toEqual([1, 2, 3, 4])
    expect(commits).toEqual([1, 4, 2])
  })

  it('[Q9.3] past the limit of the queue an operation is refused at once, and the others go on', async () => {
    const { committer } = start(undefined, { batchMax: 2, queueMax: 3 })
    const outcomes = ['a', 'b', 'c', 'd'].map((user) => committer.run(count(user)))
    expect(await settled(outcomes)).toEqual([1, 1, 1, 'unavailable'])
    expect(await committer.run(count('d'))).toBe(1)
  })

  it('[Q2.6] events come in the order of the commits, those of a player by revision', async () => {
    const { committer, events } = start()
    await Promise.all(['a', 'b', 'a', 'a'].map((user) => committer.run(count(user))))
    await committer.run(count('b'))
    expect(events.map(({ user_id, revision }) => `${user_id}${revision}`)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
  })

  it('an operation that changes nothing costs no transaction', async () => {
    const { committer, commits } = start()
    const look: PlayerOperation<string> = { ...count('a'), decide: () => ({ change: undefined, outcome: 'seen' }) }
    expect(await committer.run(look)).toBe('seen')
    expect(commits).toEqual([])
  })
})

describe('[Q1.3] one bad operation fails alone', () => {
  const poisoned = (store: AnswerStore): Partial<AnswerStore> => ({
    async commit(changes) {
      if (changes.some(isPoison)) throw new Error('the store cannot take this')
      return store.commit(changes)
    },
  })

  it('when the store refuses what it says', async () => {
    const { committer, memory } = start(poisoned)
    const users = Array.from({ length: 16 }, (_, i) => `user${i}`)
    const outcomes = await settled(users.map((user, i) => committer.run(count(user, i === 11 ? 'poison' : 'x'))))
    expect(outcomes).toEqual(users.map((_, i) => (i === 11 ? 'failed' : 1)))
    expect(await memory.list('QUIZ', { limit: 100 })).toHaveLength(15)
  })

  it('among several of one player, whose others keep their order', async () => {
    const { committer } = start(poisoned)
    const outcomes = [count('a'), count('a', 'poison'), count('a'), count('b')].map((each) => committer.run(each))
    expect(await settled(outcomes)).toEqual([1, 'failed', 2, 1])
  })

  it('when it cannot be decided', async () => {
    const { committer, commits } = start()
    const outcomes = [count('a'), count('a', 'throw'), count('a'), count('b', 'throw')].map((each) =>
      committer.run(each),
    )
    expect(await settled(outcomes)).toEqual([1, 'failed', 2, 'failed'])
    expect(commits).toEqual([1])
  })

  it('when it cannot be loaded', async () => {
    const { committer } = start((store) => ({
      async load(keys) {
        if (keys.some(({ user_id }) => user_id === 'bad')) throw new Error('no such thing')
        return store.load(keys)
      },
    }))
    expect(await settled(['a', 'bad', 'b'].map((user) => committer.run(count(user))))).toEqual([1, 'failed', 1])
  })

  it('but an outage is not looked for in halves', async () => {
    let down = true
    const { committer, commits } = start((store) => ({
      async commit(changes) {
        if (down) throw new StoreUnavailable('the disk is full')
        return store.commit(changes)
      },
    }))
    const outcomes = await settled(['a', 'b', 'c', 'd'].map((user) => committer.run(count(user))))
    expect(outcomes).toEqual(['unavailable', 'unavailable', 'unavailable', 'unavailable'])
    expect(commits).toEqual([4])
    down = false
    expect(await committer.run(count('a'))).toBe(1)
  })
})

describe('conflicts', () => {
  /** Another replica commits for `user` between our load and our commit, `times` times. */
  const contested =
    (user: string, times: number) =>
    (store: AnswerStore): Partial<AnswerStore> => {
      let left = times
      return {
        async commit(changes) {
          if (left > 0 && changes.some(({ record }) => record.user_id === user)) {
            left--
            const [state] = await store.load([{ quiz_id: 'QUIZ', user_id: user, question_ids: [], answer_ids: [] }])
            if (!state) throw new Error('no state')
            const record = { ...state.record, version: state.record.version + 1, seq: state.record.seq + 100 }
            const expected_version = state.record.version
            await store.commit([{ record, expected_version, answers: [], results: [], events: [], at: 0 }])
          }
          return store.commit(changes)
        },
      }
    }

  it('[Q1.3] are decided again on what is stored now, in order; the others of the batch do not wait', async () => {
    const { committer, commits, events } = start(contested('a', 2))
    const done: string[] = []
    const run = async (user: string) => {
      const seq = await committer.run(count(user))
      done.push(`${user}${seq}`)
    }
    await Promise.all([run('a'), run('a'), run('b')])
    expect(done).toEqual(['b1', 'a201', 'a202'])
    expect(commits).toEqual([2, 1, 1])
    expect(events.map(({ user_id, revision }) => `${user_id}${revision}`)).toEqual(['b1', 'a1', 'a2'])
  })

  it('[Q9] without end are given up', async () => {
    const { committer, commits } = start(contested('a', 1_000))
    expect(await settled([committer.run(count('a')), committer.run(count('b'))])).toEqual(['unavailable', 1])
    expect(commits.length).toBeLessThan(20)
  })
})

const SEED = Date.now() % 1_000_000
it(`[Q2.1] whatever fails in between, each acknowledged operation counts exactly once (SEED=${SEED})`, async () => {
  const random = createSeededRandom(SEED)
  const { committer, memory } = start(
    (store) => ({
      async commit(changes) {
        for (let i = random.int(3); i > 0; i--) await Promise.resolve()
        if (random.chance(0.1)) throw new StoreUnavailable('for a moment')
        if (changes.some(isPoison)) throw new Error('poison')
        const conflicting = random.chance(0.2) ? random.int(changes.length) : -1
        const fitting = changes.filter((_, i) => i !== conflicting)
        const outcomes = await store.commit(fitting)
        return changes.map((_, i) => (i === conflicting ? 'conflict' : (outcomes.shift() ?? 'conflict')))
      },
    }),
    { batchMax: 8, queueMax: 1_000 },
  )
  const users = ['a', 'b', 'c', 'd', 'e']
  const acknowledged = new Map<string, number>()
  const clients = Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 20; i++) {
      const user = random.pick(users)
      const poison = random.chance(0.05)
      const [outcome] = await settled([committer.run(count(user, poison ? 'poison' : 'x'))])
      if (poison) expect(outcome).not.toBeTypeOf('number')
      if (typeof outcome === 'number') acknowledged.set(user, (acknowledged.get(user) ?? 0) + 1)
    }
  })
  await Promise.all(clients)
  for (const [user_id, expected] of acknowledged) {
    const [state] = await memory.load([{ quiz_id: 'QUIZ', user_id, question_ids: [], answer_ids: [] }])
    expect(state?.record).toMatchObject({ seq: expected, revision: expected })
  }
})
