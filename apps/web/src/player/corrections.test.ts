import { describe, expect, it } from 'vitest'
import { initialState } from '../live/state.ts'
import { correctionNote, correctionText, isUnexplained, judgedAgain } from './corrections.ts'
import type { OwnAnswer } from './own-answer.ts'

const own = (question_id: string, score: number, more: Partial<OwnAnswer> = {}): OwnAnswer => ({
  question_id,
  answer: 'x',
  seq: 1,
  is_correct: score > 0,
  score,
  ...more,
})
const wasWrong = { at: '2026-01-01T00:00:00.000Z', was: { is_correct: false, score: 0 } }
const map = (...answers: OwnAnswer[]) => new Map(answers.map((each) => [each.question_id, each]))

describe('[Q11.8] a corrected key', () => {
  it('shows in a score that the own answers do not add up to', () => {
    const you = (score: number) => ({
      ...initialState,
      you: { type: 'you' as const, quiz_id: 'q', epoch: 1, version: 1, rank: 1, score },
    })
    const answers = map(own('a', 1000), own('b', 0))
    expect(isUnexplained({ answers, pending: [], live: you(1000) })).toBe(false)
    expect(isUnexplained({ answers, pending: [], live: you(2000) })).toBe(true)
    expect(isUnexplained({ answers: undefined, pending: [], live: you(2000) })).toBe(false)
    expect(isUnexplained({ answers, pending: [], live: initialState })).toBe(false)
    const pending = [{ question_id: 'c', answer: 'x', answer_id: 'i' }]
    expect(isUnexplained({ answers, pending, live: you(2000) })).toBe(false)
  })

  it('is told once for each answer that got another verdict since, and not for what was loaded first', () => {
    const before = map(own('a', 0), own('b', 0))
    const corrected = own('a', 1000, { regraded: wasWrong })
    expect(judgedAgain(before, map(corrected, own('b', 0)))).toEqual([corrected])
    expect(judgedAgain(map(corrected), map(corrected))).toEqual([])
    expect(judgedAgain(undefined, map(corrected))).toEqual([])
    const again = own('a', 0, { regraded: { ...wasWrong, at: '2026-01-01T00:00:01.000Z' } })
    expect(judgedAgain(map(corrected), map(again))).toEqual([again])
  })

  it('is said in words', () => {
    const right = own('a', 1000, { regraded: wasWrong })
    expect(correctionText([right], () => 2)).toBe(
      'Points corrected by the teacher: question 2 now counts as right, 1,000 points.',
    )
    const wrong = own('a', 0, { regraded: { ...wasWrong, was: { is_correct: true, score: 500 } } })
    expect(correctionText([wrong], () => undefined)).toBe(
      'Points corrected by the teacher: an answer of yours now counts as wrong, 0 points.',
    )
    expect(correctionText([right, wrong], () => 1)).toBe('Points corrected by the teacher in 2 questions.')
  })

  it('stays noted at the answer, as long as its verdict is another one than the first', () => {
    expect(correctionNote(own('a', 1000, { regraded: wasWrong }))).toBe(
      'Points corrected by the teacher: it was wrong, 0 points.',
    )
    expect(correctionNote(own('a', 0, { regraded: wasWrong }))).toBeUndefined()
    expect(correctionNote(own('a', 0))).toBeUndefined()
  })
})
