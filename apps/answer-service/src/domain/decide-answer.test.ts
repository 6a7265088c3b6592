import { describe, expect, it } from 'vitest'
import { answerTo, compiled, questionAt, RULES, T0 } from '../testing/samples.ts'
import { type AnswerDecision, decideAnswer, type Rules, type Submission } from './decide-answer.ts'
import { newPlayer, type PlayerState } from './player.ts'
import { releaseHeld } from './release.ts'

const definition = compiled('QUIZ')
const fresh = (): PlayerState => ({ record: newPlayer('QUIZ', 'anna'), answers: new Map(), results: new Map() })

interface Given extends Partial<Submission> {
  at?: number
  right?: boolean
  rules?: Partial<Rules>
}
const decide = (state: PlayerState, position: number, given: Given = {}): AnswerDecision => {
  const { at = 1_000, right = true, rules, ...submission } = given
  return decideAnswer(state, { ...RULES, ...rules }, definition, questionAt(definition, position), {
    answer: answerTo(position, right),
    answer_id: undefined,
    received_at: T0 + at,
    opened_at: T0,
    ...submission,
  })
}
const accept = (state: PlayerState, position: number, given: Given = {}) => {
  const decision = decide(state, position, given)
  if (decision.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(decision)}`)
  return decision
}
const release = (state: PlayerState, id: string) => {
  const released = releaseHeld(state, id)
  if (released.kind !== 'released') throw new Error(`not held: ${id}`)
  return released
}

describe('an accepted answer', () => {
  it('[Q1.2] gives the whole of it: document, seq, total, result and event', () => {
    const { state, doc, result, event } = accept(fresh(), 1, { answer_id: 'a1' })
    expect(doc).toEqual({
      user_id: 'anna',
      quiz_id: 'QUIZ',
      question_id: 'q1',
      answer: 'right1',
      is_correct: true,
      score: 1_000,
      update_ts: '2026-03-01T12:00:01.000Z',
      seq: 1,
      elapsed_ms: 1_000,
      held: false,
    })
    expect(result).toEqual({ question_id: 'q1', seq: 1, is_correct: true, score: 1_000, total: 1_000 })
    expect(event).toEqual({
      quiz_id: 'QUIZ',
      user_id: 'anna',
      score: 1_000,
      question_id: 'q1',
      total: 1_000,
      seq: 1,
      revision: 1,
      answered_at: '2026-03-01T12:00:01.000Z',
      reached_at: '2026-03-01T12:00:01.000Z',
    })
    expect(state.record).toMatchObject({ seq: 1, revision: 1, total: 1_000, counted_seq: 1, version: 0 })
    expect(state.results.get('a1')).toEqual(result)
  })

  it('[Q2.5] that is worse than the one before counts; the event tells the difference', () => {
    const first = accept(fresh(), 1)
    const second = accept(first.state, 1, { right: false, at: 2_000 })
    expect(second.event).toMatchObject({ score: -1_000, total: 0, seq: 2, revision: 2 })
    expect(second.state.record.reached_at).toBe('2026-03-01T12:00:02.000Z')
    expect(second.state.answers.size).toBe(1)
  })

  it('[Q3.1] raises seq and revision also where no points moved, and keeps when the total was reached', () => {
    const first = accept(fresh(), 1)
    const second = accept(first.state, 1, { at: 5_000 })
    expect(second.event).toMatchObject({
      score: 0,
      total: 1_000,
      seq: 2,
      revision: 2,
      answered_at: '2026-03-01T12:00:05.000Z',
    })
    expect(second.event?.reached_at).toBe('2026-03-01T12:00:01.000Z')
    const wrong = accept(fresh(), 1, { right: false })
    expect(wrong.event).toMatchObject({ score: 0, total: 0, revision: 1 })
    expect(wrong.event).not.toHaveProperty('reached_at')
  })

  it('[Q2.6] has events whose scores add up to the total', () => {
    let state = fresh()
    let sum = 0
    const tries: [number, boolean][] = [
      [1, true],
      [2, false],
      [2, true],
      [1, false],
      [3, true],
      [3, true],
      [1, true],
    ]
    for (const [position, right] of tries) {
      const accepted = accept(state, position, { right, rules: { scoring: 'streak' } })
      sum += accepted.event?.score ?? 0
      state = accepted.state
      expect(sum).toBe(accepted.event?.total)
    }
    expect(state.record.total).toBe([...state.answers.values()].reduce((total, { score }) => total + score, 0))
  })

  it('does not change the state that it was decided on', () => {
    const state = fresh()
    accept(state, 1, { answer_id: 'a' })
    expect(state).toEqual(fresh())
  })
})

describe('time', () => {
  it('[Q2.3] of an answer is what the server measured since the question opened', () => {
    const { doc } = accept(fresh(), 1, { at: 5_000, rules: { scoring: 'speed' } })
    expect(doc).toMatchObject({ elapsed_ms: 5_000, score: 875 })
  })
  it('[Q2.3] is never negative, nor less than that of the answer that is replaced: a re-answer gains nothing', () => {
    const rules = { scoring: 'speed' as const }
    expect(accept(fresh(), 1, { at: -300, rules }).doc).toMatchObject({ elapsed_ms: 0, score: 1_000 })
    const slow = accept(fresh(), 1, { at: 10_000, right: false, rules })
    expect(accept(slow.state, 1, { at: 500, rules }).doc).toMatchObject({ elapsed_ms: 10_000, score: 750 })
  })
})

describe('[Q2.4] a streak', () => {
  const rules = { scoring: 'streak' as const }
  it('counts the questions directly before in deck order whose latest answer is right', () => {
    let state = fresh()
    for (const position of [1, 2, 3]) state = accept(state, position, { rules }).state
    expect(accept(state, 4, { rules }).doc).toMatchObject({ streak: 3, score: 1_300 })
    expect(accept(state, 5, { rules }).doc).toMatchObject({ streak: 0, score: 1_000 })
    state = accept(state, 2, { right: false, rules }).state
    expect(accept(state, 4, { rules }).doc).toMatchObject({ streak: 1, score: 1_100 })
  })
  it('is frozen: a later re-answer of an earlier question re-scores that one only', () => {
    let state = fresh()
    for (const position of [1, 2]) state = accept(state, position, { rules }).state
    const later = accept(state, 1, { right: false, rules })
    expect(later.event?.score).toBe(-1_000)
    expect(later.state.answers.get('q2')).toMatchObject({ streak: 1, score: 1_100 })
  })
  it('is in the document also of a wrong answer, uncapped, and only under this scoring', () => {
    const long = compiled('QUIZ', {}, 9)
    let state = fresh()
    for (let position = 1; position <= 9; position++) {
      const decision = decideAnswer(state, { ...RULES, ...rules }, long, questionAt(long, position), {
        answer: answerTo(position, position < 9),
        answer_id: undefined,
        received_at: T0,
        opened_at: T0,
      })
      if (decision.kind === 'accepted') state = decision.state
    }
    expect(state.answers.get('q8')).toMatchObject({ streak: 7, score: 1_500 })
    expect(state.answers.get('q9')).toMatchObject({ streak: 8, score: 0, is_correct: false })
    expect(accept(fresh(), 1).doc).not.toHaveProperty('streak')
  })
})

describe('[Q8.1] the same answer_id', () => {
  it('gets the first result, whatever it says now', () => {
    const first = accept(fresh(), 1, { answer_id: 'same' })
    const other = accept(first.state, 1, { answer_id: 'other', right: false })
    expect(decide(other.state, 2, { answer_id: 'same', right: false })).toEqual({
      kind: 'repeated',
      result: first.result,
    })
  })
  it('is looked for before a second answer is refused', () => {
    const rules = { reanswer: 'never' as const }
    const first = accept(fresh(), 1, { answer_id: 'same', rules })
    expect(decide(first.state, 1, { answer_id: 'same', rules })).toEqual({ kind: 'repeated', result: first.result })
    for (const answer_id of ['other', undefined])
      expect(decide(first.state, 1, { answer_id, rules })).toEqual({ kind: 'refused', code: 'answer/already_given' })
  })
})

describe('[Q7.4] under reveal', () => {
  const rules = { feedback: 'reveal' as const }
  it('a right and a wrong answer give the same result, no event, and move seq alone', () => {
    const [right, wrong] = [true, false].map((is) => accept(fresh(), 1, { right: is, rules }))
    expect(right?.result).toEqual({ question_id: 'q1', seq: 1 })
    expect(right?.result).toEqual(wrong?.result)
    for (const each of [right, wrong]) {
      expect(each?.event).toBeUndefined()
      expect(each?.state.record).toMatchObject({ seq: 1, revision: 0, total: 0, counted_seq: 0, reached_at: null })
      expect(each?.doc.held).toBe(true)
    }
  })
  it('the latest answer is counted once when the question is closed, with its own seq and time', () => {
    const first = accept(fresh(), 1, { rules, right: false })
    const second = accept(first.state, 1, { rules, at: 3_000 })
    const { state, doc, event } = release(second.state, 'q1')
    expect(event).toEqual({
      quiz_id: 'QUIZ',
      user_id: 'anna',
      score: 1_000,
      question_id: 'q1',
      total: 1_000,
      seq: 2,
      revision: 1,
      answered_at: '2026-03-01T12:00:03.000Z',
      reached_at: '2026-03-01T12:00:03.000Z',
    })
    expect(doc).toEqual({ ...second.doc, held: false })
    expect(releaseHeld(state, 'q1')).toEqual({ kind: 'none' })
    expect(releaseHeld(state, 'q2')).toEqual({ kind: 'none' })
  })
  it('an answer of no points has its event too', () => {
    const { event } = release(accept(fresh(), 1, { rules, right: false }).state, 'q1')
    expect(event).toMatchObject({ score: 0, total: 0, seq: 1, revision: 1 })
  })
  it('neither seq nor the time of the total go back when questions are counted in another order', () => {
    const first = accept(fresh(), 1, { rules, at: 1_000 })
    const second = accept(first.state, 2, { rules, at: 2_000 })
    const later = release(second.state, 'q2')
    const earlier = release(later.state, 'q1')
    expect(later.event).toMatchObject({ seq: 2, revision: 1, reached_at: '2026-03-01T12:00:02.000Z' })
    expect(earlier.event).toMatchObject({ seq: 2, revision: 2, total: 2_000, reached_at: '2026-03-01T12:00:02.000Z' })
  })
})
