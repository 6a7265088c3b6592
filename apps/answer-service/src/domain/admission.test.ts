import { describe, expect, it } from 'vitest'
import { compiled, definitionEvent, lifecycleEvent, type Moment, T0 } from '../testing/samples.ts'
import { admit } from './admission.ts'
import { questionStatus, quizView } from './quiz.ts'

const definition = compiled('QUIZ')
const view = (moment: Moment) => quizView(lifecycleEvent(definitionEvent('QUIZ'), 1, moment))
const verdict = (moment: Moment, question_id: string, answer: string, stopped: string[] = [], now = T0 + 1) => {
  const admission = admit(view(moment), definition, { question_id, answer }, (id) => stopped.includes(id), now)
  return admission.kind === 'open'
    ? 'open'
    : `${admission.code}${admission.stage === 'final' ? '' : ` (${admission.stage})`}`
}
const running: Moment = { state: 'running', position: 2 }

describe('[Q7.3] an answer is admitted while its question is open, and then alone', () => {
  it.each<[string, Moment, string, string, string]>([
    ['open', running, 'q2', 'x', 'open'],
    ['a question before', running, 'q1', 'right1', 'question/closed'],
    ['a question to come', running, 'q3', 'right3', 'question/not_open (early)'],
    ['closing', { ...running, question: 'closing' }, 'q2', 'x', 'question/closed (closing)'],
    ['closed', { ...running, question: 'closed' }, 'q2', 'x', 'question/closed'],
    ['a draft', { state: 'draft' }, 'q1', 'right1', 'quiz/not_running (early)'],
    ['not started', { state: 'open' }, 'q1', 'right1', 'quiz/not_running (early)'],
    ['over', { state: 'closed', position: 2, question: 'closed' }, 'q2', 'x', 'quiz/closed'],
    ['closed before it was started', { state: 'closed' }, 'q1', 'right1', 'quiz/closed'],
  ])('%s', (_, moment, question_id, answer, expected) => {
    expect(verdict(moment, question_id, answer)).toBe(expected)
  })
  it('until its deadline, not at it', () => {
    const moment = { ...running, deadline: T0 + 100 }
    expect(verdict(moment, 'q2', 'x', [], T0 + 99)).toBe('open')
    expect(verdict(moment, 'q2', 'x', [], T0 + 100)).toBe('question/closed (closing)')
  })
  it('and not once a close is under way', () => {
    expect(verdict(running, 'q2', 'x', ['q2'])).toBe('question/closed (closing)')
    expect(verdict(running, 'q2', 'x', ['q1', 'q3'])).toBe('open')
    expect(verdict(running, 'q3', 'right3', ['q3'])).toBe('question/closed (closing)')
  })
})

describe('[Q9.2] what the body names comes before what the quiz allows', () => {
  it.each<[string, Moment, string, string, string]>([
    ['an unknown question', { state: 'closed' }, 'nope', 'x', 'question/unknown'],
    ['a prototype key', running, '__proto__', 'x', 'question/unknown'],
    ['no option of a closed question', running, 'q1', 'Right1', 'answer/no_option'],
    ['an option with a space', { state: 'running', position: 1 }, 'q1', 'right1 ', 'answer/no_option'],
  ])('%s', (_, moment, question_id, answer, expected) => {
    expect(verdict(moment, question_id, answer)).toBe(expected)
  })
})

describe('[Q7.1] a question is closed for all', () => {
  it.each<[string, Moment, string]>([
    ['before the start', { state: 'open' }, 'not_open not_open not_open'],
    ['while the second is open', running, 'closed open not_open'],
    ['while the second is closing', { ...running, question: 'closing' }, 'closed closing not_open'],
    ['after the reveal of the second', { ...running, question: 'closed' }, 'closed closed not_open'],
    ['after the close', { state: 'closed', position: 2, question: 'closed' }, 'closed closed closed'],
  ])('%s', (_, moment, expected) => {
    expect([1, 2, 3].map((position) => questionStatus(view(moment), position)).join(' ')).toBe(expected)
  })
})
