import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import { leaderboardFrame, quizFrame, youFrame } from '@quizboard/shared/contracts/frames.ts'
import { describe, expect, it } from 'vitest'
import { lifecycleOf } from '../testing/fake-board-feed.ts'
import {
  asciiJson,
  errorJson,
  leaderboardContent,
  leaderboardJson,
  quizContent,
  quizJson,
  youHead,
  youJson,
} from './edge-frames.ts'

const id = asciiJson('Quiz1')
const NOW = '2030-01-01T00:00:00.000Z'
const question = {
  question_id: 'q1',
  type: 'choice',
  position: 1,
  prompt: 'What?',
  options: ['a', 'b'],
  points: 1_000,
  time_limit_ms: 5_000,
  opened_at: NOW,
  deadline: NOW,
} as const
type Shown = NonNullable<LifecycleEvent['question']>
const quizOf = (state: Shown['state'], more: Partial<LifecycleEvent> = {}, extra: object = {}) => {
  // As if a careless producer had put the key in.
  const shown = {
    ...question,
    options: [...question.options],
    state,
    answer: 'THEKEY',
    accept: ['THEKEY'],
    ...extra,
  } as Shown
  const event = lifecycleOf('Quiz1', { state: 'running', position: 1, question: shown, ...more })
  return JSON.parse(quizJson(id, 7, quizContent(event, 3), NOW)) as Record<string, unknown>
}

describe('[Q7.1] the key in the quiz frame', () => {
  it.each(['open', 'closing'] as const)(
    'is not there while the question is %s, and the question looks open',
    (state) => {
      const frame = quizOf(state, {}, { word: 'THEKEY' })
      expect(JSON.stringify(frame)).not.toContain('THEKEY')
      expect(frame.question).toEqual({ ...question, state: 'open' })
    },
  )
  it('is there once it is closed, and nothing else of the event', () => {
    expect(quizOf('closed', {}, { word: 'w' }).question).toEqual({ ...question, state: 'closed', answer: 'THEKEY' })
  })
  it('the question is shown in a running live quiz only', () => {
    expect(quizOf('closed', { state: 'closed' })).not.toHaveProperty('question')
    expect(quizOf('open', { mode: 'self_paced' })).not.toHaveProperty('question')
  })
})

describe('frames', () => {
  it('are as the contract says', () => {
    expect(quizFrame.safeParse(quizOf('closed')).error).toBeUndefined()
    const top = [{ rank: 1, user_id: 'u', name: 'Ünï "x" \u2028 🦄', score: -5 }]
    const board = leaderboardJson(id, 2, 3, leaderboardContent(9, top), true)
    expect(leaderboardFrame.strict().parse(JSON.parse(board))).toEqual({
      type: 'leaderboard',
      quiz_id: 'Quiz1',
      epoch: 2,
      version: 3,
      players: 9,
      top,
      reset: true,
    })
    expect(youFrame.strict().parse(JSON.parse(youJson(youHead(id, 2, 3), 4, -5, false)))).toEqual({
      type: 'you',
      quiz_id: 'Quiz1',
      epoch: 2,
      version: 3,
      rank: 4,
      score: -5,
    })
    expect(JSON.parse(errorJson({ code: 'service/restarting', detail: 'd', retryMs: 5 }))).toEqual({
      type: 'error',
      code: 'service/restarting',
      detail: 'd',
      retry_ms: 5,
    })
  })
  it('are ASCII, whatever they say', () => {
    for (const text of ['é', '漢字', '🦄', '\ud800', '\u2028', '\u007f', '"\\\n'])
      expect(JSON.parse(asciiJson(text))).toBe(text)
    expect(asciiJson('é漢🦄\ud800\u007f')).toMatch(/^[\x20-\x7e]*$/)
  })
})
