import { describe, expect, it } from 'vitest'
import { compiled, questionAt, RULES, T0 } from '../testing/samples.ts'
import { correctDefinition, type Definition } from './definition.ts'
import { newPlayer, type PlayerState, type StoredAnswer } from './player.ts'
import { regradeAnswer } from './regrade.ts'

const AT = '2026-03-01T12:00:00.000Z'
const AGAIN = { revision: 1, now: T0 + 60_000 }

const doc = (more: Partial<StoredAnswer> = {}): StoredAnswer => ({
  ...{ user_id: 'anna', quiz_id: 'QUIZ', question_id: 'q2', answer: 'colour', is_correct: false, score: 0 },
  ...{ update_ts: AT, seq: 3, elapsed_ms: 10_000, held: false, ...more },
})
const state = (answer: StoredAnswer, more: Partial<PlayerState['record']> = {}): PlayerState => ({
  record: { ...newPlayer('QUIZ', 'anna'), seq: 3, revision: 2, counted_seq: 3, ...more },
  answers: new Map([[answer.question_id, answer]]),
  results: new Map(),
})
const accepting = (...accept: string[]): Definition =>
  correctDefinition(compiled('QUIZ'), [{ quiz_id: 'QUIZ', question_id: 'q2', revision: 1, answer: 'word2', accept }])
const keyed = (answer: string): Definition =>
  correctDefinition(compiled('QUIZ'), [{ quiz_id: 'QUIZ', question_id: 'q2', revision: 1, answer, accept: [] }])

describe('[Q12.2] an answer that is judged again', () => {
  it('counts once it is accepted, and tells the board with the time of the answer', () => {
    const decision = regradeAnswer(state(doc()), RULES, questionAt(accepting('Colour!'), 2), AGAIN)
    const was = { is_correct: false, score: 0 }
    const regraded = { at: '2026-03-01T12:01:00.000Z', revision: 1, was }
    expect(decision).toMatchObject({
      kind: 'changed',
      doc: { ...doc(), is_correct: true, score: 1_000, regraded },
      event: { score: 1_000, total: 1_000, revision: 3, seq: 3, answered_at: AT, reached_at: AT },
    })
    expect(decision.kind === 'changed' && decision.state.record).toMatchObject({ total: 1_000, revision: 3, seq: 3 })
  })

  it('loses its points when the key was wrong', () => {
    const before = state(doc({ answer: 'word2', is_correct: true, score: 1_000 }), { total: 1_500, reached_at: AT })
    expect(regradeAnswer(before, RULES, questionAt(keyed('colour'), 2), AGAIN)).toMatchObject({
      doc: { is_correct: false, score: 0 },
      event: { score: -1_000, total: 500, reached_at: AT },
    })
  })

  it('keeps its time under speed and its streak under streak', () => {
    const right = accepting('colour')
    const speed = regradeAnswer(state(doc()), { ...RULES, scoring: 'speed' }, questionAt(right, 2), AGAIN)
    expect(speed).toMatchObject({ doc: { score: 750 } })
    const streak = regradeAnswer(
      state(doc({ streak: 3 })),
      { ...RULES, scoring: 'streak' },
      questionAt(right, 2),
      AGAIN,
    )
    expect(streak).toMatchObject({ doc: { score: 1_300, streak: 3 } })
  })

  it('tells nobody as long as it is held', () => {
    const decision = regradeAnswer(state(doc({ held: true })), RULES, questionAt(accepting('colour'), 2), AGAIN)
    expect(decision).toMatchObject({ kind: 'changed', doc: { score: 1_000, held: true }, event: undefined })
    expect(decision.kind === 'changed' && decision.state.record).toEqual(state(doc()).record)
  })

  it('changes nothing the second time, and where its verdict stays', () => {
    const once = regradeAnswer(state(doc()), RULES, questionAt(accepting('colour'), 2), AGAIN)
    if (once.kind !== 'changed') throw new Error('it did not change')
    const twice = regradeAnswer(once.state, RULES, questionAt(accepting('colour'), 2), { revision: 2, now: T0 })
    expect(twice).toEqual({ kind: 'unchanged', doc: once.doc })
    expect(regradeAnswer(state(doc()), RULES, questionAt(keyed('else'), 2), AGAIN)).toMatchObject({ kind: 'unchanged' })
    expect(regradeAnswer(state(doc()), RULES, questionAt(keyed('else'), 1), AGAIN)).toEqual({ kind: 'unchanged' })
  })

  it('remembers its first verdict', () => {
    const once = regradeAnswer(state(doc()), RULES, questionAt(accepting('colour'), 2), AGAIN)
    if (once.kind !== 'changed') throw new Error('it did not change')
    const back = regradeAnswer(once.state, RULES, questionAt(keyed('else'), 2), { revision: 2, now: T0 })
    expect(back).toMatchObject({ doc: { score: 0, regraded: { revision: 2, was: { is_correct: false, score: 0 } } } })
  })
})

it('[Q12.1] of options only those that are accepted are right, verbatim', () => {
  const corrected = correctDefinition(compiled('QUIZ'), [
    { quiz_id: 'QUIZ', question_id: 'q1', revision: 1, answer: 'right1', accept: ['wrong1'] },
    { quiz_id: 'QUIZ', question_id: 'nobody', revision: 2, answer: 'x', accept: [] },
  ])
  const judge = (answer: string) => {
    const decision = regradeAnswer(state(doc({ question_id: 'q1', answer })), RULES, questionAt(corrected, 1), AGAIN)
    return decision.kind === 'changed'
  }
  expect(['wrong1', 'right1', 'WRONG1'].map(judge)).toEqual([true, true, false])
})
