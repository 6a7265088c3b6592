import type { Deck } from '@quizboard/shared/contracts/rest.ts'
import { describe, expect, it } from 'vitest'
import { bodyOf, type DeckDraft, draftOf, emptyDraft, moved, withoutOption } from './deck-draft.ts'
import { fromServer, problemsOf, withoutField } from './deck-problems.ts'

const deck: Pick<Deck, 'title' | 'questions'> = {
  title: 'Words',
  questions: [
    {
      question_id: 'a',
      type: 'choice',
      prompt: 'Which?',
      options: ['x', 'y', 'z'],
      answer: 'y',
      points: 500,
      time_limit_ms: 2500,
    },
    {
      question_id: 'b',
      type: 'typed',
      prompt: 'What?',
      answer: 'ten',
      accept: ['10', 'Ten!'],
      points: 0,
      time_limit_ms: null,
    },
  ],
}
const keys = () => {
  let count = 0
  return () => `k${count++}`
}
const draft = (): DeckDraft => draftOf(deck, keys())

describe('the draft of a deck', () => {
  it('[Q11.4] gives back the deck it was made from', () => {
    expect(bodyOf(draft())).toEqual(deck)
  })

  it('[Q11.4] keeps the mark on its option when another is removed, and loses it with its own', () => {
    const [question] = draft().questions
    if (!question) throw new Error('no question')
    expect(withoutOption(question, 0)).toMatchObject({ options: ['y', 'z'], right: 0 })
    expect(withoutOption(question, 2)).toMatchObject({ options: ['x', 'y'], right: 1 })
    expect(withoutOption(question, 1)).toMatchObject({ options: ['x', 'z'], right: -1 })
  })

  it('[Q11.4] moves a question up and down', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a'], 5, 0)).toEqual(['a'])
  })
})

describe('what is wrong in a draft', () => {
  it('[Q9.1] finds nothing in a good one, and every gap of an empty one', () => {
    expect(problemsOf(draft())).toEqual(new Map())
    const found = problemsOf(emptyDraft(keys()))
    expect([...found.keys()]).toEqual([
      'title',
      'k0/prompt',
      'k0/options/0',
      'k0/options/1',
      'k0/options/2',
      'k0/options/3',
      'k0/answer',
    ])
  })

  it('[Q9.1] finds repeated options, and numbers that are none or out of range', () => {
    const [first, second] = draft().questions
    if (!first || !second) throw new Error('no questions')
    const found = problemsOf({
      title: 'x'.repeat(101),
      questions: [
        { ...first, options: ['x', 'y', ' x '], points: '10001' },
        { ...second, points: '1.5', limit: 'soon' },
      ],
    })
    expect([...found.keys()]).toEqual(['title', 'k0/options/2', 'k0/points', 'k1/points', 'k1/time_limit_ms'])
  })

  it('[Q9.1] puts the server’s problems at their fields by JSON pointer, also after the question has moved', () => {
    const { problems, rest } = fromServer(draft(), [
      { pointer: '/title', detail: 'must have at most 100 characters' },
      { pointer: '/questions/0/options/1', detail: 'must have at least 1 character' },
      { pointer: '/questions/1/accept/0', detail: 'is too long.' },
      { pointer: '/questions/9/prompt', detail: 'is missing' },
      { pointer: '/elsewhere', detail: 'unknown field' },
    ])
    expect(Object.fromEntries(problems)).toEqual({
      title: 'Must have at most 100 characters.',
      'k0/options/1': 'Must have at least 1 character.',
      'k1/accept': 'Is too long.',
      questions: 'Is missing.',
    })
    expect(rest).toEqual(['unknown field'])
    expect(withoutField(problems, 'title').has('title')).toBe(false)
  })
})
