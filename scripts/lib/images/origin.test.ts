import { expect, it } from 'vitest'
import { sourceOf } from './origin.ts'

it('the source of an image is an address that others can open, without a login', () => {
  expect(sourceOf('https://example.org/team/quizboard.git')).toBe('https://example.org/team/quizboard')
  expect(sourceOf('https://me:secret@example.org/team/quizboard')).toBe('https://example.org/team/quizboard')
  expect(sourceOf('git@example.org:team/quizboard.git')).toBe('https://example.org/team/quizboard')
  for (const remote of ['/home/me/quizboard', '../quizboard', 'file:///srv/quizboard', '', undefined])
    expect(sourceOf(remote)).toBeUndefined()
})
