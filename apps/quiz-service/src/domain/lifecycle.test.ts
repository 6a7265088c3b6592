import type { Question } from '@quizboard/shared/contracts/rest.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { describe, expect, it } from 'vitest'
import { type Command, type Decision, decide } from './lifecycle.ts'
import { closedCount, draft, openQuestionOf, type QuestionState, type Quiz } from './quiz.ts'

const T0 = Date.UTC(2026, 0, 1)
const question = (n: number, limit: number | null = null): Question => ({
  question_id: `q${n}`,
  type: 'typed',
  prompt: `Question ${n}`,
  answer: 'a',
  points: 1_000,
  time_limit_ms: limit,
})
const QUESTIONS = [question(1, 10_000), question(2), question(3)]

const made = draft({
  quizId: 'QUIZ',
  deckId: 'd',
  title: 'Words',
  mode: 'live',
  scoring: 'accuracy',
  feedback: 'instant',
  reanswer: 'allowed',
  questions: QUESTIONS,
  now: T0,
})
/** As the store would load it. */
const stored = (quiz: Quiz): Quiz => ({ ...quiz, following: QUESTIONS[quiz.current?.position ?? 0] ?? null })

const at = (state: Quiz['state'], position?: number, questionState: QuestionState = 'open'): Quiz => {
  const asked = position === undefined ? undefined : QUESTIONS[position - 1]
  return stored({
    ...made,
    state,
    revision: 7,
    closedAt: state === 'closed' ? T0 : null,
    current:
      asked && position !== undefined
        ? {
            position,
            question: asked,
            state: questionState,
            openedAt: T0,
            deadline: asked.time_limit_ms && T0 + 10_000,
          }
        : null,
  })
}
const draftQuiz = at('draft')
const open = at('open')
const running = (position: number, state: QuestionState = 'open') => at('running', position, state)
const closed = at('closed', 2, 'closed')

/** What a decision comes to, in one line. */
const told = (decision: Decision): string => {
  if (decision.kind === 'refused') return decision.refusal.code
  const quiz = 'quiz' in decision ? decision.quiz : undefined
  const place = quiz ? ` ${quiz.state}${quiz.current ? ` ${quiz.current.position} ${quiz.current.state}` : ''}` : ''
  return `${decision.kind}${place}`
}

describe('the lifecycle', () => {
  const rows: [string, Quiz, Command, string][] = [
    ['open of a draft', draftQuiz, { kind: 'open' }, 'changed open'],
    ['open of an open quiz', open, { kind: 'open' }, 'unchanged'],
    ['open of a running quiz', running(1), { kind: 'open' }, 'quiz/wrong_state'],
    ['open of a closed quiz', closed, { kind: 'open' }, 'quiz/wrong_state'],
    ['start of a draft', draftQuiz, { kind: 'start' }, 'quiz/wrong_state'],
    ['start of an open quiz', open, { kind: 'start' }, 'changed running 1 open'],
    ['start of a running quiz', running(2), { kind: 'start' }, 'unchanged'],
    ['start of a closed quiz', closed, { kind: 'start' }, 'quiz/wrong_state'],
    ['next of a draft', draftQuiz, { kind: 'next' }, 'quiz/wrong_state'],
    ['next of an open quiz', open, { kind: 'next' }, 'quiz/wrong_state'],
    ['next with the question open', running(1), { kind: 'next' }, 'stop_answers running 1 closing'],
    ['next with the question being closed', running(1, 'closing'), { kind: 'next' }, 'stop_answers'],
    ['next with the question closed', running(1, 'closed'), { kind: 'next' }, 'changed running 2 open'],
    ['next on the last question', running(3), { kind: 'next' }, 'quiz/no_next_question'],
    ['next on the last question, closed', running(3, 'closed'), { kind: 'next' }, 'quiz/no_next_question'],
    ['next with its position', running(2, 'closed'), { kind: 'next', position: 2 }, 'changed running 3 open'],
    ['next with a position gone by', running(2), { kind: 'next', position: 1 }, 'quiz/moved_on'],
    ['next with a position to come', running(2), { kind: 'next', position: 3 }, 'quiz/moved_on'],
    ['next on the last, with a position gone by', running(3), { kind: 'next', position: 2 }, 'quiz/moved_on'],
    ['next of a closed quiz', closed, { kind: 'next', position: 2 }, 'quiz/wrong_state'],
    ['reveal of an open quiz', open, { kind: 'reveal' }, 'quiz/wrong_state'],
    ['reveal with the question open', running(2), { kind: 'reveal' }, 'stop_answers running 2 closing'],
    ['reveal with the question being closed', running(2, 'closing'), { kind: 'reveal' }, 'stop_answers'],
    ['reveal with the question closed', running(2, 'closed'), { kind: 'reveal' }, 'unchanged'],
    ['reveal with a position gone by', running(2, 'closed'), { kind: 'reveal', position: 1 }, 'quiz/moved_on'],
    ['reveal of a closed quiz', closed, { kind: 'reveal' }, 'quiz/wrong_state'],
    ['close of a draft', draftQuiz, { kind: 'close' }, 'quiz/wrong_state'],
    ['close of an open quiz', open, { kind: 'close' }, 'changed closed'],
    ['close with the question open', running(2), { kind: 'close' }, 'stop_answers running 2 closing'],
    ['close with the question being closed', running(2, 'closing'), { kind: 'close' }, 'stop_answers'],
    ['close with the question closed', running(2, 'closed'), { kind: 'close' }, 'changed closed 2 closed'],
    ['close of a closed quiz', closed, { kind: 'close' }, 'unchanged'],
    ['a deadline that has not come', running(1), { kind: 'expire', position: 1 }, 'unchanged'],
    ['a deadline of a question without one', running(2), { kind: 'expire', position: 2 }, 'unchanged'],
    ['a deadline of a question gone by', running(2), { kind: 'expire', position: 1 }, 'unchanged'],
    ['a deadline of a question being closed', running(2, 'closing'), { kind: 'expire', position: 2 }, 'stop_answers'],
    ['a deadline of a closed question', running(1, 'closed'), { kind: 'expire', position: 1 }, 'unchanged'],
    ['a deadline in a closed quiz', closed, { kind: 'expire', position: 2 }, 'unchanged'],
  ]
  it.each(rows)('[Q8.3] [Q7.2] %s', (_, quiz, command, expected) => {
    expect(told(decide(quiz, command, T0 + 9_999))).toBe(expected)
  })

  it('[Q7.2] a deadline that has come begins the close', () => {
    expect(told(decide(running(1), { kind: 'expire', position: 1 }, T0 + 10_000))).toBe(
      'stop_answers running 1 closing',
    )
  })

  it.each([
    [{ kind: 'next' }, 'changed running 2 open'],
    [{ kind: 'next', position: 1 }, 'changed running 2 open'],
    [{ kind: 'reveal' }, 'changed running 1 closed'],
    [{ kind: 'close' }, 'changed closed 1 closed'],
    [{ kind: 'expire', position: 1 }, 'changed running 1 closed'],
  ] as [Command, string][])('[Q7.2] with answers stopped, %j is done in one step', (command, expected) => {
    expect(told(decide(running(1, 'closing'), command, T0, 1))).toBe(expected)
    // Answers to another question were stopped: that says nothing about this one.
    expect(told(decide(running(1, 'closing'), command, T0, 2))).toBe('stop_answers')
    // It is open again: stopping came before.
    expect(told(decide(running(1), command, T0 + 10_000, 1))).toBe('stop_answers running 1 closing')
  })

  it('[Q5.3] every change raises the revision by one, and the clock begins at the opening', () => {
    const started = decide(open, { kind: 'start' }, T0 + 5)
    expect(started).toMatchObject({
      kind: 'changed',
      quiz: { revision: 8, current: { position: 1, openedAt: T0 + 5, deadline: T0 + 10_005 } },
    })
    const moved = decide(running(1, 'closed'), { kind: 'next' }, T0 + 9)
    expect(moved).toMatchObject({ quiz: { revision: 8, current: { position: 2, openedAt: T0 + 9, deadline: null } } })
    expect(decide(running(1), { kind: 'reveal' }, T0)).toMatchObject({ quiz: { revision: 8 } })
    expect(decide(open, { kind: 'close' }, T0 + 3)).toMatchObject({ quiz: { revision: 8, closedAt: T0 + 3 } })
  })
})

