import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import { expect, it } from 'vitest'
import { type DeadLetter, placeOf } from './dead-letter.ts'
import { planReplay } from './mended-letters.ts'

const letter = (offset: number, topic: string = TOPICS.scores): DeadLetter => ({
  ...{ reason: 'invalid', detail: 'score: it is no number', topic, partition: 2, offset, timestamp: 1_000 },
  ...{ key: null, value: '{"quiz_id":"QUIZ"' },
})
const LETTERS = new Map([letter(7), letter(8), letter(7, TOPICS.players)].map((each) => [placeOf(each), each]))
const DELTA = { quiz_id: 'QUIZ', user_id: 'anna', score: 5 }
const plan = (...lines: unknown[]) =>
  planReplay(lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'), LETTERS, 4)
const at = (offset: number, mended: unknown, topic: string = TOPICS.scores) => ({
  ...{ topic, partition: 2, offset, mended },
  detail: 'what else is in the line is ignored',
})

it('[Q3.6] a mended delta goes to where its record lay, whatever its quiz, and says so', () => {
  const replay_of = { partition: 2, offset: 7, timestamp: 1_000 }
  const value = JSON.stringify({ ...DELTA, replay_of })
  for (const mended of [DELTA, JSON.stringify(DELTA)])
    expect(plan(at(7, mended), '', at(8, null))).toEqual({
      sendings: [{ topic: TOPICS.scores, partition: 2, key: 'QUIZ', value }],
      counted: [{ partition: 2, offset: 7 }],
      ...{ left: 1, problems: [] },
    })
  const moved = { ...DELTA, origin: { partition: 0, offset: 3, timestamp: 5 } }
  expect(plan(at(7, moved)).sendings[0]?.value).toBe(value)
})

it('[Q3.6] what counts once by itself goes to its quiz', () => {
  const partition = partitionOf('QUIZ', 4)
  const own = { ...DELTA, total: 9, seq: 1, revision: 1, answered_at: '2026-03-01T12:00:00.000Z' }
  const join = { quiz_id: 'QUIZ', user_id: 'anna', name: 'Anna', joined_at: '2026-03-01T12:00:00.000Z' }
  expect(plan(at(7, own), at(7, join, TOPICS.players))).toEqual({
    sendings: [
      { topic: TOPICS.scores, partition, key: 'QUIZ', value: JSON.stringify(own) },
      { topic: TOPICS.players, partition, key: 'QUIZ/anna', value: JSON.stringify(join) },
    ],
    ...{ counted: [], left: 0, problems: [] },
  })
})

it.each<[string, unknown, string]>([
  ['is not JSON', '{"topic"', 'is not JSON: '],
  ['lacks a field', { topic: TOPICS.scores, partition: 2, offset: 7 }, 'mended: '],
  ['has a wrong field', { ...at(7, DELTA), offset: '7' }, 'offset: '],
  ['is of no letter', at(9, DELTA), 'no dead letter is about quiz.scores 2/9'],
  ['is not mended', at(7, { ...DELTA, score: 'x' }), 'mended: score: '],
  ['is no JSON inside', at(7, '{"quiz_id":'), 'mended: the value is not a JSON object'],
  ['is no join', at(7, DELTA, TOPICS.players), 'mended: name: '],
])('[Q9.1] a line that %s is told with its number, and nothing is sent', (_, line, detail) => {
  const { problems } = plan(at(8, null), line)
  expect(problems).toEqual([{ line: 2, detail: expect.stringContaining(detail) }])
  expect(problems[0]?.detail.startsWith(detail)).toBe(true)
})

it('[Q3.6] a letter is sent once from one file', () => {
  expect(plan(at(7, DELTA), at(7, { ...DELTA, score: 6 })).problems).toEqual([
    { line: 2, detail: 'quiz.scores 2/7 is there twice' },
  ])
})
