import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { describe, expect, it } from 'vitest'
import { type Harness, resultOf, startHarness, verdictOf } from '../testing/harness.ts'
import { definitionEvent, lifecycleEvent, T0 } from '../testing/samples.ts'
import { LogUnavailable } from './outcome.ts'

describe('submitting', () => {
  it('[Q2.1] accepts, scores, tells the log once, and numbers per player', async () => {
    const { quiz, scores, store } = await startHarness()
    const q = await quiz()
    expect(resultOf(await q.answer('anna', 1, true))).toEqual({
      question_id: 'q1',
      seq: 1,
      is_correct: true,
      score: 1_000,
      total: 1_000,
    })
    expect(resultOf(await q.answer('anna', 1, false))).toEqual({
      question_id: 'q1',
      seq: 2,
      is_correct: false,
      score: 0,
      total: 0,
    })
    expect(resultOf(await q.answer('ben', 1, true))).toMatchObject({ seq: 1, total: 1_000 })
    expect((await scores()).map(({ user_id, score, total, revision }) => [user_id, score, total, revision])).toEqual([
      ['anna', 1_000, 1_000, 1],
      ['anna', -1_000, 0, 2],
      ['ben', 1_000, 1_000, 1],
    ])
    expect((await store.stats()).outbox).toBe(0)
  })

  it('[Q2.1] applies many answers of one player that arrive at once in their order', async () => {
    const { quiz, scores } = await startHarness()
    const q = await quiz()
    const outcomes = await Promise.all([true, false, true, true].map((right) => q.answer('anna', 1, right)))
    expect(outcomes.map((outcome) => resultOf(outcome).seq)).toEqual([1, 2, 3, 4])
    expect(outcomes.map((outcome) => resultOf(outcome).total)).toEqual([1_000, 0, 1_000, 1_000])
    expect((await scores()).map(({ revision }) => revision)).toEqual([1, 2, 3, 4])
  })

  it('[Q2.4] knows the earlier questions for a streak', async () => {
    const { quiz } = await startHarness()
    const q = await quiz('QUIZ', { scoring: 'streak' })
    await q.answer('anna', 1, true)
    await q.say({ state: 'running', position: 2 })
    await q.answer('anna', 2, true)
    await q.say({ state: 'running', position: 3 })
    expect(resultOf(await q.answer('anna', 3, true))).toMatchObject({ score: 1_200, total: 3_300 })
  })

  it('[Q8.1] copies of one answer_id that arrive at once are one answer', async () => {
    const { quiz, scores } = await startHarness()
    const q = await quiz()
    const copies = await Promise.all([1, 2, 3].map((n) => q.answer('anna', 1, n === 1, 'same')))
    expect(new Set(copies.map((copy) => JSON.stringify(resultOf(copy)))).size).toBe(1)
    expect(copies.map(({ kind }) => kind)).toEqual(['accepted', 'repeated', 'repeated'])
    expect(await scores()).toHaveLength(1)
  })

  it('[Q8.1] a repeat gets the first result also when nothing would be accepted any more', async () => {
    const { quiz, app } = await startHarness()
    const q = await quiz()
    const first = resultOf(await q.answer('anna', 1, true, 'same'))
    await q.answer('anna', 1, false, 'other')
    await q.say({ state: 'running', position: 2 })
    const call = { quiz_id: q.id, user_id: 'anna', question_id: 'nonsense', answer: '', answer_id: 'same' }
    expect(resultOf(await app.submit(call))).toEqual(first)
    await q.say({ state: 'closed', position: 2, question: 'closed', closed_at: T0 })
    expect(resultOf(await q.answer('anna', 2, true, 'same'))).toEqual(first)
    expect(resultOf((await app.repeated(q.id, 'anna', 'same')) ?? { kind: 'failed', error: 'none' })).toEqual(first)
    expect(await app.repeated(q.id, 'ben', 'same')).toBeUndefined()
    expect(verdictOf(await q.answer('ben', 2, true, 'same'))).toBe('refused quiz/closed')
  })

  it('[Q8.1] a copy that comes after the stop gets the result of the first, which is still being committed', async () => {
    const { quiz, app } = await startHarness()
    const q = await quiz()
    const first = q.answer('anna', 1, true, 'same')
    const stopped = app.stopAccepting(q.id, ['q1'])
    const copy = q.answer('anna', 1, true, 'same')
    const late = q.answer('anna', 1, true, 'another')
    await stopped
    expect(resultOf(await copy)).toEqual(resultOf(await first))
    await q.say({ state: 'running', position: 1, question: 'closed' })
    expect(verdictOf(await late)).toBe('refused question/closed')
  })

  it('[Q9.6] is not refused as too early while the log cannot be read to its end', async () => {
    const log = createMemoryEventLog({ partitions: 3, clock: createFakeClock(T0) })
    let isAway = false
    const eventLog: EventLog = {
      ...log,
      async consume(options) {
        const consumer = await log.consume(options)
        const caughtUp = () => (isAway ? Promise.reject(new Error('no broker')) : consumer.caughtUp())
        return { ...consumer, caughtUp }
      },
    }
    const { quiz, clock, app } = await startHarness({ eventLog })
    const q = await quiz()
    isAway = true
    const early = q.answer('anna', 2, true)
    const unknown = expect(app.findQuiz('OTHER')).rejects.toBeInstanceOf(LogUnavailable)
    await clock.advance(1_000)
    expect(verdictOf(await early)).toBe('busy')
    await unknown
    isAway = false
    // What the quiz-service could not write meanwhile may be on its way.
    const soon = [
      q.answer('anna', 2, true),
      expect(app.findQuiz('OTHER')).rejects.toBeInstanceOf(LogUnavailable),
    ] as const
    await clock.advance(1_000)
    expect(verdictOf(await soon[0])).toBe('busy')
    await soon[1]
    await clock.advance(10_000)
    const again = [q.answer('anna', 2, true), app.findQuiz('OTHER')] as const
    await clock.advance(1_000)
    expect(verdictOf(await again[0])).toBe('refused question/not_open')
    expect(await again[1]).toBeUndefined()
  })

  it('[Q9.6] nor when its questions had to make room meanwhile', async () => {
    const log = createMemoryEventLog({ partitions: 3, clock: createFakeClock(T0) })
    let isAway = false
    const eventLog: EventLog = {
      ...log,
      async consume(options) {
        const consumer = await log.consume(options)
        const isCut = () => isAway && options.topic === TOPICS.lifecycle
        const caughtUp = () => (isCut() ? Promise.reject(new Error('no broker')) : consumer.caughtUp())
        return { ...consumer, caughtUp }
      },
    }
    // One definition is kept at most.
    const { quiz, clock, settle } = await startHarness({ eventLog, settings: { definitionBudget: 1 } })
    const q = await quiz()
    const other = await quiz('OTHER')
    isAway = true
    const early = q.answer('anna', 2, true)
    await settle()
    const makesRoom = other.answer('ben', 1, true)
    await clock.advance(1_000)
    expect(verdictOf(await makesRoom)).toBe('accepted')
    expect(verdictOf(await early)).toBe('busy')
  })

  it('[Q8.4] [Q7.3] gets 503 at the deadline, until the close is through', async () => {
    const codes: string[] = []
    const { quiz, clock } = await startHarness({ observer: { rejected: (code) => codes.push(code) } })
    const q = await quiz()
    await q.say({ state: 'running', position: 1, deadline: T0 + 5_000 })
    await clock.advance(5_000)
    const copy = q.answer('anna', 1, true, 'same')
    await clock.advance(1_000)
    expect(verdictOf(await copy)).toBe('busy')
    expect(codes).toEqual(['closing'])
  })

  it('[Q8.1] an answer_id that was refused is free for another try', async () => {
    const { quiz } = await startHarness()
    const q = await quiz()
    expect(verdictOf(await q.answer('anna', 9, true, 'same'))).toBe('refused question/unknown')
    expect(verdictOf(await q.answer('anna', 1, true, 'same'))).toBe('accepted')
  })

  it('takes one answer to each question where re-answering is not allowed', async () => {
    const { quiz } = await startHarness()
    const q = await quiz('QUIZ', { reanswer: 'never' })
    const both = await Promise.all([q.answer('anna', 1, false, 'a'), q.answer('anna', 1, true, 'b')])
    expect(both.map(verdictOf)).toEqual(['accepted', 'refused answer/already_given'])
    expect(verdictOf(await q.answer('anna', 1, true))).toBe('refused answer/already_given')
    expect(verdictOf(await q.answer('anna', 1, true, 'a'))).toBe('repeated')
  })

  it('[Q7.3] goes by the time of receipt: a deadline closes without an event', async () => {
    const { quiz, clock } = await startHarness()
    const q = await quiz()
    await q.say({ state: 'running', position: 1, deadline: T0 + 5_000 })
    await clock.advance(4_999)
    expect(verdictOf(await q.answer('anna', 1, true))).toBe('accepted')
    await clock.advance(1)
    expect(verdictOf(await q.answer('anna', 1, true))).toBe('refused question/closed')
  })

  it('counts what was accepted, and what was refused by its code', async () => {
    let accepted = 0
    const rejected: string[] = []
    const observer = { accepted: () => accepted++, rejected: (code: string) => rejected.push(code) }
    const { quiz } = await startHarness({ observer })
    const q = await quiz()
    await Promise.all([q.answer('anna', 1, true, 'a'), q.answer('anna', 1, true, 'a'), q.answer('ben', 1, true)])
    await q.answer('anna', 9, true)
    await q.say({ state: 'running', position: 2 })
    await q.answer('anna', 1, true)
    expect(accepted).toBe(2)
    expect(rejected).toEqual(['question/unknown', 'question/closed'])
  })
})

