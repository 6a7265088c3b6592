import { expect, it } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import { createHarness, resultOf } from '../testing/harness.ts'

const ACCEPTING = { quiz_id: 'QUIZ', question_id: 'q2', revision: 1, answer: 'word2', accept: ['nonsense'] }
const USERS = ['anna', 'ben', 'cleo', 'dan', 'eve']

const begin = async (options: Parameters<typeof createHarness>[0] = {}) => {
  const harness = await createHarness({ ...options, settings: { regradeBatch: 2 } })
  const quiz = await harness.quiz()
  await quiz.say({ state: 'running', position: 2 })
  return { harness, quiz }
}
const regradeAll = async ({ app, settle }: Awaited<ReturnType<typeof createHarness>>, correction = ACCEPTING) => {
  const sum = { answers: 0, changed: 0 }
  for (let after: string | undefined, more = true; more; ) {
    const page = app.regrade(correction, after)
    await settle()
    const { answers, changed, next } = await page
    sum.answers += answers
    sum.changed += changed
    after = next
    more = next !== undefined
  }
  return sum
}

it('[Q12.1] [Q12.2] every answer to the question is judged again, page by page, and the boards learn it once', async () => {
  const { harness, quiz } = await begin()
  for (const [i, user] of USERS.entries()) await quiz.answer(user, 2, i === 0)
  await quiz.answer('anna', 1, false)
  expect(await regradeAll(harness)).toEqual({ answers: 5, changed: 4 })
  // Again, as after a lost reply: it tells the same, and nothing moves.
  expect(await regradeAll(harness)).toEqual({ answers: 5, changed: 4 })
  const totals = new Map((await harness.scores()).map(({ user_id, total }) => [user_id, total]))
  expect(totals).toEqual(new Map(USERS.map((user) => [user, 1_000])))
  expect(await harness.scores()).toHaveLength(9)
  const { answers } = await harness.app.read.forHost('QUIZ', { limit: 9, question_id: 'q2', user_id: 'ben' })
  expect(answers).toMatchObject([
    { is_correct: true, score: 1_000, regraded: { was: { is_correct: false, score: 0 } } },
  ])
})

it('[Q12.1] answers that come afterwards are judged by the corrected key, also after a restart', async () => {
  const store = createMemoryAnswerStore()
  const { harness, quiz } = await begin({ store })
  await regradeAll(harness)
  expect(resultOf(await quiz.answer('anna', 2, false))).toMatchObject({ is_correct: true, total: 1_000 })
  const { eventLog, clock } = harness
  const second = await createHarness({ store, eventLog, clock })
  const call = { quiz_id: 'QUIZ', question_id: 'q2', answer: 'nonsense' }
  const outcome = second.app.submit({ ...call, user_id: 'ben' })
  await second.settle()
  expect(resultOf(await outcome)).toMatchObject({ is_correct: true })
})

it('[Q12.3] an answer on its way when the key is corrected is judged again after it', async () => {
  const inner = createMemoryAnswerStore()
  let go = () => {}
  let held: Promise<void> | undefined
  const store: AnswerStore = {
    ...inner,
    async commit(...args) {
      await held
      return inner.commit(...args)
    },
  }
  const { harness, quiz } = await begin({ store })
  held = new Promise((resolve) => {
    go = resolve
  })
  const answer = quiz.answer('anna', 2, false)
  await harness.settle()
  const page = harness.app.regrade(ACCEPTING)
  await harness.settle()
  held = undefined
  go()
  await harness.settle()
  expect(resultOf(await answer)).toMatchObject({ is_correct: false, total: 0 })
  expect(await page).toEqual({ answers: 1, changed: 1 })
  expect((await harness.scores()).map(({ total }) => total)).toEqual([0, 1_000])
})

it('[Q12.3] [Q12.4] a page that comes to a replica which was not told of the correction is judged by it all the same', async () => {
  const store = createMemoryAnswerStore()
  const { harness, quiz } = await begin({ store })
  for (const user of USERS) await quiz.answer(user, 2, false)
  // Another replica has stored it, and fenced this one, which has the old key in memory and does not know yet.
  await store.correct(ACCEPTING)
  const page = harness.app.regrade(ACCEPTING, 'ben')
  await harness.settle()
  expect(await page).toEqual({ answers: 2, changed: 2, next: 'dan' })
})

it('[Q8.1] a repeat of an answer gets its first result, whatever was regraded since', async () => {
  const { harness, quiz } = await begin()
  const first = resultOf(await quiz.answer('anna', 2, false, 'id'))
  await regradeAll(harness)
  expect(resultOf(await quiz.answer('anna', 2, false, 'id'))).toEqual(first)
})

it('[Q7.4] under reveal nothing is told before the question closes, and then the corrected verdict', async () => {
  const harness = await createHarness()
  const quiz = await harness.quiz('QUIZ', { feedback: 'reveal' })
  await quiz.say({ state: 'running', position: 2 })
  await quiz.answer('anna', 2, false)
  await quiz.answer('ben', 2, true)
  expect(await regradeAll(harness)).toEqual({ answers: 2, changed: 1 })
  expect(await harness.scores()).toEqual([])
  await quiz.closeQuestion(2)
  const scores = await harness.scores()
  expect(scores.map(({ user_id, total }) => [user_id, total])).toEqual([
    ['anna', 1_000],
    ['ben', 1_000],
  ])
})

it('[Q9.3] a correction of a quiz that is not known here is refused for the moment, and stored', async () => {
  const harness = await createHarness()
  await harness.store.commit([
    {
      record: {
        ...{ quiz_id: 'QUIZ', user_id: 'anna', version: 1, seq: 1, revision: 0, total: 0 },
        counted_seq: 0,
        reached_at: null,
      },
      ...{ expected_version: 0, results: [], events: [], at: 0 },
      answers: [
        {
          ...{ quiz_id: 'QUIZ', user_id: 'anna', question_id: 'q2', answer: 'x', is_correct: false, score: 0, seq: 1 },
          ...{ update_ts: '2026-03-01T12:00:00.000Z', elapsed_ms: 0, held: false },
        },
      ],
    },
  ])
  const page = harness.app.regrade(ACCEPTING).catch((error: Error) => error.name)
  await harness.clock.advance(5_000)
  expect(await page).toBe('StoreUnavailable')
  expect(await harness.store.corrections('QUIZ')).toEqual([ACCEPTING])
})
