import { expect, it } from 'vitest'
import { answersOf, QUESTIONS, rankOf, scoreOf } from './script.ts'

it('[Q2.5] the last answer of a player counts', () => {
  expect(answersOf(0, 0)).toEqual(['tiny', 'huge'])
  expect(answersOf(1, 0)).toEqual(['huge', 'tiny'])
})

it('[Q4.1] ranks are one more than the number of those who are ahead', () => {
  const players = 9
  const rows = Array.from({ length: players }, (_, i) => ({ score: scoreOf(i), rank: rankOf(i, players) }))
  expect(rows.slice(0, 4).map(({ score }) => score)).toEqual([1_000, 500, 1_500, 250])
  // The first and the ninth know the same.
  expect(rows[8]).toEqual(rows[0])
  expect(rows.map(({ rank }) => rank).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 4, 6, 7, 8, 9])
})

it('no two sets of right answers have the same sum', () => {
  const sums = Array.from({ length: 2 ** QUESTIONS.length }, (_, i) => scoreOf(i))
  expect(new Set(sums).size).toBe(sums.length)
})
