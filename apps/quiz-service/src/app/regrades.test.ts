import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { createMemoryQuizStore } from '../adapters/memory-quiz-store.ts'
import { draft } from '../domain/quiz.ts'
import { createFakeAnswers } from '../testing/quiz-fixture.ts'
import { createOutboxRelay } from './outbox-relay.ts'
import { createRegrades } from './regrades.ts'

const begin = async () => {
  const clock = createFakeClock(1_000_000)
  const eventLog = createMemoryEventLog({ partitions: 2, clock })
  const store = createMemoryQuizStore()
  const base = { type: 'typed' as const, prompt: '?', answer: '!', points: 1, time_limit_ms: null }
  const question = { ...base, question_id: 'q' }
  const rules = { mode: 'live', scoring: 'accuracy', feedback: 'instant', reanswer: 'allowed' } as const
  const quiz = draft({ ...rules, quizId: 'QUIZ', deckId: 'd', title: 'A quiz', questions: [question], now: 0 })
  await store.addQuiz(quiz, [question], [])
  await store.withQuiz('QUIZ', (work) => work.save({ ...quiz, state: 'running', revision: 2 }))
  const start = (answers = createFakeAnswers()) => {
    const [logger, metrics] = [silentLogger(), createTestMetrics()]
    const relay = createOutboxRelay({ store, eventLog, clock, logger, metrics, sweepMs: 1_000 })
    const regrades = createRegrades({ store, answers, relay, clock, logger, metrics, waitMs: 5_000, pollMs: 1_000 })
    regrades.start()
    return { regrades, answers }
  }
  const underWay = async () => (await store.regradesUnderWay(10)).map(({ revision }) => revision)
  return { clock, store, start, underWay }
}

it('[Q12.4] a restart goes on with what was under way', async () => {
  const { clock, start, underWay } = await begin()
  const first = start()
  first.answers.regrade = () => Promise.reject(new Error('away'))
  const outcome = first.regrades.regrade('QUIZ', 'q', { accept: ['x'] })
  await clock.advance(5_000)
  expect(await outcome).toMatchObject({ kind: 'made', regrade: { doneAt: null } })
  await first.regrades.stop()
  expect(await underWay()).toEqual([1])
  const second = start()
  await clock.advance(0)
  expect(await underWay()).toEqual([])
  expect(second.answers.regraded).toEqual([{ question_id: 'q', revision: 1, answer: '!', accept: ['x'] }])
  await second.regrades.stop()
})

it('[Q12.4] another replica goes on with it after a while, and not before', async () => {
  const { clock, start, underWay } = await begin()
  const [first, second] = [start(), start()]
  await clock.advance(0)
  first.answers.gate = new Promise(() => {})
  void first.regrades.regrade('QUIZ', 'q', { accept: ['x'] })
  await clock.advance(9_000)
  expect(second.answers.regraded).toEqual([])
  await clock.advance(2_000)
  expect(second.answers.regraded).toHaveLength(1)
  expect(await underWay()).toEqual([])
  await second.regrades.stop()
})

it('[Q12.4] what failed is tried again until it is done', async () => {
  const { clock, start, underWay } = await begin()
  const { regrades, answers } = start()
  await clock.advance(0)
  const works = answers.regrade
  answers.regrade = () => Promise.reject(new Error('away'))
  void regrades.regrade('QUIZ', 'q', { accept: ['x'] })
  await clock.advance(20_000)
  expect(await underWay()).toEqual([1])
  answers.regrade = works
  await clock.advance(1_000)
  expect(await underWay()).toEqual([])
  await regrades.stop()
})

it('[Q12.4] of one quiz one regrade goes on at a time', async () => {
  const { clock, start, underWay } = await begin()
  const { regrades, answers } = start()
  await clock.advance(0)
  let underWayNow = 0
  let most = 0
  answers.regrade = async () => {
    most = Math.max(most, ++underWayNow)
    await clock.sleep(100)
    underWayNow--
    return { answers: 0, changed: 0 }
  }
  for (const word of ['x', 'y', 'z']) void regrades.regrade('QUIZ', 'q', { accept: [word] })
  await clock.advance(1_000)
  expect(most).toBe(1)
  expect(await underWay()).toEqual([])
  await regrades.stop()
})