describe('[Q8.3] after a 2xx of the host everyone acts by it', () => {
  const wait = async ({ clock }: Harness, ms: number, outcome: Promise<unknown>) => {
    let done = false
    outcome.then(() => {
      done = true
    })
    await clock.advance(ms)
    return done
  }

  it('an answer that is ahead of the news of its question waits for it', async () => {
    const harness = await startHarness()
    const q = await harness.quiz()
    const early = q.answer('anna', 2, true)
    expect(await wait(harness, 900, early)).toBe(false)
    await q.say({ state: 'running', position: 2, opened_at: T0 - 10 })
    expect(resultOf(await early)).toMatchObject({ question_id: 'q2', score: 1_000 })
    const [doc] = await harness.store.list(q.id, { limit: 1 })
    expect(doc).toMatchObject({ update_ts: '2026-03-01T12:00:00.000Z', elapsed_ms: 10 })
  })

  it('and is refused after a second without news', async () => {
    const harness = await startHarness()
    const q = await harness.quiz()
    const early = q.answer('anna', 2, true)
    expect(await wait(harness, 999, early)).toBe(false)
    await harness.clock.advance(1)
    expect(verdictOf(await early)).toBe('refused question/not_open')
  })

  it('news that closes the quiz refuses at once', async () => {
    const harness = await startHarness()
    const q = await harness.quiz()
    await q.say({ state: 'open' })
    const early = q.answer('anna', 1, true)
    await q.say({ state: 'closed', closed_at: T0 })
    expect(verdictOf(await early)).toBe('refused quiz/closed')
  })

  it('a quiz or its questions may be unknown for a moment', async () => {
    const harness = await startHarness()
    const { app, eventLog } = harness
    const definition = definitionEvent('Late')
    const lifecycle = JSON.stringify(lifecycleEvent(definition, 1, { state: 'running', position: 1 }))
    const found = app.findQuiz('lATE')
    await eventLog.append([{ topic: TOPICS.lifecycle, key: 'Late', value: lifecycle }])
    expect((await found)?.quiz_id).toBe('Late')
    const answer = app.submit({ quiz_id: 'Late', user_id: 'anna', question_id: 'q1', answer: 'right1' })
    expect(await wait(harness, 100, answer)).toBe(false)
    await eventLog.append([{ topic: TOPICS.definitions, key: 'Late', value: JSON.stringify(definition) }])
    expect(verdictOf(await answer)).toBe('accepted')
  })

  it('unknown after a second is unknown; a name that is no id is so at once', async () => {
    const harness = await startHarness()
    const missing = harness.app.findQuiz('NOPE')
    expect(await wait(harness, 999, missing)).toBe(false)
    await harness.clock.advance(1)
    expect(await missing).toBeUndefined()
    expect(await harness.app.findQuiz('x'.repeat(10_000))).toBeUndefined()
  })

  it('[Q9] past the limit of those who wait, no one more does', async () => {
    const harness = await startHarness({ settings: { waitersMax: 2 } })
    const waiting = [1, 2].map(() => harness.app.findQuiz('NOPE'))
    expect(await harness.app.findQuiz('NOPE')).toBeUndefined()
    const pending = harness.clock.pending
    await harness.clock.advance(1_000)
    expect(await Promise.all(waiting)).toEqual([undefined, undefined])
    expect(harness.clock.pending).toBe(pending - 2)
  })
})

