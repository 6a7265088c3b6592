import { describe, expect, it } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import { StoreUnavailable } from '../ports/answer-store.ts'
import { resultOf, startHarness, verdictOf } from '../testing/harness.ts'

/**
 * A replica that was fenced and registers anew for an answer: it is listed already, and `joins` lets it go on.
 */
const startJoining = async (position: number, isRight: boolean) => {
  const store = createMemoryAnswerStore()
  const { quiz, app, clock } = await startHarness({ store })
  const q = await quiz()
  await q.say({ state: 'running', position })
  const { register } = store
  let joins = () => {}
  store.register = async (id, address) => {
    await register(id, address)
    await new Promise<void>((resolve) => {
      joins = resolve
    })
  }
  const [first] = await store.replicas()
  await store.fence(first?.id ?? '')
  const waiting = q.answer('anna', position, isRight)
  await expect.poll(async () => (await store.replicas()).length).toBe(1)
  const [joining] = await store.replicas()
  return { store, app, clock, q, waiting, joining: joining?.id ?? '', joins: () => joins() }
}

describe('an answer where there are several replicas', () => {
  it('[Q8.4] is not refused for good while a copy of it may be on its way at another replica', async () => {
    const harness = await startHarness()
    const { quiz, app, clock } = harness
    const q = await quiz()
    await app.stopAccepting(q.id, ['q1'])
    const waiting = q.answer('anna', 1, true, 'same')
    expect(verdictOf(await q.answer('ben', 1, true))).toBe('refused question/closed')
    await clock.advance(1_000)
    expect(verdictOf(await waiting)).toBe('busy')
    const copy = q.answer('anna', 1, true, 'same')
    await clock.advance(500)
    await q.say({ state: 'running', position: 1, question: 'closed' })
    expect(verdictOf(await copy)).toBe('refused question/closed')
  })

  it('[Q2.3] that waits until its replica has joined again counts from when it came', async () => {
    const { store, clock, q, waiting, joins } = await startJoining(1, true)
    const came = new Date(clock.now()).toISOString()
    await clock.advance(500)
    joins()
    resultOf(await waiting)
    expect(await store.list(q.id, { limit: 1 })).toMatchObject([{ update_ts: came, elapsed_ms: 0 }])
  })

  it('[Q12.3] a replica that is joining lets go of a corrected key: it is not fenced, and judges by the new one', async () => {
    const { store, app, q, waiting, joining, joins } = await startJoining(2, false)
    await store.correct({ quiz_id: q.id, question_id: 'q2', revision: 1, answer: 'word2', accept: ['nonsense'] })
    expect(await app.revokeHere(joining, q.id, 'q2')).toBe(true)
    joins()
    expect(resultOf(await waiting)).toMatchObject({ is_correct: true })
    expect((await store.replicas()).map(({ id }) => id)).toEqual([joining])
  })

  it('[Q7.6] a replica that is joining takes part in a close: it is not fenced, and accepts nothing afterwards', async () => {
    const { store, app, q, waiting, joining, joins } = await startJoining(1, true)
    expect(await app.stopHere(joining, q.id, ['q1'])).toBe('ended')
    joins()
    expect(verdictOf(await waiting)).toBe('refused question/closed')
    expect((await store.replicas()).map(({ id }) => id)).toEqual([joining])
  })

  it('[Q8.4] [Q7.6] a commit whose outcome is not known ends the registration by which it may still come', async () => {
    const store = createMemoryAnswerStore()
    const harness = await startHarness({ store })
    const { quiz, clock } = harness
    const q = await quiz()
    const before = (await store.replicas()).map(({ id }) => id)
    const { commit } = store
    store.commit = async (changes, as) => {
      store.commit = commit
      await commit(changes, as)
      throw new StoreUnavailable('the reply was lost')
    }
    expect(verdictOf(await q.answer('anna', 1, true, 'same'))).toBe('busy')
    await clock.advance(0)
    const after = (await store.replicas()).map(({ id }) => id)
    expect(after).toHaveLength(1)
    expect(after).not.toEqual(before)
    expect(verdictOf(await q.answer('anna', 1, true, 'same'))).toBe('repeated')
  })
})

describe('[Q7.2] the two-step close', () => {
  it('waits for what was accepted, and lets nothing in after', async () => {
    const { quiz, app, store } = await startHarness()
    const q = await quiz()
    const before = ['anna', 'ben', 'cleo'].map((user) => q.answer(user, 1, true))
    const stopping = app.stopAccepting(q.id, ['q1'])
    const after = q.answer('dora', 1, true)
    await stopping
    expect((await store.list(q.id, { limit: 9 })).map(({ user_id }) => user_id)).toEqual(['anna', 'ben', 'cleo'])
    expect((await Promise.all(before)).map(verdictOf)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(verdictOf(await after)).toBe('refused question/closed')
    await app.stopAccepting(q.id, ['q1'])
  })

  it('reaches an answer that waits for its question', async () => {
    const { quiz, app } = await startHarness()
    const q = await quiz()
    const early = q.answer('anna', 2, true)
    await app.stopAccepting(q.id, ['q2'])
    await q.say({ state: 'running', position: 2 })
    expect(verdictOf(await early)).toBe('refused question/closed')
  })

  it('is remembered for a quiz that is not known yet', async () => {
    const { quiz, app } = await startHarness()
    await app.stopAccepting('QUIZ', ['q1', 'q2'])
    const q = await quiz()
    expect(verdictOf(await q.answer('anna', 1, true))).toBe('refused question/closed')
    await q.say({ state: 'running', position: 2 })
    expect(verdictOf(await q.answer('anna', 2, true))).toBe('refused question/closed')
    await q.say({ state: 'running', position: 3 })
    expect(verdictOf(await q.answer('anna', 3, true))).toBe('accepted')
  })

  it('before the start of the service holds after it', async () => {
    const { quiz, app } = await startHarness({ started: false })
    const q = await quiz()
    await app.stopAccepting(q.id, ['q1'])
    expect(verdictOf(await q.answer('anna', 1, true))).toBe('busy')
    await app.start()
    expect(verdictOf(await q.answer('anna', 1, true))).toBe('refused question/closed')
  })
})