describe('the lifecycle in any order', () => {
  const seeds = Array.from({ length: 40 }, (_, i) => i + 1)
  it.each(seeds)('[Q7.2] [Q5.3] never opens what was closed, and stops answers before it closes (seed %i)', (seed) => {
    const random = createSeededRandom(seed)
    let quiz = stored(made)
    let now = T0
    let stopped: number | undefined
    const seen = new Set<number>()
    for (let step = 0; step < 60; step++) {
      now += random.int(6_000)
      const kind = random.pick(['open', 'start', 'next', 'next', 'reveal', 'close', 'expire'] as const)
      if (kind === 'close' && random.chance(0.8)) continue
      const position = 1 + random.int(3)
      const command: Command =
        kind === 'expire' ? { kind, position } : kind === 'next' || kind === 'reveal' ? { kind, position } : { kind }
      const decision = decide(quiz, command, now, stopped)
      if (decision.kind === 'stop_answers') stopped = decision.position
      if (!('quiz' in decision) || !decision.quiz) continue
      const next = stored(decision.quiz)
      expect(next.revision).toBe(quiz.revision + 1)
      const [before, after] = [quiz.current, next.current]
      if (before && after?.position === before.position) {
        const order = ['open', 'closing', 'closed']
        expect(order.indexOf(after.state)).toBeGreaterThanOrEqual(order.indexOf(before.state))
        if (after.state === 'closed' && before.state !== 'closed') expect(stopped).toBe(after.position)
      } else if (after) {
        expect(after).toMatchObject({ position: (before?.position ?? 0) + 1, state: 'open', openedAt: now })
        if (before && before.state !== 'closed') expect(stopped).toBe(before.position)
        expect(seen.has(after.position)).toBe(false)
        seen.add(after.position)
      }
      expect(closedCount(next)).toBeGreaterThanOrEqual(closedCount(quiz))
      quiz = next
    }
  })
})

describe('what is open and closed', () => {
  it.each([
    [draftQuiz, 0],
    [open, 0],
    [running(2), 1],
    [running(2, 'closing'), 1],
    [running(2, 'closed'), 2],
    [closed, 3],
  ])('[Q7.1] counts the questions that are closed for all: %#', (quiz, count) => {
    expect(closedCount(quiz)).toBe(count)
  })
  it('[Q7.3] a question takes answers until its deadline, while it is open', () => {
    expect(openQuestionOf(running(1), T0 + 9_999)?.position).toBe(1)
    expect(openQuestionOf(running(1), T0 + 10_000)).toBeUndefined()
    expect(openQuestionOf(running(2), T0 + 10_000)?.position).toBe(2)
    for (const quiz of [running(2, 'closing'), running(2, 'closed'), closed, open, draftQuiz])
      expect(openQuestionOf(quiz, T0)).toBeUndefined()
  })
})
