import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { describe, expect, it } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import { createHarness, type Harness, resultOf, startHarness } from '../testing/harness.ts'
import { T0 } from '../testing/samples.ts'

const REVEAL = { feedback: 'reveal' } as const
const shown = (events: Awaited<ReturnType<Harness['scores']>>) =>
  events.map(({ user_id, score, total, seq, revision }) => `${user_id} ${score} ${total} seq ${seq} rev ${revision}`)

describe('[Q7.4] under reveal', () => {
  it('nothing is told before the close; then every player has one event a question, right or wrong', async () => {
    const { quiz, scores, store } = await startHarness()
    const q = await quiz('QUIZ', REVEAL)
    expect(resultOf(await q.answer('anna', 1, false))).toEqual({ question_id: 'q1', seq: 1 })
    expect(resultOf(await q.answer('anna', 1, true))).toEqual({ question_id: 'q1', seq: 2 })
    expect(resultOf(await q.answer('ben', 1, false))).toEqual({ question_id: 'q1', seq: 1 })
    expect(await scores()).toEqual([])
    await q.say({ state: 'running', position: 1, question: 'closing' })
    expect(await scores()).toEqual([])
    await q.closeQuestion(1)
    expect(shown(await scores())).toEqual(['anna 1000 1000 seq 2 rev 1', 'ben 0 0 seq 1 rev 1'])
    expect(await store.heldQuestions()).toEqual([])
    await q.say({ state: 'running', position: 2 })
    await q.answer('anna', 2, true)
    await q.say({ state: 'closed', position: 2, question: 'closed', closed_at: T0 })
    expect(shown(await scores()).slice(2)).toEqual(['anna 1000 2000 seq 3 rev 2'])
  })

  it('answers are counted when their points are, each once, those that a later one replaces among them', async () => {
    let counted = 0
    const { quiz } = await startHarness({
      observer: {
        counted: (answers) => {
          counted += answers
        },
      },
    })
    const q = await quiz('QUIZ', REVEAL)
    for (const right of [false, true]) await q.answer('anna', 1, right)
    await q.answer('ben', 1, false)
    expect(counted).toBe(0)
    await q.closeQuestion(1)
    expect(counted).toBe(3)
    const instant = await quiz('OTHER')
    await instant.answer('anna', 1, true, 'same')
    await instant.answer('anna', 1, true, 'same')
    expect(counted).toBe(4)
  })

  it('a question that is passed over without a reveal is counted too', async () => {
    const { quiz, scores } = await startHarness()
    const q = await quiz('QUIZ', REVEAL)
    await q.answer('anna', 1, true)
    await q.say({ state: 'running', position: 2 })
    expect(shown(await scores())).toEqual(['anna 1000 1000 seq 1 rev 1'])
  })

  it('[Q8.1] a repeat after the reveal gets the first result, which told nothing', async () => {
    const { quiz } = await startHarness()
    const q = await quiz('QUIZ', REVEAL)
    await q.answer('anna', 1, true, 'same')
    await q.closeQuestion(1)
    expect(resultOf(await q.answer('anna', 1, true, 'same'))).toEqual({ question_id: 'q1', seq: 1 })
  })

  it('a quiz of many players is counted in batches', async () => {
    const { quiz, scores, store } = await startHarness({ settings: { releaseBatch: 7 } })
    const q = await quiz('QUIZ', REVEAL)
    const users = Array.from({ length: 50 }, (_, i) => `user${i}`)
    await Promise.all(users.map((user) => q.answer(user, 1, true)))
    await q.closeQuestion(1)
    const events = await scores()
    expect(new Set(events.map(({ user_id }) => user_id)).size).toBe(50)
    expect(events).toHaveLength(50)
    expect((await store.stats()).held).toBe(0)
  })

  it('[Q1.1] a release that a crash cut short is ended at the next start, each answer counted once', async () => {
    const clock = createFakeClock(T0)
    const store = createMemoryAnswerStore()
    const eventLog = createMemoryEventLog({ partitions: 3, clock })
    let commits = 0
    const dying: AnswerStore = {
      ...store,
      async commit(changes) {
        // Dies after the first batch of the release.
        if (++commits > 2) await new Promise(() => {})
        return store.commit(changes)
      },
    }
    const first = await createHarness({ clock, store: dying, eventLog, settings: { releaseBatch: 3 } })
    const q = await first.quiz('QUIZ', REVEAL)
    const users = Array.from({ length: 8 }, (_, i) => `user${i}`)
    await Promise.all(users.map((user) => q.answer(user, 1, true)))
    await q.say({ state: 'running', position: 2 })
    await first.settle()
    expect((await store.stats()).held).toBe(5)
    const second = await startHarness({ clock, store, eventLog })
    const totals = new Map((await second.scores()).map(({ user_id, total, revision }) => [user_id, [total, revision]]))
    expect([...totals.values()]).toEqual(users.map(() => [1_000, 1]))
    expect((await store.stats()).held).toBe(0)
  })

  it('a release that the store refuses is tried again by the sweep', async () => {
    let down = false
    const store = createMemoryAnswerStore()
    const flaky: AnswerStore = {
      ...store,
      async commit(changes) {
        if (down) throw new Error('not now')
        return store.commit(changes)
      },
    }
    const { quiz, scores, clock } = await startHarness({ store: flaky })
    const q = await quiz('QUIZ', REVEAL)
    await q.answer('anna', 1, true)
    down = true
    await q.closeQuestion(1)
    expect(await scores()).toEqual([])
    down = false
    await clock.advance(2_000)
    expect(shown(await scores())).toEqual(['anna 1000 1000 seq 1 rev 1'])
  })

  it('answers to the next question are accepted while the last one is counted', async () => {
    const { quiz, scores } = await startHarness({ settings: { releaseBatch: 2, batchMax: 4 } })
    const q = await quiz('QUIZ', REVEAL)
    const users = Array.from({ length: 12 }, (_, i) => `user${i}`)
    await Promise.all(users.map((user) => q.answer(user, 1, true)))
    const next = q.say({ state: 'running', position: 2 })
    const answers = Promise.all(users.map((user) => q.answer(user, 2, true)))
    await next
    expect((await answers).map((outcome) => resultOf(outcome).seq)).toEqual(users.map(() => 2))
    const events = await scores()
    expect(events.map(({ total, revision }) => [total, revision])).toEqual(users.map(() => [1_000, 1]))
  })
})

