import { createMemoryAnswerStore } from '@quizboard/answer-service/adapters/memory-answer-store.ts'
import { newPlayer, type PlayerRecord, type StoredAnswer } from '@quizboard/answer-service/domain/player.ts'
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import { createMemoryBoardStore } from '@quizboard/leaderboard-service/adapters/memory-board-store.ts'
import type { BoardRow } from '@quizboard/leaderboard-service/domain/rows.ts'
import { emptyState } from '@quizboard/leaderboard-service/ports/board-store.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { createRebuild } from './rebuild.ts'

const QUIZ = 'QUIZ'
const at = (second: number) => `2026-03-01T12:00:0${second}.000Z`
const doc = (user_id: string, n: number, score: number, held = false): StoredAnswer => ({
  ...{ quiz_id: QUIZ, user_id, question_id: `q${n}`, answer: 'x', is_correct: score > 0, score, update_ts: at(n) },
  ...{ seq: n, elapsed_ms: 1, held },
})

const begin = async () => {
  const clock = createFakeClock(0)
  const [answers, boards] = [createMemoryAnswerStore(), createMemoryBoardStore()]
  const taken = await boards.acquire(0, 'owner', 0)
  if (!taken) throw new Error('not acquired')
  const rebuild = createRebuild({ answers, boards, clock, lagMs: 2_000 })
  const store = async (user_id: string, docs: readonly StoredAnswer[], more: Partial<PlayerRecord> = {}) => {
    const total = docs.reduce((sum, { score, held }) => sum + (held ? 0 : score), 0)
    const counts = { version: 1, seq: docs.length, revision: docs.length, counted_seq: docs.length, total }
    const record = { ...newPlayer(QUIZ, user_id), ...counts, ...more }
    await answers.commit([{ record, expected_version: 0, answers: docs, results: [], events: [], at: 0 }])
  }
  const show = (user_id: string, total: number, revision: number, foreign = 0) => {
    const row: BoardRow = {
      ...{ quiz_id: QUIZ, user_id, score: total + foreign, total, revision, seq: revision, foreign, foreign_offset: 0 },
      ...{ name: null, joined_at: null, own_reached_at: null, foreign_reached_at: null },
    }
    return boards.flush(taken.fence, [row], emptyState())
  }
  /** As the relay and the owner would do it. */
  const deliver = async () => {
    const rows = await answers.outbox(100)
    for (const { event } of rows) await show(event.user_id, event.total, event.revision)
    await answers.deleteOutbox(rows.map(({ event }) => event))
    return rows.map(({ event }) => event)
  }
  const run = async <T>(work: Promise<T>): Promise<T> => {
    await clock.advance(3_000)
    return work
  }
  return { answers, clock, rebuild, store, show, deliver, run }
}

it('[Q2.1] nothing differs while answers, records and board agree; foreign points and held answers are no difference', async () => {
  const { rebuild, store, show, run } = await begin()
  await store('anna', [doc('anna', 1, 100), doc('anna', 2, 50)])
  await show('anna', 150, 2, 7)
  await store('ben', [doc('ben', 1, 100, true)], { revision: 0, counted_seq: 0 })
  await show('foreign', 0, 0, 33)
  expect(await run(rebuild.compare(QUIZ))).toEqual({ players: 3, answers: 3, differences: [] })
})

it('[Q2.1] [Q3.1] each kind of difference is found, and mended by one event that is newer than all before', async () => {
  const { answers, rebuild, store, show, deliver, run } = await begin()
  await store('1 lost on the board', [doc('1 lost on the board', 1, 100)])
  await show('1 lost on the board', 0, 0)
  await store('2 wrong on the board', [doc('2 wrong on the board', 1, 100)])
  await show('2 wrong on the board', 90, 1)
  await store('3 wrong record', [doc('3 wrong record', 1, 100)], { total: 70 })
  await show('3 wrong record', 70, 1)
  await show('4 no answers', 500, 9)
  await store('5 board ahead', [doc('5 board ahead', 1, 100)])
  await show('5 board ahead', 100, 4)
  await store('6 never seen', [doc('6 never seen', 1, 100)])
  const { differences } = await run(rebuild.compare(QUIZ))
  expect(differences.map((d) => [d.user_id, d.answers, d.record, d.board])).toEqual([
    ['1 lost on the board', 100, 100, 0],
    ['2 wrong on the board', 100, 100, 90],
    ['3 wrong record', 100, 70, 70],
    ['4 no answers', 0, 0, 500],
    ['5 board ahead', 100, 100, 100],
    ['6 never seen', 100, 100, undefined],
  ])
  expect(await answers.outbox(9)).toEqual([])

  expect(await run(rebuild.mend(QUIZ, differences))).toHaveLength(6)
  const events = await deliver()
  expect(events.map(({ score, total, revision, seq }) => [score, total, revision, seq])).toEqual([
    [0, 100, 2, 1],
    [0, 100, 2, 1],
    [30, 100, 2, 1],
    [0, 0, 10, 0],
    [0, 100, 5, 1],
    [0, 100, 2, 1],
  ])
  expect(await run(rebuild.compare(QUIZ))).toMatchObject({ players: 6, differences: [] })
  // Told again, it changes nothing.
  expect(await run(rebuild.mend(QUIZ, differences))).toEqual([])
  expect(await answers.outbox(9)).toEqual([])
})

it('[Q2.1] what is on its way is no difference', async () => {
  const { clock, rebuild, store, show } = await begin()
  await store('anna', [doc('anna', 1, 100)])
  const comparing = rebuild.compare(QUIZ)
  await clock.advance(1_000)
  await show('anna', 100, 1)
  await clock.advance(3_000)
  expect(await comparing).toMatchObject({ differences: [] })
})

it('[Q2.1] an answer that comes while a player is looked at is no difference, and is not lost by mending', async () => {
  const { answers, rebuild, store, show, deliver, run } = await begin()
  await store('anna', [doc('anna', 1, 100)], { total: 70 })
  await show('anna', 70, 1)
  const commit = answers.commit
  let isFirst = true
  const racing: AnswerStore['commit'] = async (...args) => {
    if (isFirst) {
      isFirst = false
      const record = { ...newPlayer(QUIZ, 'anna'), version: 2, seq: 2, revision: 2, total: 75, counted_seq: 2 }
      await commit([{ record, expected_version: 1, answers: [doc('anna', 2, 5)], results: [], events: [], at: 0 }])
    }
    return commit(...args)
  }
  answers.commit = racing
  const { differences } = await run(rebuild.compare(QUIZ))
  await run(rebuild.mend(QUIZ, differences))
  expect(await deliver()).toMatchObject([{ score: 30, total: 105, revision: 3, reached_at: at(2) }])
})
