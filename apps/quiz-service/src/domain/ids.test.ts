import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { expect, it } from 'vitest'
import { canonicalQuizId, isIdLike, newId, newQuizId } from './ids.ts'

it('[Q9] a quiz_id has nothing that is mistaken for another letter', () => {
  const random = createSeededRandom(1)
  const ids = Array.from({ length: 2_000 }, () => newQuizId(random))
  for (const id of ids) expect(id).toMatch(/^[2-9B-DF-HJ-NP-TV-Z]{6}$/)
  expect(new Set(ids).size).toBeGreaterThan(1_990)
  expect(new Set(ids.join('')).size).toBe(29)
})
it('[Q9] a quiz_id is matched without regard to case, and nothing else becomes one', () => {
  expect(canonicalQuizId('bcd23f')).toBe('BCD23F')
  for (const odd of ['', 'ſ', 'ß', 'a b', 'x'.repeat(33), '../x', 'a\0']) expect(canonicalQuizId(odd)).toBeUndefined()
})
it('[Q9] other ids need no encoding in a URL', () => {
  const id = newId(createSeededRandom(1))
  expect(id).toMatch(/^[0-9a-z]{16}$/)
  expect(isIdLike(id)).toBe(true)
  for (const odd of ['', 'a/b', 'a\0', 'é', 'x'.repeat(65)]) expect(isIdLike(odd)).toBe(false)
})
