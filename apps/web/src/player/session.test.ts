import type { QuizFrame, ServerFrame } from '@quizboard/shared/contracts/frames.ts'
import type { AnswerDoc, AnswerResult, Quiz } from '@quizboard/shared/contracts/rest.ts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, noReply } from '../api/error.ts'
import { memoryKeyValue } from '../lib/storage.ts'
import { createFakeSocket } from '../live/fake-socket.ts'
import { createLiveClient } from '../live/socket.ts'
import { createPlayerSession } from './session.ts'
import { type FrameQuestion, playerView } from './view.ts'

const quiz: Quiz = {
  quiz_id: 'q',
  title: 'Words',
  state: 'running',
  mode: 'live',
  scoring: 'accuracy',
  feedback: 'reveal',
  reanswer: 'never',
  question_count: 2,
  players: 1,
  position: 1,
}
const question: FrameQuestion = {
  question_id: 'q1',
  type: 'choice',
  position: 1,
  prompt: 'Which?',
  options: ['A', 'B'],
  points: 1000,
  time_limit_ms: null,
  deadline: null,
  state: 'open',
}
const frame = (revision: number, more: Partial<QuizFrame> = {}): QuizFrame => ({
  type: 'quiz',
  quiz_id: 'q',
  revision,
  state: 'running',
  mode: 'live',
  question_count: 2,
  players: 1,
  server_time: '2026-01-01T12:00:00.000Z',
  question,
  ...more,
})
const doc: AnswerDoc = { user_id: 'u', quiz_id: 'q', question_id: 'q1', answer: 'A', update_ts: '', seq: 1 }
const marked: AnswerDoc = { ...doc, is_correct: true, score: 1000, key: 'A' }

interface Server {
  quiz: Quiz
  answers: () => Promise<{ answers: AnswerDoc[] }>
  post: () => Promise<AnswerResult>
}

const setUp = (server: Partial<Server> = {}, storage = memoryKeyValue()) => {
  const socket = createFakeSocket()
  const timers = {
    random: () => 0,
    setTimer: (run: () => void, ms: number) => setTimeout(run, ms),
    clearTimer: (timer: unknown) => clearTimeout(timer as number | undefined),
  }
  const live = createLiveClient({ connect: () => socket, top: 10, now: () => Date.now(), ...timers })
  const session = createPlayerSession({
    quizId: 'q',
    userId: 'u',
    live,
    storage,
    getQuiz: async () => server.quiz ?? quiz,
    getAnswers: () => server.answers?.() ?? Promise.resolve({ answers: [] }),
    postAnswer: () => server.post?.() ?? Promise.resolve({ question_id: 'q1', seq: 1 }),
    newId: () => 'id',
    ...timers,
  })
  session.start()
  socket.open()
  const receive = async (...frames: ServerFrame[]) => {
    for (const each of frames) socket.receive(each)
    await vi.advanceTimersByTimeAsync(0)
  }
  const view = () => playerView(session.getState())
  const own = () => {
    const shown = view()
    return shown.view === 'question' ? shown.own : undefined
  }
  return { session, receive, view, own, storage }
}

