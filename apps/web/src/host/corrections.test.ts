import { describe, expect, it } from 'vitest'
import type { Correction, Key, Regrade } from '../api/host.ts'
import { changesOf, effectOf, variantsOf } from './corrections.ts'
import type { AnswerGroup } from './tally.ts'

const group = (answer: string, count: number, isCorrect = false): AnswerGroup => ({ answer, count, isCorrect })
const typed = {}
const choice = { options: ['Owl', 'owl', 'bat'] }
const key: Key = { answer: 'decade', accept: ['ten years'] }

describe('[Q11.7] what was answered', () => {
  it('of a typed question: the key, then the most frequent, spellings judged as one together, then what else would be right', () => {
    const groups = [group('century', 4), group(' DÉCADE! ', 3, true), group('decades', 1)]
    expect(variantsOf(typed, key, groups)).toEqual([
      { answer: 'decade', count: 3, standing: 'key' },
      { answer: 'century', count: 4, standing: 'wrong' },
      { answer: 'decades', count: 1, standing: 'wrong' },
      { answer: 'ten years', count: 0, standing: 'accepted' },
    ])
  })

  it('of a choice: every option, verbatim, in its order', () => {
    expect(variantsOf(choice, { answer: 'owl', accept: [] }, [group('Owl', 2), group('owl', 1, true)])).toEqual([
      { answer: 'Owl', count: 2, standing: 'wrong', index: 0 },
      { answer: 'owl', count: 1, standing: 'key', index: 1 },
      { answer: 'bat', count: 0, standing: 'wrong', index: 2 },
    ])
  })
})

describe('[Q11.7] what a correction would change is said before', () => {
  const groups = [group('decade', 5, true), group('decades', 3), group('Ten  years', 2, true), group('century', 1)]
  it.each<[string, Correction, { toRight: number; toWrong: number }]>([
    ['accepts what some wrote', { accept: ['DECADES'] }, { toRight: 3, toWrong: 0 }],
    ['accepts what nobody wrote', { accept: ['ten yrs'] }, { toRight: 0, toWrong: 0 }],
    ['accepts what is right already', { accept: ['ten years'] }, { toRight: 0, toWrong: 0 }],
    ['rejects', { reject: ['ten years.'] }, { toRight: 0, toWrong: 2 }],
    ['gives another key', { answer: 'decades' }, { toRight: 3, toWrong: 5 }],
    ['gives another key and keeps the old one', { answer: 'decades', accept: ['decade'] }, { toRight: 3, toWrong: 0 }],
  ])('%s', (_, correction, effect) => {
    expect(effectOf(typed, key, groups, correction)).toEqual(effect)
  })

  it('options are compared verbatim', () => {
    const chosen = [group('Owl', 2), group('owl', 1, true)]
    expect(effectOf(choice, { answer: 'owl', accept: [] }, chosen, { answer: 'Owl' })).toEqual({
      toRight: 2,
      toWrong: 1,
    })
  })
})

describe('[Q11.7] what was changed', () => {
  const regrade = (made: Key, was?: Key): Regrade => ({
    question_id: 'q',
    revision: 1,
    ...made,
    ...(was && { was }),
    made_at: '',
    done_at: null,
    answers: 0,
    changed: 0,
  })
  it.each<[string, Regrade, ReturnType<typeof changesOf>]>([
    [
      'accepted',
      regrade({ ...key, accept: ['ten years', 'decades'] }, key),
      { key: undefined, accepted: ['decades'], rejected: [] },
    ],
    ['rejected', regrade({ ...key, accept: [] }, key), { key: undefined, accepted: [], rejected: ['ten years'] }],
    [
      'another key',
      regrade({ answer: 'decades', accept: ['ten years'] }, key),
      { key: 'decades', accepted: [], rejected: ['decade'] },
    ],
    [
      'another key, and the old one stays right',
      regrade({ answer: 'decades', accept: ['ten years', 'decade'] }, key),
      { key: 'decades', accepted: [], rejected: [] },
    ],
    ['the same again', regrade(key, key), { key: undefined, accepted: [], rejected: [] }],
    ['not known', regrade(key), { key: 'decade', accepted: ['ten years'], rejected: [] }],
  ])('%s', (_, made, changes) => {
    expect(changesOf(typed, made)).toEqual(changes)
  })
})
