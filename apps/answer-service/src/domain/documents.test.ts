import { describe, expect, it } from 'vitest'
import { hostDocument, playerDocument } from './documents.ts'
import type { StoredAnswer } from './player.ts'

const stored: StoredAnswer = {
  user_id: 'anna',
  quiz_id: 'QUIZ',
  question_id: 'q1',
  answer: 'x',
  is_correct: true,
  score: 1_100,
  update_ts: '2026-03-01T12:00:01.000Z',
  seq: 1,
  elapsed_ms: 1_000,
  streak: 1,
  held: true,
}
const { held: _, ...whole } = stored

describe('an answer document', () => {
  it('[Q7.1] is whole for the host; the key is there once it is given', () => {
    expect(hostDocument(stored, undefined)).toEqual(whole)
    expect(hostDocument(stored, 'key')).toEqual({ ...whole, key: 'key' })
  })
  it('[Q7.4] under reveal tells the player nothing that depends on the key or on time before the close', () => {
    const shown = playerDocument(stored, 'reveal', undefined)
    expect(Object.keys(shown)).toEqual(['user_id', 'quiz_id', 'question_id', 'answer', 'update_ts', 'seq'])
    expect(playerDocument({ ...stored, is_correct: false, score: 0 }, 'reveal', undefined)).toEqual(shown)
    expect(playerDocument(stored, 'reveal', 'key')).toEqual({ ...whole, key: 'key' })
  })
  it('is whole for its player under instant feedback, the same bytes as the host’s', () => {
    expect(JSON.stringify(playerDocument(stored, 'instant', undefined))).toBe(
      JSON.stringify(hostDocument(stored, undefined)),
    )
  })
})