describe('a player’s session', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('[Q11.1] goes from lobby to question to the end as the frames say', async () => {
    const { receive, view } = setUp()
    expect(view()).toEqual({ view: 'loading' })
    await receive(frame(1, { state: 'open', question: undefined } as Partial<QuizFrame>))
    expect(view()).toEqual({ view: 'lobby', state: 'open' })
    await receive(frame(2))
    expect(view()).toMatchObject({ view: 'question', canAnswer: true, own: { stage: 'none' } })
    await receive(frame(3, { state: 'closed' }))
    expect(view()).toEqual({ view: 'closed' })
  })

  it('[Q7.4] shows an answer under reveal as locked in, and marks it when the question has closed', async () => {
    let answers = [doc]
    const { session, receive, own, view } = setUp({ answers: async () => ({ answers }) })
    await receive(frame(1))
    session.submit('q1', 'A')
    expect(own()).toEqual({ stage: 'sending', answer: 'A', retrying: false })
    await vi.advanceTimersByTimeAsync(0)
    expect(own()).toEqual({ stage: 'locked', answer: 'A' })
    expect(view()).toMatchObject({ canAnswer: false })
    await receive(frame(2, { question: { ...question, state: 'closed', answer: 'A' } }))
    expect(own()).toEqual({ stage: 'marked', answer: 'A', isCorrect: true, score: undefined })
    answers = [marked]
    await vi.advanceTimersByTimeAsync(2_000)
    expect(own()).toMatchObject({ stage: 'marked', score: 1000 })
  })

  it('[Q11.1] shows the own answer again after a refresh, from the server alone', async () => {
    const { receive, own } = setUp({ answers: async () => ({ answers: [marked] }) })
    await receive(frame(1))
    expect(own()).toEqual({ stage: 'marked', answer: 'A', isCorrect: true, score: 1000 })
  })

  it('[Q11.1] takes no answer until it knows whether one was given already', async () => {
    const { receive, view } = setUp({ answers: () => Promise.reject(noReply()) })
    await receive(frame(1))
    expect(view()).toMatchObject({ view: 'question', canAnswer: false })
  })

  it('[Q11.1] shows the total of a reply at once, and what the board says from then on', async () => {
    const post = async () => ({ question_id: 'q1', seq: 1, is_correct: true, score: 700, total: 700 })
    const { session, receive } = setUp({ post })
    const standing = { type: 'you', quiz_id: 'q', epoch: 1, rank: 3 } as const
    await receive(frame(1), { ...standing, version: 1, score: 0 })
    session.submit('q1', 'A')
    await vi.advanceTimersByTimeAsync(0)
    expect(session.getState()).toMatchObject({ score: 700, rank: 3 })
    await receive({ ...standing, version: 2, score: 0, rank: 4 })
    expect(session.getState()).toMatchObject({ score: 700, rank: 4 })
    await receive({ ...standing, version: 3, score: 700, rank: 1 })
    expect(session.getState()).toMatchObject({ score: 700, rank: 1 })
    await receive({ ...standing, version: 4, score: 650, rank: 2 })
    expect(session.getState()).toMatchObject({ score: 650, rank: 2 })
  })

  it('[Q11.8] asks for the own answers again when a key was corrected: the score moved by itself, or the key on the screen', async () => {
    const closed = { ...question, state: 'closed', answer: 'B' } as const
    const you = { type: 'you', quiz_id: 'q', epoch: 1, rank: 1 } as const
    let answers: AnswerDoc[] = [{ ...marked, is_correct: false, score: 0, key: 'B' }]
    const { receive, own } = setUp({ answers: async () => ({ answers }) })
    await receive(frame(1, { question: closed }), { ...you, version: 1, score: 0 })
    expect(own()).toMatchObject({ isCorrect: false, score: 0 })
    answers = [marked]
    await receive({ ...you, version: 2, score: 1000 })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(own()).toMatchObject({ isCorrect: true, score: 1000 })
    answers = [{ ...marked, score: 900 }]
    await receive(frame(2, { question: { ...closed, answer: 'A' } }))
    await vi.advanceTimersByTimeAsync(700)
    expect(own()).toMatchObject({ isCorrect: true, score: 900 })
  })

  it('[Q11.8] asks for the key again when points of others moved after the end', async () => {
    let answers = [{ ...doc, is_correct: false, score: 0, key: 'B' }]
    const { session, receive } = setUp({ answers: async () => ({ answers }) })
    const you = { type: 'you', quiz_id: 'q', epoch: 1, version: 1, rank: 1, score: 0 } as const
    await receive(frame(1), frame(2, { state: 'closed' }), you)
    expect(session.getState().answers?.get('q1')?.key).toBe('B')
    answers = [{ ...doc, is_correct: false, score: 0, key: 'C' }]
    await receive({ ...you, version: 2, rank: 2 })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(session.getState().answers?.get('q1')?.key).toBe('C')
  })
  it('[Q11.8] asks for nothing when the own answers explain the score', async () => {
    let asked = 0
    const post = async () => ({ question_id: 'q1', seq: 1, is_correct: true, score: 700, total: 700 })
    const answers = async () => {
      asked++
      return { answers: [] }
    }
    const { session, receive } = setUp({ post, answers })
    const you = { type: 'you', quiz_id: 'q', epoch: 1, rank: 1 } as const
    await receive(frame(1), { ...you, version: 1, score: 0 })
    session.submit('q1', 'A')
    await receive({ ...you, version: 2, score: 700 })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(asked).toBe(1)
  })

  it('[Q11.1] says why an answer was refused', async () => {
    const post = () => Promise.reject(new ApiError(409, 'question/closed', 'closed'))
    const { session, receive, own } = setUp({ post })
    await receive(frame(1))
    session.submit('q1', 'A')
    await vi.advanceTimersByTimeAsync(0)
    expect(own()).toEqual({ stage: 'none' })
    expect(session.getState().refused).toMatchObject({
      code: 'question/closed',
      message: expect.stringMatching(/Too late/),
    })
  })

  it('[Q11.1] remembers the questions it has seen over a refresh, for the review at the end', async () => {
    const { receive, storage, session } = setUp()
    await receive(frame(1), frame(2, { question: { ...question, state: 'closed', answer: 'A' } }))
    session.stop()
    const again = setUp({}, storage)
    expect(again.session.getState().seen.get('q1')).toMatchObject({ prompt: 'Which?', position: 1, key: 'A' })
  })
})
