/** A small quiz for tests, as its events and as the service has it. */
import type { DefinitionEvent, LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { compileDefinition, type Definition, type KeyedQuestion } from '../domain/definition.ts'

export const T0 = Date.parse('2026-03-01T12:00:00.000Z')

type Rules = Pick<DefinitionEvent, 'scoring' | 'feedback' | 'reanswer'>
export const RULES: Rules = { scoring: 'accuracy', feedback: 'instant', reanswer: 'allowed' }

/** q1 … q5: even ones are typed with the key `word2`, odd ones choices whose key is `right1`. */
export const definitionEvent = (quiz_id: string, rules: Partial<Rules> = {}, count = 5): DefinitionEvent => ({
  quiz_id,
  mode: 'live',
  ...RULES,
  ...rules,
  questions: Array.from({ length: count }, (_, i) => {
    const n = i + 1
    const base = { question_id: `q${n}`, prompt: `Question ${n}`, points: 1_000, time_limit_ms: null }
    return n % 2 === 0
      ? { ...base, type: 'typed' as const, answer: `word${n}`, accept: [`other${n}`] }
      : { ...base, type: 'choice' as const, options: [`right${n}`, `wrong${n}`], answer: `right${n}` }
  }),
})

export interface Moment {
  state: LifecycleEvent['state']
  /** Of the current question. */
  position?: number
  question?: 'open' | 'closing' | 'closed'
  opened_at?: number
  deadline?: number | null
  closed_at?: number
}

export const lifecycleEvent = (
  definition: DefinitionEvent,
  revision: number,
  { state, position, question = 'open', opened_at = T0, deadline = null, closed_at }: Moment,
): LifecycleEvent => {
  const { quiz_id, mode, scoring, feedback, reanswer, questions } = definition
  const current = position === undefined ? undefined : questions[position - 1]
  return {
    quiz_id,
    title: 'A quiz',
    revision,
    state,
    mode,
    scoring,
    feedback,
    reanswer,
    question_count: questions.length,
    position: position ?? null,
    ...(current && position !== undefined
      ? {
          question: {
            question_id: current.question_id,
            type: current.type,
            position,
            prompt: current.prompt,
            ...(current.options ? { options: current.options } : {}),
            points: current.points,
            time_limit_ms: current.time_limit_ms,
            opened_at: toTimestamp(opened_at),
            deadline: deadline === null ? null : toTimestamp(deadline),
            state: question,
            ...(question === 'closed' ? { answer: current.answer } : {}),
          },
        }
      : {}),
    ...(closed_at === undefined ? {} : { closed_at: toTimestamp(closed_at) }),
  }
}

export const compiled = (quiz_id: string, rules?: Partial<Rules>, count?: number): Definition =>
  compileDefinition(definitionEvent(quiz_id, rules, count))

export const questionAt = (definition: Definition, position: number): KeyedQuestion => {
  const question = definition.questions[position - 1]
  if (!question) throw new Error(`no question ${position}`)
  return question
}

/** A right or a wrong answer to q`position`. */
export const answerTo = (position: number, right: boolean): string =>
  position % 2 === 0 ? (right ? `word${position}` : 'nonsense') : `${right ? 'right' : 'wrong'}${position}`
