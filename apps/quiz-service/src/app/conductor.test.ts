/** The lifecycle with its timers, on a store in memory under a clock that stands still. */
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { type LifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import type { AppendRecord } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { describe, expect, it } from 'vitest'
import { createMemoryQuizStore } from '../adapters/memory-quiz-store.ts'
import { lifecycleRecord } from '../domain/events.ts'
import { draft } from '../domain/quiz.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import { createConductor } from './conductor.ts'
import { createDeadlines } from './deadlines.ts'
import { createOutboxRelay } from './outbox-relay.ts'

const T0 = Date.UTC(2026, 0, 1)
const question = (n: number, limit: number | null): Question => ({
  question_id: `q${n}`,
  type: 'typed',
  prompt: 'p',
  answer: `key ${n}`,
  points: 1,
  time_limit_ms: limit,
})

const setUp = async (
  options: { limits?: (number | null)[]; store?: QuizStore; stop?: (id: string) => Promise<void> } = {},
) => {
  const { limits = [5_000, null, null], store = createMemoryQuizStore(), stop = async () => {} } = options
  const clock = createFakeClock(T0)
  const memory = createMemoryEventLog({ partitions: 3, clock })
  const appended: AppendRecord[] = []
  const log = { away: false }
  const eventLog: typeof memory = {
    ...memory,
    async append(records) {
      if (log.away) throw new Error('the log is away')
      appended.push(...records)
      return memory.append(records)
    },
  }
  const logger = silentLogger()
  const metrics = createTestMetrics()
  const stopped: string[] = []
  const answers = {
    async stopAccepting(_: string, ids: readonly string[]) {
      for (const id of ids) {
        await stop(id)
        stopped.push(id)
      }
    },
    answered: async () => [],
    regrade: async () => ({ answers: 0, changed: 0 }),
  }
  const relay = createOutboxRelay({ store, eventLog, clock, logger, metrics, sweepMs: 1_000 })
  const conductor = createConductor({
    store,
    answers,
    relay,
    clock,
    metrics,
    onChange: (quiz) => deadlines.watch(quiz),
    stopAnswersMs: 10_000,
    logWaitMs: 500,
  })
  const deadlines = createDeadlines({
    store,
    expire: (quizId, position) => conductor.run(quizId, { kind: 'expire', position }),
    clock,
    logger,
    pollMs: 1_000,
  })
  const questions = limits.map((limit, i) => question(i + 1, limit))
  const rules = { mode: 'live', scoring: 'accuracy', feedback: 'instant', reanswer: 'allowed' } as const
  const quiz = draft({ quizId: 'QUIZ', deckId: 'd', title: 't', ...rules, questions, now: T0 })
  await store.addQuiz(quiz, questions, [lifecycleRecord(quiz)])
  const place = async () => {
    const { state, current } = (await store.quiz('QUIZ')) ?? {}
    return `${state} ${current?.position ?? ''} ${current?.state ?? ''}`.trim()
  }
  const events = (): LifecycleEvent[] =>
    appended.filter(({ topic }) => topic === TOPICS.lifecycle).map(({ value }) => JSON.parse(value))
  return { clock, store, conductor, deadlines, relay, stopped, place, events, appended, log }
}
const running = async (options?: Parameters<typeof setUp>[0]) => {
  const all = await setUp(options)
  await all.conductor.run('QUIZ', { kind: 'open' })
  await all.conductor.run('QUIZ', { kind: 'start' })
  return all
}
const kinds = (outcomes: readonly { kind: string; refusal?: unknown; changed?: unknown }[]) =>
  outcomes.map(({ kind, changed }) => (kind === 'done' ? (changed ? 'done' : 'unchanged') : kind))

describe('closing a question', () => {
  it('[Q7.2] shows the key after the answer-service has stopped, and not before', async () => {
    const key = 'key 1'
    let shown: boolean | undefined
    const { conductor, relay, events, appended, stopped } = await running({
      async stop() {
        await relayed()
        shown = appended.some(({ value }) => value.includes(key))
      },
    })
    const relayed = () => relay.flush()
    expect(kinds([await conductor.run('QUIZ', { kind: 'reveal' })])).toEqual(['done'])
    expect(shown).toBe(false)
    expect(stopped).toEqual(['q1'])
    expect(events().map(({ revision, question }) => [revision, question?.state, question?.answer])).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      [3, 'open', undefined],
      [4, 'closing', undefined],
      [5, 'closed', key],
    ])
  })
  it('[Q7.2] whoever accepts answers is told once `closing` is in the log: who starts later has read it', async () => {
    let inLog: string[] | undefined
    const { conductor, events } = await running({
      async stop() {
        inLog = events().map(({ question }) => question?.state ?? '-')
      },
    })
    await conductor.run('QUIZ', { kind: 'reveal' })
    expect(inLog).toEqual(['-', '-', 'open', 'closing'])
  })
  it('[Q7.2] while the log is away a close waits, and is finished when it is back', async () => {
    const { clock, conductor, deadlines, relay, stopped, place, log } = await running()
    log.away = true
    expect((await conductor.run('QUIZ', { kind: 'reveal' })).kind).toBe('unconfirmed')
    expect([stopped, await place()]).toEqual([[], 'running 1 closing'])
    log.away = false
    deadlines.start()
    await clock.advance(1_000)
    expect([stopped, await place()]).toEqual([['q1'], 'running 1 closed'])
    await deadlines.stop()
    await relay.flush()
  })
  it('[Q8.3] fifty clicks on next with one position move on once', async () => {
    const { conductor, place, events } = await running()
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => conductor.run('QUIZ', { kind: 'next', position: 1 })),
    )
    const counts = Map.groupBy(kinds(outcomes), (kind) => kind)
    expect([counts.get('done')?.length, counts.get('refused')?.length]).toEqual([1, 49])
    expect(await place()).toBe('running 2 open')
    expect(events().map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5])
  })
  it('[Q8.3] a double click without a position moves on once too', async () => {
    const { conductor, place } = await running()
    const outcomes = await Promise.all([1, 2, 3].map(() => conductor.run('QUIZ', { kind: 'next' })))
    expect(kinds(outcomes).sort()).toEqual(['done', 'refused', 'refused'])
    expect(await place()).toBe('running 2 open')
  })
  it('[Q8.3] next and close at once: the quiz ends closed, whoever was first', async () => {
    const { conductor, place, stopped } = await running()
    const [next, close] = await Promise.all([
      conductor.run('QUIZ', { kind: 'next' }),
      conductor.run('QUIZ', { kind: 'close' }),
    ])
    expect(close.kind).toBe('done')
    expect(['done', 'refused']).toContain(next.kind)
    expect(await place()).toMatch(/^closed \d closed$/)
    expect(new Set(stopped).size).toBe(next.kind === 'done' ? 2 : 1)
  })
  it('[Q7.3] an answer-service that does not answer keeps the question closing, and a later look finishes it', async () => {
    let hangs = true
    const { clock, conductor, deadlines, place } = await running({
      stop: () => (hangs ? new Promise(() => {}) : Promise.resolve()),
    })
    const revealing = conductor.run('QUIZ', { kind: 'reveal' })
    await clock.advance(10_000)
    expect((await revealing).kind).toBe('unconfirmed')
    expect(await place()).toBe('running 1 closing')
    hangs = false
    deadlines.start()
    await clock.advance(1_000)
    expect(await place()).toBe('running 1 closed')
    await deadlines.stop()
  })
  it('[Q7.3] an answer-service that fails fails the call, and the question stays closing', async () => {
    const { conductor, place } = await running({ stop: () => Promise.reject(new Error('no')) })
    await expect(conductor.run('QUIZ', { kind: 'next' })).rejects.toThrow('no')
    expect(await place()).toBe('running 1 closing')
  })
})

