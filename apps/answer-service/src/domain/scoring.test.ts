import type { ScoringMode } from '@quizboard/shared/contracts/rest.ts'
import { describe, expect, it } from 'vitest'
import { pointsOf } from './scoring.ts'

const points = (scoring: ScoringMode, more: Partial<Parameters<typeof pointsOf>[0]> = {}) =>
  pointsOf({ scoring, points: 1_000, time_limit_ms: null, isCorrect: true, elapsed_ms: 0, streak: 0, ...more })

describe('[Q2.2] accuracy', () => {
  it('gives the points for a right answer, nothing for a wrong one', () => {
    expect(points('accuracy', { elapsed_ms: 99_999, streak: 9 })).toBe(1_000)
    expect(points('accuracy', { isCorrect: false })).toBe(0)
    expect(points('accuracy', { points: 0 })).toBe(0)
  })
})

describe('[Q2.3] speed', () => {
  it.each<[number, number | null, number]>([
    [0, 20_000, 1_000],
    [1, 20_000, 1_000],
    [10_000, 20_000, 750],
    [20_000, 20_000, 500],
    [25_000, 20_000, 500],
    [-5, 20_000, 1_000],
    [10_000, null, 750],
    [3_600_000, null, 500],
    [333, 1_000, 834],
    [1_000, 1_000, 500],
  ])('after %d ms of %s: %d', (elapsed_ms, time_limit_ms, expected) => {
    expect(points('speed', { elapsed_ms, time_limit_ms })).toBe(expected)
  })
  it('rounds a half up', () => {
    expect(points('speed', { points: 1, elapsed_ms: 20_000 })).toBe(1)
    expect(points('speed', { points: 5, elapsed_ms: 20_000 })).toBe(3)
  })
  it('gives nothing for a wrong answer, however fast', () => {
    expect(points('speed', { isCorrect: false })).toBe(0)
  })
})

describe('[Q2.4] streak', () => {
  it.each([
    [0, 1_000],
    [1, 1_100],
    [4, 1_400],
    [5, 1_500],
    [6, 1_500],
    [499, 1_500],
  ])('after %d right ones: %d', (streak, expected) => {
    expect(points('streak', { streak })).toBe(expected)
  })
  it('rounds the extra points', () => {
    expect(points('streak', { points: 5, streak: 1 })).toBe(6)
    expect(points('streak', { points: 4, streak: 1 })).toBe(4)
    expect(points('streak', { isCorrect: false, streak: 5 })).toBe(0)
  })
})
