import { describe, expect, it } from 'vitest'
import { rightAnswers } from './right-answers.ts'

describe('[Q2.7] the right answers of a question', () => {
  it('of a typed one are the key and the other spellings, in normal form', () => {
    const right = rightAnswers({ type: 'typed', answer: 'Colour!', accept: ['color', 'COLOR '] })
    expect([...right]).toEqual(['colour', 'color'])
  })
  it('of one with options is the key, verbatim', () => {
    expect([...rightAnswers({ type: 'choice', answer: 'The Owl.' })]).toEqual(['The Owl.'])
  })
})