it('[Q7.4] of several replicas one counts the held answers; if it does not, the next one does', async () => {
  let conflicts = 0
  const observer = {
    conflicted() {
      conflicts++
    },
  }
  const first = await createHarness({ observer })
  const { store, eventLog, clock } = first
  const others = [
    await createHarness({ store, eventLog, clock, observer }),
    await createHarness({ store, eventLog, clock, observer }),
  ]
  // They have heard of each other.
  await clock.advance(1_000)
  const totals = async (id: string) => (await first.scores()).filter(({ quiz_id }) => quiz_id === id).length
  const close = async (id: string) => {
    const quiz = await first.quiz(id, { feedback: 'reveal' })
    for (let i = 0; i < 20; i++) await quiz.answer(`user ${i}`, 1, true)
    await quiz.say({ state: 'running', position: 1, question: 'closed' })
  }
  for (const id of ['A', 'B', 'C', 'D', 'E', 'F']) await close(id)
  await clock.advance(1_500)
  expect(await Promise.all(['A', 'B', 'C', 'D', 'E', 'F'].map(totals))).toEqual([20, 20, 20, 20, 20, 20])
  expect(conflicts).toBe(0)
  for (const { app } of others) await app.stop()
  // As stalled ones are seen.
  for (const ghost of ['ghost 1', 'ghost 2', 'ghost 3']) await store.register(ghost, 'http://nobody')
  await clock.advance(1_000)
  for (const id of ['G', 'H', 'I', 'J']) await close(id)
  await clock.advance(2_000)
  expect(await Promise.all(['G', 'H', 'I', 'J'].map(totals))).toEqual([20, 20, 20, 20])
})
