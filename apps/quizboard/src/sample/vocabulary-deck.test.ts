import { LIMITS } from '@quizboard/shared/contracts/rest.ts'
import { describe, expect, it } from 'vitest'
import { SAMPLE_DECK } from './vocabulary-deck.ts'

describe('the sample deck', () => {
  it('[Q9] has twenty questions of both types, each another one', () => {
    expect(SAMPLE_DECK.questions).toHaveLength(20)
    expect(new Set(SAMPLE_DECK.questions.map(({ type }) => type))).toEqual(new Set(['choice', 'typed']))
    expect(new Set(SAMPLE_DECK.questions.map(({ prompt }) => prompt)).size).toBe(20)
  })

  it.each(SAMPLE_DECK.questions.map((question) => [question.prompt, question] as const))(
    '[Q9] keeps the rules of a deck: %s',
    (_, question) => {
      expect(question.prompt.length).toBeLessThanOrEqual(LIMITS.prompt)
      expect(question.time_limit_ms).toBeGreaterThanOrEqual(LIMITS.timeLimitMs.min)
      if (question.type === 'choice') {
        expect(question.options?.filter((option) => option === question.answer)).toHaveLength(1)
        expect(new Set(question.options).size).toBe(4)
        expect(question.accept).toBeUndefined()
      } else expect(question.options).toBeUndefined()
    },
  )

  it('[Q7] puts the right option in every place about equally often', () => {
    const places = SAMPLE_DECK.questions.flatMap(({ options, answer }) => (options ? [options.indexOf(answer)] : []))
    for (const place of [0, 1, 2, 3]) expect(places.filter((at) => at === place)).toHaveLength(3)
  })
})
