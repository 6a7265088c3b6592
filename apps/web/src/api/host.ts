/** The host's calls, bound to a token. */
import type {
  AnswerDoc,
  Deck,
  FeedbackMode,
  LeaderboardPage,
  OpenQuestion,
  QuestionType,
  Quiz,
  ReanswerMode,
  ScoringMode,
} from '@quizboard/shared/contracts/rest.ts'
import { ApiError } from './error.ts'
import { query, type RequestOptions, request as send } from './request.ts'

export interface DeckSummary {
  deck_id: string
  title: string
  question_count: number
  updated_at: string
}

/** A question as the host writes it: what is left out gets the server's default. */
export interface DeckQuestionBody {
  question_id?: string
  type: QuestionType
  prompt: string
  options?: string[]
  answer: string
  accept?: string[]
  points: number
  time_limit_ms: number | null
  word?: string
}

export interface DeckBody {
  title: string
  questions: DeckQuestionBody[]
}

export interface ImportError {
  row: number
  column?: string
  detail: string
  value?: unknown
}

export interface QuizBody {
  deck_id: string
  title?: string
  scoring: ScoringMode
  feedback: FeedbackMode
  reanswer: ReanswerMode
}

/** What is right for a question: `answer`, and what is right too. */
export interface Key {
  answer: string
  accept: string[]
}

/** One of the three at least. */
export interface Correction {
  answer?: string
  accept?: string[]
  reject?: string[]
}

/** A key that was corrected. */
export interface Regrade extends Key {
  question_id: string
  /** Of the regrades of the quiz, from 1. */
  revision: number
  was?: Key
  made_at: string
  /** null: answers are still being judged again. */
  done_at: string | null
  answers: number
  changed: number
}

export interface AnswersQuery {
  limit?: number
  after?: string | undefined
  question_id?: string
}

const at = encodeURIComponent

/** `onRefused` is called when the token is no longer good. */
export const createHostApi = (token: string, onRefused: (error: ApiError) => void) => {
  const request = async <T>(method: string, path: string, options: Omit<RequestOptions, 'token'> = {}): Promise<T> => {
    try {
      return await send<T>(method, path, { ...options, token })
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) onRefused(error)
      throw error
    }
  }
  return {
    decks: (after?: string): Promise<{ decks: DeckSummary[]; next: string | null }> =>
      request('GET', `/decks${query({ limit: 100, after })}`),
    deck: (id: string): Promise<Deck> => request('GET', `/decks/${at(id)}`),
    createDeck: (body: DeckBody): Promise<Deck> => request('POST', '/decks', { json: body }),
    replaceDeck: (id: string, body: DeckBody): Promise<Deck> => request('PUT', `/decks/${at(id)}`, { json: body }),
    deleteDeck: (id: string): Promise<void> => request('DELETE', `/decks/${at(id)}`),
    importDeck: (title: string, csv: string): Promise<Deck & { errors: ImportError[] }> =>
      request('POST', `/decks/import${query({ title })}`, { csv }),

    quizzes: (after?: string): Promise<{ quizzes: Quiz[]; next: string | null }> =>
      request('GET', `/quizzes${query({ limit: 100, after })}`),
    createQuiz: (body: QuizBody): Promise<Quiz> => request('POST', '/quizzes', { json: body }),
    quiz: (id: string): Promise<Quiz> => request('GET', `/quizzes/${at(id)}`),
    questions: (id: string): Promise<{ questions: OpenQuestion[] }> => request('GET', `/quizzes/${at(id)}/questions`),
    /** `open`, `start` and `close` for the state that already is change nothing, so a double click is harmless. */
    move: (id: string, step: 'open' | 'start' | 'close'): Promise<Quiz> =>
      request('POST', `/quizzes/${at(id)}/${step}`, { json: {} }),
    /** Only if `position` is still the current question: a double click is refused with `quiz/moved_on`. */
    advance: (id: string, step: 'reveal' | 'next', position: number): Promise<Quiz> =>
      request('POST', `/quizzes/${at(id)}/${step}`, { json: { position } }),

    answers: (id: string, options: AnswersQuery = {}): Promise<{ answers: AnswerDoc[]; next: string | null }> =>
      request('GET', `/answers/${at(id)}${query({ ...options })}`),
    keys: (id: string): Promise<{ keys: (Key & { question_id: string })[] }> =>
      request('GET', `/quizzes/${at(id)}/keys`),
    /** Given again it changes nothing more: trying again is safe. */
    regrade: (id: string, questionId: string, correction: Correction): Promise<Regrade> =>
      request('POST', `/quizzes/${at(id)}/questions/${at(questionId)}/regrade`, { json: correction }),
    regrades: (id: string, after?: string): Promise<{ regrades: Regrade[]; next: string | null }> =>
      request('GET', `/quizzes/${at(id)}/regrades${query({ limit: 20, after })}`),
    leaderboard: (id: string, limit: number, offset: number): Promise<LeaderboardPage> =>
      request('GET', `/leaderboards/${at(id)}${query({ limit, offset })}`),
  }
}

export type HostApi = ReturnType<typeof createHostApi>

/** Exchanges the one-time code of the host link for a token. */
export const redeemHostCode = (code: string): Promise<{ token: string; expires_at: string }> =>
  send('POST', '/host/sessions', { json: { code } })
