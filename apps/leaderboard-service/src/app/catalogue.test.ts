import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { lifecycleOf } from '../testing/fake-board-feed.ts'
import { createCatalogue } from './catalogue.ts'

it('[Q9] beyond its limit the catalogue forgets what has been closed for longest, and nothing else', () => {
  const catalogue = createCatalogue(createFakeClock(0), 3)
  catalogue.learn(lifecycleOf('running', { state: 'running' }))
  for (const id of ['a', 'b', 'c', 'd']) {
    catalogue.learn(lifecycleOf(id, { revision: 1 }))
    catalogue.learn(lifecycleOf(id, { revision: 2, state: 'closed' }))
  }
  expect(['running', 'a', 'b', 'c', 'd'].filter((id) => catalogue.get(id))).toEqual(['running', 'c', 'd'])
})

it('[Q7] of a closed quiz no question is kept', () => {
  const catalogue = createCatalogue(createFakeClock(0), 3)
  const question = {
    question_id: 'q',
    type: 'typed',
    position: 1,
    prompt: '?',
    points: 1,
    time_limit_ms: null,
    state: 'closed',
    answer: '!',
  } as const
  catalogue.learn(lifecycleOf('a', { revision: 1, state: 'running', question }))
  expect(catalogue.get('A')?.question?.answer).toBe('!')
  catalogue.learn(lifecycleOf('a', { revision: 2, state: 'closed', question }))
  expect(catalogue.get('A')).toMatchObject({ state: 'closed' })
  expect(catalogue.get('A')?.question).toBeUndefined()
  expect(catalogue.learn(lifecycleOf('a', { revision: 2, state: 'open' }))).toBe(false)
})
