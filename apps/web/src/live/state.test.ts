import type { LeaderboardFrame, QuizFrame, YouFrame } from '@quizboard/shared/contracts/frames.ts'
import { describe, expect, it } from 'vitest'
import { applyFrame, type ContentFrame, initialState, type LiveState, seen } from './state.ts'

const NOW = Date.parse('2026-01-01T12:00:00.000Z')

const board = (epoch: number, version: number, more: Partial<LeaderboardFrame> = {}): LeaderboardFrame => ({
  type: 'leaderboard',
  quiz_id: 'q',
  epoch,
  version,
  players: 1,
  top: [{ rank: 1, user_id: 'u', name: 'Anna', score: version }],
  ...more,
})
const you = (epoch: number, version: number, more: Partial<YouFrame> = {}): YouFrame => ({
  type: 'you',
  quiz_id: 'q',
  epoch,
  version,
  rank: 1,
  score: version,
  ...more,
})
const quiz = (revision: number, more: Partial<QuizFrame> = {}): QuizFrame => ({
  type: 'quiz',
  quiz_id: 'q',
  revision,
  state: 'open',
  mode: 'live',
  question_count: 3,
  players: 1,
  server_time: new Date(NOW).toISOString(),
  ...more,
})
const after = (...frames: ContentFrame[]): LiveState =>
  frames.reduce((state, frame) => applyFrame(state, frame, NOW), initialState)

describe('the live state', () => {
  it('[Q5.2] ignores a board or an own standing older than what was seen, of either kind', () => {
    const state = after(board(2, 5), you(2, 6), board(2, 4), board(1, 99), you(2, 5))
    expect(state.board?.version).toBe(5)
    expect(state.you?.version).toBe(6)
    expect(applyFrame(state, board(2, 5, { players: 9 }), NOW).board?.players).toBe(1)
  })

  it('[Q5.2] takes the same (epoch, version) again, and whatever is newer', () => {
    const state = after(board(2, 5), board(2, 5, { players: 7 }), board(3, 1))
    expect(state.board).toMatchObject({ epoch: 3, version: 1 })
  })

  it('[Q5.2] starts anew at a reset', () => {
    const state = after(board(9, 9), you(9, 9), board(1, 1, { reset: true }), you(1, 1, { reset: true }))
    expect(state.board?.epoch).toBe(1)
    expect(state.you?.epoch).toBe(1)
    expect(seen(state)).toMatchObject({ epoch: 1, version: 1 })
  })

  it('[Q5.3] ignores a quiz frame with a lower revision, unless the board that follows says reset', () => {
    const state = after(quiz(10, { state: 'running' }), quiz(9))
    expect(state.quiz?.revision).toBe(10)
    expect(applyFrame(state, board(1, 1, { reset: true }), NOW).quiz?.revision).toBe(9)
  })

  it('[Q5.2] names the newest version of both kinds for the next hello', () => {
    expect(seen(initialState)).toBeUndefined()
    expect(seen(after(board(1, 4), you(1, 6)))).toMatchObject({ epoch: 1, version: 6 })
    expect(seen(after(board(1, 7), you(1, 7)))).toMatchObject({ epoch: 1, version: 7 })
  })

  it('[Q11.1] takes the largest offset as the best guess of the server’s clock, for a delay can only make it smaller', () => {
    const at = (ms: number) => quiz(1, { server_time: new Date(NOW + ms).toISOString() })
    expect(after(at(5_000), at(4_200)).clockOffsetMs).toBe(5_000)
    expect(after(at(4_200), at(5_000)).clockOffsetMs).toBe(5_000)
    expect(after(at(5_000), at(-60_000)).clockOffsetMs).toBe(-60_000)
  })
})
