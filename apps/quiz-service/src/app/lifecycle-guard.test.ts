import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { type LifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { expect, it } from 'vitest'
import { createMemoryQuizStore } from '../adapters/memory-quiz-store.ts'
import { lifecycleRecord } from '../domain/events.ts'
import { draft, type Quiz } from '../domain/quiz.ts'
import { createLifecycleGuard } from './lifecycle-guard.ts'
import { createOutboxRelay } from './outbox-relay.ts'

const begin = async (replicas: number) => {
  const clock = createFakeClock(1_000_000)
  const eventLog = createMemoryEventLog({ partitions: 2, clock })
  const store = createMemoryQuizStore()
  const question = {
    question_id: 'q',
    type: 'typed' as const,
    prompt: '?',
    answer: '!',
    points: 1,
    time_limit_ms: null,
  }
  const rules = { mode: 'live', scoring: 'accuracy', feedback: 'instant', reanswer: 'allowed' } as const
  const quiz = draft({ ...rules, quizId: 'QUIZ', deckId: 'd', title: 'A quiz', questions: [question], now: 0 })
  await store.addQuiz(quiz, [question], [])
  const make = (seed: number) => {
    const random = createSeededRandom(seed)
    const [logger, metrics] = [silentLogger(), createTestMetrics()]
    const relay = createOutboxRelay({ store, eventLog, clock, logger, metrics, sweepMs: 1_000 })
    return createLifecycleGuard({ store, eventLog, relay, clock, random, logger, metrics })
  }
  const guards = Array.from({ length: replicas }, (_, i) => make(i + 1))
  return {
    ...{ clock, store, quiz, guards },
    say: (fields: Partial<Quiz>) =>
      eventLog.append([{ ...lifecycleRecord({ ...quiz, ...fields }), topic: TOPICS.lifecycle }]),
    async revisions() {
      await clock.advance(2_000)
      const seen: number[] = []
      const consumer = await eventLog.consume({
        topic: TOPICS.lifecycle,
        from: new Map([
          [0, 0],
          [1, 0],
        ]),
        onBatch: async (_, records) => {
          for (const { value } of records) seen.push((JSON.parse(value) as LifecycleEvent).revision)
        },
      })
      await consumer.caughtUp()
      await consumer.close()
      return seen
    },
  }
}
const started = async ({ clock, guards }: Awaited<ReturnType<typeof begin>>) => {
  const all = Promise.all(guards.map((guard) => guard.start()))
  await clock.advance(0)
  await all
}

it('[Q5.4] an older snapshot that comes late is followed by the newest one again, by one replica', async () => {
  const world = await begin(3)
  await started(world)
  await world.store.withQuiz('QUIZ', (work) => work.save({ ...work.quiz, state: 'open', revision: 3 }))
  await world.say({ revision: 2 })
  await world.say({ revision: 3, state: 'open' })
  await world.say({ revision: 2 })
  expect(await world.revisions()).toEqual([2, 3, 2, 3])
})

it('[Q5.4] what the topic lacks when a replica starts is published', async () => {
  const world = await begin(1)
  await world.say({ revision: 1 })
  await world.store.withQuiz('QUIZ', (work) => work.save({ ...work.quiz, state: 'open', revision: 2 }))
  await started(world)
  expect(await world.revisions()).toEqual([1, 2])
})

it('[Q5.4] nothing is published while the order is right', async () => {
  const world = await begin(2)
  await world.say({ revision: 1 })
  await started(world)
  await world.say({ revision: 1 })
  await world.say({ revision: 2 })
  await world.say({ revision: 2 })
  expect(await world.revisions()).toEqual([1, 1, 2, 2])
})