describe('deadlines', () => {
  it('[Q7.2] close a question when its time is over, not earlier', async () => {
    const { clock, place, events, stopped } = await running()
    await clock.advance(4_999)
    expect(await place()).toBe('running 1 open')
    await clock.advance(1)
    expect(await place()).toBe('running 1 closed')
    expect(stopped).toEqual(['q1'])
    expect(events().at(-1)).toMatchObject({ revision: 5, question: { state: 'closed', answer: 'key 1' } })
  })
  it('[Q8.3] do nothing to a question that next has closed before', async () => {
    const { clock, conductor, place } = await running({ limits: [5_000, 9_000] })
    await clock.advance(4_000)
    await conductor.run('QUIZ', { kind: 'next' })
    await clock.advance(8_999)
    expect(await place()).toBe('running 2 open')
    await clock.advance(1)
    expect(await place()).toBe('running 2 closed')
  })
  it('[Q10.2] survive a restart: those that passed meanwhile and those to come', async () => {
    const store = createMemoryQuizStore()
    const before = await running({ store })
    await before.deadlines.stop()
    await before.clock.advance(10_000)
    expect(await before.place()).toBe('running 1 open')
    const after = await setUp({ store })
    after.clock.setNow(T0 + 3_000)
    after.deadlines.start()
    await after.clock.advance(1_999)
    expect(await after.place()).toBe('running 1 open')
    await after.clock.advance(1)
    expect(await after.place()).toBe('running 1 closed')
    await after.deadlines.stop()
    expect(after.clock.pending).toBe(0)
  })
  it('[Q10.2] go on with a close that a crash cut off', async () => {
    const store = createMemoryQuizStore()
    const before = await running({ store, stop: () => new Promise(() => {}) })
    void before.conductor.run('QUIZ', { kind: 'next' })
    await before.clock.advance(1)
    await before.deadlines.stop()
    expect(await before.place()).toBe('running 1 closing')
    const after = await setUp({ store })
    after.deadlines.start()
    await after.clock.advance(0)
    expect([await after.place(), after.stopped]).toEqual(['running 1 closed', ['q1']])
    await after.deadlines.stop()
  })
  it('[Q7.2] come at once when the system clock is put forward', async () => {
    const { clock, deadlines, place } = await running()
    deadlines.start()
    await clock.advance(100)
    clock.setNow(T0 + 60_000)
    await clock.advance(1_000)
    expect(await place()).toBe('running 1 closed')
    await deadlines.stop()
  })
  it('[Q9] outlive a store that is away for a while', async () => {
    const memory = createMemoryQuizStore()
    let away = true
    const store: QuizStore = {
      ...memory,
      unfinished: (...args) => (away ? Promise.reject(new Error('away')) : memory.unfinished(...args)),
    }
    await running({ store: memory }).then(({ deadlines }) => deadlines.stop())
    const { clock, deadlines, place } = await setUp({ store })
    clock.setNow(T0 + 60_000)
    deadlines.start()
    await clock.advance(2_500)
    expect(await place()).toBe('running 1 open')
    away = false
    await clock.advance(1_000)
    expect(await place()).toBe('running 1 closed')
    await deadlines.stop()
  })
})

describe('events', () => {
  it('[Q1.4] [Q3.4] a reply waits for the log, but not long, and nothing is lost while the log is away', async () => {
    const { clock, conductor, relay, events, log } = await setUp()
    log.away = true
    relay.start()
    expect((await conductor.run('QUIZ', { kind: 'open' })).kind).toBe('done')
    await clock.advance(5_000)
    expect([events(), relay.caughtUp()]).toEqual([[], false])
    log.away = false
    await clock.advance(1_000)
    expect(events().map(({ revision }) => revision)).toEqual([1, 2])
    expect(relay.caughtUp()).toBe(true)
    await relay.stop()
    expect(clock.pending).toBe(0)
  })
  it('[Q3.4] all records of a quiz are in its partition', async () => {
    const { conductor, appended } = await running()
    await conductor.run('QUIZ', { kind: 'close' })
    expect(new Set(appended.map(({ partition }) => partition)).size).toBe(1)
  })
})
