/**
 * One player's whole knowledge of a quiz: the live frames, the own answers, those still on their way, and the own score.
 * Screens only read it; what must outlive a refresh is in the browser's storage or asked from the server again.
 */
import type { QuizFrame } from '@quizboard/shared/contracts/frames.ts'
import type { AnswerDoc, AnswerResult, Quiz } from '@quizboard/shared/contracts/rest.ts'
import type { ApiError } from '../api/error.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { KeyValue } from '../lib/storage.ts'
import type { LiveClient } from '../live/socket.ts'
import type { LiveState } from '../live/state.ts'
import { isUnexplained } from './corrections.ts'
import { createOutbox, type PendingAnswer } from './outbox.ts'
import type { OwnAnswer } from './own-answer.ts'
import { loadSeen, type SeenQuestion, saveSeen, withQuestion } from './seen-questions.ts'

export interface PlayerState {
  live: LiveState
  quiz: Quiz | undefined
  /** Undefined until they came from the server once. */
  answers: ReadonlyMap<string, OwnAnswer> | undefined
  pending: readonly PendingAnswer[]
  /** An answer waits because the last try to send it failed. */
  isRetrying: boolean
  /** The last answer that the server refused. */
  refused: { question_id: string; code: string; message: string } | undefined
  seen: ReadonlyMap<string, SeenQuestion>
  score: number | undefined
  rank: number | undefined
}

export interface SessionOptions {
  quizId: string
  userId: string
  live: LiveClient
  storage: KeyValue
  getQuiz(): Promise<Quiz>
  getAnswers(): Promise<{ answers: AnswerDoc[] }>
  postAnswer(answer: PendingAnswer): Promise<AnswerResult>
  newId(): string
  random(): number
  setTimer(run: () => void, ms: number): unknown
  clearTimer(timer: unknown): void
}

export interface PlayerSession {
  getState(): PlayerState
  subscribe(listener: () => void): () => void
  start(): void
  stop(): void
  submit(questionId: string, answer: string): void
}

/** A total of a reply is shown until the board says the same, or for this long. */
const TOTAL_HOLD_MS = 2_500
/** After a reveal all players ask for their points: spread over this long. */
const REVEAL_SPREAD_MS = 700
const REVEAL_TRIES = 6
/** A corrected key moves the points of many at once: each waits so long for its own answers to explain them, and a bit more. */
const EXPLAIN_MS = 800
const EXPLAIN_SPREAD_MS = 1_200

