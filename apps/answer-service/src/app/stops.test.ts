import { expect, it } from 'vitest'
import { quizView } from '../domain/quiz.ts'
import { compiled, definitionEvent, lifecycleEvent, type Moment } from '../testing/samples.ts'
import { createStops } from './stops.ts'

const definition = compiled('QUIZ')
const view = (moment: Moment) => quizView(lifecycleEvent(definitionEvent('QUIZ'), 1, moment))

it('[Q7.2] a stop holds until the lifecycle says that the question is closed for all', () => {
  const stops = createStops()
  stops.add('QUIZ', ['q1', 'q2'])
  stops.forgetClosed(view({ state: 'running', position: 1, question: 'closing' }), definition)
  expect([stops.has('QUIZ', 'q1'), stops.has('QUIZ', 'q2'), stops.has('QUIZ', 'q3'), stops.has('OTHER', 'q1')]).toEqual(
    [true, true, false, false],
  )
  stops.forgetClosed(view({ state: 'running', position: 2 }), definition)
  expect([stops.has('QUIZ', 'q1'), stops.has('QUIZ', 'q2'), stops.underWay('QUIZ')]).toEqual([false, true, true])
  stops.forgetClosed(view({ state: 'closed' }), undefined)
  expect(stops.underWay('QUIZ')).toBe(false)
})

it('[Q7.2] without the definition only the current question is known to be closed', () => {
  const stops = createStops()
  stops.add('QUIZ', ['q1', 'q2'])
  stops.forgetClosed(view({ state: 'running', position: 2, question: 'closed' }), undefined)
  expect([stops.has('QUIZ', 'q1'), stops.has('QUIZ', 'q2')]).toEqual([true, false])
})

it('a stop of no question is none', () => {
  const stops = createStops()
  stops.add('QUIZ', [])
  expect(stops.underWay('QUIZ')).toBe(false)
})