describe('the topics', () => {
  it('[Q10.2] a restart knows every quiz, its questions and its results again', async () => {
    const first = await startHarness()
    const q = await first.quiz('QUIZ', { scoring: 'streak' })
    const before = resultOf(await q.answer('anna', 1, true, 'same'))
    await q.say({ state: 'running', position: 2 })
    await first.app.stop()
    const { store, eventLog, clock } = first
    const second = await startHarness({ store, eventLog, clock, settings: { waitMs: 1 } })
    const call = { quiz_id: q.id, user_id: 'anna', question_id: 'q2', answer: 'word2' }
    expect(resultOf(await second.app.submit(call))).toMatchObject({ seq: 2, score: 1_100, total: 2_100 })
    expect(resultOf(await second.app.submit({ ...call, answer_id: 'same' }))).toEqual(before)
    expect(verdictOf(await second.app.submit({ ...call, question_id: 'q1', answer: 'right1' }))).toBe(
      'refused question/closed',
    )
  })

  it('[Q3.4] [Q10.3] it ends although the log takes nothing, and the next one sends what it left', async () => {
    const first = await startHarness()
    const q = await first.quiz('QUIZ')
    const { store, eventLog, clock } = first
    const { append } = eventLog
    const stall = Promise.withResolvers<never>()
    eventLog.append = () => stall.promise
    resultOf(await q.answer('anna', 1, true))
    let hasEnded = false
    void first.app.stop().then(() => {
      hasEnded = true
    })
    await clock.advance(10_000)
    expect(hasEnded).toBe(true)
    expect((await store.stats()).outbox).toBe(1)
    eventLog.append = append
    stall.reject(new Error('the broker has gone'))
    const second = await startHarness({ store, eventLog, clock })
    await second.settle()
    expect((await store.stats()).outbox).toBe(0)
  })

  it('[Q3.5] what makes no sense is skipped and counted', async () => {
    const skipped: string[] = []
    const { eventLog, quiz, settle } = await startHarness({ observer: { skipped: (topic) => skipped.push(topic) } })
    const bad = ['', 'null', '{"quiz_id":1}', '[]']
    await eventLog.append(bad.map((value) => ({ topic: TOPICS.lifecycle, key: 'QUIZ', value })))
    await eventLog.append([{ topic: TOPICS.definitions, key: 'QUIZ', value: 'x' }])
    await settle()
    expect(skipped.sort()).toEqual([TOPICS.definitions, ...bad.map(() => TOPICS.lifecycle)].sort())
    expect(verdictOf(await (await quiz()).answer('anna', 1, true))).toBe('accepted')
  })

  it('[Q3.1] an older snapshot of a quiz that comes late changes nothing', async () => {
    const { eventLog, quiz, settle } = await startHarness()
    const q = await quiz()
    await q.say({ state: 'running', position: 2 })
    const older = lifecycleEvent(q.definition, 1, { state: 'running', position: 1 })
    await eventLog.append([{ topic: TOPICS.lifecycle, key: q.id, value: JSON.stringify(older) }])
    await settle()
    expect(verdictOf(await q.answer('anna', 2, true))).toBe('accepted')
    expect(verdictOf(await q.answer('anna', 1, true))).toBe('refused question/closed')
  })

  it('[Q9] definitions beyond the budget are read again when they are needed', async () => {
    const { quiz } = await startHarness({ settings: { definitionBudget: 1 } })
    const quizzes = [await quiz('A'), await quiz('B'), await quiz('C')]
    for (const round of [1, 2])
      for (const q of quizzes)
        expect(resultOf(await q.answer('anna', 1, true))).toMatchObject({ seq: round, score: 1_000 })
    const many = await Promise.all(Array.from({ length: 10 }, (_, i) => quizzes[i % 3]?.answer('ben', 1, true)))
    expect(many.map((outcome) => outcome && verdictOf(outcome))).toEqual(Array(10).fill('accepted'))
  })
})
