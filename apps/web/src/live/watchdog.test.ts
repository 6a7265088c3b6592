import type { QuizFrame } from '@quizboard/shared/contracts/frames.ts'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { LiveClient } from './socket.ts'
import { initialState, type LiveState } from './state.ts'
import { watchSilence } from './watchdog.ts'

const running: QuizFrame = {
  type: 'quiz',
  quiz_id: 'q',
  revision: 1,
  state: 'running',
  mode: 'live',
  question_count: 3,
  players: 1,
  server_time: '2026-01-01T12:00:00.000Z',
  question: {
    question_id: 'q1',
    type: 'choice',
    position: 2,
    prompt: '?',
    points: 1,
    time_limit_ms: null,
    state: 'open',
  },
}
const state: LiveState = { ...initialState, link: { status: 'live' }, quiz: running }

const watch = (getQuiz: () => Promise<{ state: QuizFrame['state']; position: number | null }>) => {
  const reconnect = vi.fn()
  const client = { getState: () => state, subscribe: () => () => {}, reconnect } as unknown as LiveClient
  const stop = watchSilence({
    client,
    getQuiz,
    random: () => 0,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
  })
  return { reconnect, stop }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('[Q11.2] trusts a silent connection while the quiz is where the last frame said', async () => {
  const { reconnect, stop } = watch(async () => ({ state: 'running', position: 2 }))
  await vi.advanceTimersByTimeAsync(200_000)
  expect(reconnect).not.toHaveBeenCalled()
  stop()
})

it.each([
  ['the quiz has moved on', async () => ({ state: 'running' as const, position: 3 })],
  ['the quiz has ended', async () => ({ state: 'closed' as const, position: null })],
  ['nothing answers', () => Promise.reject(new Error('offline'))],
])('[Q11.2] drops a silent connection when %s', async (_, getQuiz) => {
  const { reconnect, stop } = watch(getQuiz)
  await vi.advanceTimersByTimeAsync(40_000)
  expect(reconnect).toHaveBeenCalledTimes(1)
  stop()
})
