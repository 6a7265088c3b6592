import { expect, it } from 'vitest'
import { newPlayer, type StoredAnswer } from '../../domain/player.ts'
import type { PlayerChange } from '../../ports/answer-store.ts'
import { playerKey } from './keys.ts'
import { createKnownPlayers } from './known-players.ts'

const answer = (user_id: string, question_id: string): StoredAnswer => ({
  ...{ user_id, quiz_id: 'QUIZ', question_id, answer: 'a', is_correct: true, score: 1 },
  ...{ update_ts: '2026-03-01T12:00:00.000Z', seq: 1, elapsed_ms: 1, held: false },
})
const change = (user_id: string, from: number, question: string): PlayerChange => ({
  record: { ...newPlayer('QUIZ', user_id), version: from + 1 },
  expected_version: from,
  answers: [answer(user_id, question)],
  results: [{ answer_id: `id ${question}`, result: { question_id: question, seq: 1 } }],
  events: [],
  at: 1,
})
const key = (user_id: string, question_ids: string[] | 'all' = 'all', answer_ids: string[] = []) => ({
  ...{ quiz_id: 'QUIZ', user_id, question_ids, answer_ids },
})
const anna = playerKey(key('anna'))

it('[Q1.2] a player is known from the first commit on, with everything that was asked for and nothing else', () => {
  const known = createKnownPlayers(100)
  expect(known.state(key('anna'))).toBeUndefined()
  known.committed(change('anna', 0, 'q1'))
  known.committed(change('anna', 1, 'q2'))
  const state = known.state(key('anna', ['q2', 'q9'], ['id q1', 'id q9']))
  expect(state?.record.version).toBe(2)
  expect([...(state?.answers.keys() ?? [])]).toEqual(['q2'])
  expect([...(state?.results.keys() ?? [])]).toEqual(['id q1'])
  expect([...(known.state(key('anna'))?.answers.keys() ?? [])]).toEqual(['q1', 'q2'])
  expect([known.isFirst(anna, 'q1'), known.isFirst(anna, 'q9')]).toEqual([false, true])
})

it('[Q1.2] one whose first commit was made elsewhere is not known', () => {
  const known = createKnownPlayers(100)
  known.committed(change('anna', 1, 'q1'))
  expect(known.state(key('anna'))).toBeUndefined()
  expect(known.isFirst(anna, 'q9')).toBe(false)
})

it('[Q1.2] after a conflict, or when a commit may have gone through, the player is read again', () => {
  const known = createKnownPlayers(100)
  known.committed(change('anna', 0, 'q1'))
  known.unsure(anna)
  expect(known.state(key('anna'))).toBeUndefined()
  known.committed(change('anna', 0, 'q1'))
  known.conflicted(anna)
  known.committed(change('anna', 0, 'q1'))
  expect(known.state(key('anna'))).toBeUndefined()
})

it('[Q9] those used last are kept', () => {
  const known = createKnownPlayers(7)
  for (const user of ['anna', 'ben']) known.committed(change(user, 0, 'q1'))
  known.state(key('anna'))
  known.committed(change('cleo', 0, 'q1'))
  expect(['anna', 'ben', 'cleo'].map((user) => known.state(key(user)) !== undefined)).toEqual([true, false, true])
})
