import { describe, expect, it } from 'vitest'
import { parsePlayerRecord } from './player-records.ts'
import { parseScoreRecord } from './score-records.ts'

const OWN = {
  quiz_id: 'Q',
  user_id: 'u',
  score: 500,
  total: 700,
  seq: 2,
  revision: 3,
  answered_at: '2026-05-01T12:00:00.250Z',
}
const FOREIGN = { quiz_id: 'Q', user_id: 'u', score: -5 }
const parse = (value: unknown) => parseScoreRecord(JSON.stringify(value))

describe('records of quiz.scores', () => {
  it('[Q3.1] an event with a revision is our own', () => {
    expect(parse({ ...OWN, reached_at: '2026-05-01T12:00:00.000Z', question_id: 'x', later: 1 })).toEqual({
      kind: 'own',
      quizId: 'Q',
      event: { userId: 'u', total: 700, seq: 2, revision: 3, reachedAt: Date.UTC(2026, 4, 1, 12) },
    })
    expect(parse(OWN)).toMatchObject({ event: { reachedAt: null } })
  })

  it('[Q3.2] three fields alone are a foreign delta', () => {
    expect(parse(FOREIGN)).toEqual({ kind: 'foreign', quizId: 'Q', userId: 'u', score: -5 })
    expect(parse({ ...FOREIGN, user_id: '__proto__', score: 1e9 })).toMatchObject({ userId: '__proto__', score: 1e9 })
    expect(parseScoreRecord('{"quiz_id":"Q","user_id":"u","score":5.0,"score":6e0}')).toMatchObject({ score: 6 })
  })

  it('[Q3.3] a moved delta says where it lay', () => {
    const origin = { partition: 3, offset: 8, timestamp: 1000 }
    expect(parse({ ...FOREIGN, origin })).toEqual({ kind: 'moved', quizId: 'Q', event: { ...FOREIGN, origin } })
  })

  it.each<[string, string]>([
    ['', 'not_json'],
    ['{', 'not_json'],
    ['null', 'not_json'],
    ['[1]', 'not_json'],
    ['"text"', 'not_json'],
    ['{}', 'unknown_shape'],
    [JSON.stringify({ ...FOREIGN, extra: 1 }), 'unknown_shape'],
    [JSON.stringify({ quiz_id: 'Q', score: 1 }), 'unknown_shape'],
    ['{"quiz_id":"Q","user_id":"u","score":1,"__proto__":{}}', 'unknown_shape'],
    [JSON.stringify({ ...FOREIGN, score: 0.5 }), 'invalid'],
    [JSON.stringify({ ...FOREIGN, score: 1_000_000_001 }), 'invalid'],
    [JSON.stringify({ ...FOREIGN, score: '5' }), 'invalid'],
    ['{"quiz_id":"Q","user_id":"u","score":1e999}', 'invalid'],
    [JSON.stringify({ ...FOREIGN, user_id: '' }), 'invalid'],
    [JSON.stringify({ ...FOREIGN, user_id: 'x'.repeat(201) }), 'invalid'],
    [JSON.stringify({ ...FOREIGN, user_id: 'a\0b' }), 'invalid'],
    ['{"quiz_id":"Q","user_id":"\\ud800","score":1}', 'invalid'],
    [JSON.stringify({ ...FOREIGN, origin: { partition: 1 } }), 'invalid'],
    [JSON.stringify({ ...OWN, total: 0.5 }), 'invalid'],
    [JSON.stringify({ ...OWN, total: 2 ** 53 }), 'invalid'],
    [JSON.stringify({ ...OWN, revision: 0 }), 'invalid'],
    [JSON.stringify({ ...OWN, seq: -1 }), 'invalid'],
    [JSON.stringify({ ...OWN, answered_at: 'soon' }), 'invalid'],
    [JSON.stringify({ ...OWN, reached_at: 'then' }), 'invalid'],
    [JSON.stringify({ ...OWN, quiz_id: 'q'.repeat(201) }), 'invalid'],
    [JSON.stringify({ ...OWN, user_id: undefined }), 'invalid'],
    ['['.repeat(50_000), 'not_json'],
  ])('[Q3.5] %.80s is malformed: %s', (value, reason) => {
    const record = parseScoreRecord(value)
    expect(record).toMatchObject({ kind: 'malformed', reason })
    if (record.kind === 'malformed') expect(record.detail.length).toBeGreaterThan(5)
  })
})

describe('records of quiz.players', () => {
  const JOIN = { quiz_id: 'Q', user_id: 'u', name: 'Anna', joined_at: '2026-05-01T12:00:00.000Z' }
  it('[Q2] a join has a name and a time', () => {
    expect(parsePlayerRecord(JSON.stringify(JOIN))).toEqual({
      kind: 'join',
      quizId: 'Q',
      join: { userId: 'u', name: 'Anna', joinedAt: Date.UTC(2026, 4, 1, 12) },
    })
  })
  it.each([{ ...JOIN, joined_at: 'x' }, { ...JOIN, user_id: '' }, { ...JOIN, name: 5 }, 7])(
    '[Q3.5] %j is none',
    (value) => {
      expect(parsePlayerRecord(JSON.stringify(value)).kind).toBe('malformed')
    },
  )
})