export const createPlayerSession = (options: SessionOptions): PlayerSession => {
  const { live, storage, quizId } = options
  const listeners = new Set<() => void>()
  const timers = new Set<unknown>()
  let stopped = false
  let shownTotal: number | undefined

  const later = (ms: number, run: () => void) => {
    const timer = options.setTimer(() => {
      timers.delete(timer)
      if (!stopped) run()
    }, ms)
    timers.add(timer)
  }

  const outbox = createOutbox({
    ...options,
    key: `outbox.${quizId.toLowerCase()}.${options.userId}`,
    send: options.postAnswer,
    onChange: () => set({}),
    onAccepted: (answer, result) => {
      keepResult(answer, result)
      if (result.total === undefined) return
      const { total } = result
      shownTotal = total
      later(TOTAL_HOLD_MS, () => {
        if (shownTotal === total) shownTotal = undefined
        set({})
      })
    },
    onRefused: (answer, error) => {
      set({ refused: { question_id: answer.question_id, code: error.code, message: refusalText(error) } })
      loadAnswers(0)
    },
  })

  let state: PlayerState = {
    live: live.getState(),
    quiz: undefined,
    answers: undefined,
    pending: outbox.pending(),
    isRetrying: false,
    refused: undefined,
    seen: loadSeen(storage, quizId),
    score: undefined,
    rank: undefined,
  }

  const set = (change: Partial<PlayerState>) => {
    const next = { ...state, ...change, pending: outbox.pending(), isRetrying: outbox.isRetrying() }
    const { you } = next.live
    if (you?.score === shownTotal) shownTotal = undefined
    next.score = shownTotal ?? you?.score
    next.rank = you?.rank
    state = next
    for (const listener of listeners) listener()
  }

  const keepResult = (answer: PendingAnswer, result: AnswerResult) => {
    const known = state.answers?.get(answer.question_id)
    if (known && known.seq > result.seq) return // A repeat of an earlier answer, overtaken since.
    const { question_id, seq, is_correct, score } = result
    const own: OwnAnswer = {
      question_id,
      answer: answer.answer,
      seq,
      ...(is_correct !== undefined && { is_correct }),
      ...(score !== undefined && { score }),
    }
    set({ answers: new Map(state.answers).set(question_id, own), refused: undefined })
  }

  /** Until it succeeds: without it a refresh would forget the answer on the screen. */
  let loading = false
  const loadAnswers = (attempt: number, revealTry = 0) => {
    if (loading && attempt === 0) return
    loading = true
    options.getAnswers().then(
      ({ answers }) => {
        loading = false
        if (stopped) return
        const merged = new Map<string, OwnAnswer>(answers.map((doc) => [doc.question_id, doc]))
        for (const [id, own] of state.answers ?? []) {
          const loaded = merged.get(id)
          if (!loaded || own.seq > loaded.seq) merged.set(id, own)
        }
        set({ answers: merged })
        if (revealTry > 0) loadPointsOf(state.live.quiz?.question?.question_id, revealTry)
      },
      (error: ApiError) => {
        loading = false
        if (error.passing) later(backoffMs(attempt, options.random), () => loadAnswers(attempt + 1, revealTry))
      },
    )
  }

  /** At a reveal: asks until the points are there, for they are given out in batches. */
  const loadPointsOf = (questionId: string | undefined, tried: number) => {
    const own = questionId === undefined ? undefined : state.answers?.get(questionId)
    if (!own || own.is_correct !== undefined || tried >= REVEAL_TRIES) return
    later(100 + options.random() * REVEAL_SPREAD_MS * (tried + 1), () => loadAnswers(0, tried + 1))
  }

  let explaining = false
  /** Somebody's points moved although the quiz has ended. */
  let isCorrectedForSomebody = false
  const explainPoints = () => {
    if (explaining) return
    explaining = true
    later(EXPLAIN_MS + options.random() * EXPLAIN_SPREAD_MS, () => {
      explaining = false
      if (loading) explainPoints()
      else if (isCorrectedForSomebody || isUnexplained(state)) {
        isCorrectedForSomebody = false
        loadAnswers(0)
      }
    })
  }

  const loadQuiz = (attempt: number) => {
    options.getQuiz().then(
      (quiz) => !stopped && set({ quiz }),
      (error: ApiError) => error.passing && later(backoffMs(attempt, options.random), () => loadQuiz(attempt + 1)),
    )
  }

  const onLive = () => {
    const before = state.live
    const now = live.getState()
    const seen = withQuestion(state.seen, now.quiz?.question)
    if (seen !== state.seen) saveSeen(storage, quizId, seen)
    set({ live: now, seen })
    const cameBack = before.link.status !== 'live' && now.link.status === 'live'
    if (cameBack) outbox.flush()
    if (cameBack && before.quiz) loadAnswers(0)
    const question = now.quiz?.question
    const justClosed = question?.state === 'closed' && before.quiz?.question?.state !== 'closed'
    if (justClosed) loadPointsOf(question.question_id, 0)
    if (before.you && now.you && before.you.score !== now.you.score) explainPoints()
    const hadEnded = before.quiz?.state === 'closed' && now.quiz?.state === 'closed'
    if (hadEnded && (isOther(before.board, now.board) || isOther(before.you, now.you))) {
      // The key that did it stands beside the own answer.
      isCorrectedForSomebody = true
      explainPoints()
    }
    if (isCorrected(before.quiz?.question, question)) later(options.random() * REVEAL_SPREAD_MS, () => loadAnswers(0))
    if (now.quiz?.state === 'closed' && before.quiz?.state !== 'closed')
      later(options.random() * REVEAL_SPREAD_MS, () => loadAnswers(0))
  }

  let unsubscribe = () => {}
  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: () => {
      unsubscribe = live.subscribe(onLive)
      live.start()
      outbox.flush()
      loadQuiz(0)
      loadAnswers(0)
    },
    stop: () => {
      stopped = true
      unsubscribe()
      live.stop()
      outbox.stop()
      for (const timer of timers) options.clearTimer(timer)
    },
    submit: (questionId, answer) => {
      set({ refused: undefined })
      outbox.add(questionId, answer)
    },
  }
}

type Versioned = { epoch: number; version: number } | undefined

/** A frame that tells something new. */
const isOther = (before: Versioned, now: Versioned): boolean =>
  before !== undefined && now !== undefined && (before.epoch !== now.epoch || before.version !== now.version)

/** The key on the screen is another one than it was. */
const isCorrected = (before: QuizFrame['question'], now: QuizFrame['question']): boolean =>
  before?.answer !== undefined && before.question_id === now?.question_id && before.answer !== now.answer

const REFUSALS: Record<string, string> = {
  'question/closed': 'Too late: this question had closed when the answer arrived.',
  'question/not_open': 'This question is not open for answers now.',
  'quiz/closed': 'The quiz had ended when the answer arrived.',
  'quiz/not_running': 'The quiz is not running now, so the answer could not be taken.',
  'answer/already_given': 'You have already answered this question, and the first answer stands.',
}

const refusalText = (error: ApiError): string => REFUSALS[error.code] ?? error.message
