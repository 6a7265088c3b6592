/** What the outside world knows: what was sent, what was acknowledged, what was seen. The oracle judges by these alone. */
import type { RegradeRequest } from '@quizboard/quiz-service/domain/regrade.ts'
import type { Question } from '@quizboard/shared/contracts/rest.ts'

/** An answer that the store refuses, and whatever is to be stored with it. */
export const POISON = 'poison'

type Scoring = 'accuracy' | 'speed' | 'streak'
export interface QuizPlan {
  quizId: string
  scoring: Scoring
  feedback: 'instant' | 'reveal'
  reanswer: 'allowed' | 'never'
  questions: readonly Question[]
  /** By question_id: texts that are right, texts that are wrong. */
  texts: ReadonlyMap<string, { right: readonly string[]; wrong: readonly string[] }>
}

export interface Submission {
  quizId: string
  userId: string
  questionId: string
  answer: string
  answerId: string | undefined
}
interface Result {
  question_id: string
  seq: number
  is_correct?: boolean | undefined
  score?: number | undefined
  total?: number | undefined
}
/** A 2xx that the service gave. */
export interface Acknowledged extends Submission {
  kind: 'accepted' | 'repeated'
  result: Result
}

/** An answer as it became durable, whatever replaced it since. */
export interface Stored {
  questionId: string
  isCorrect: boolean
  score: number
  streak: number | undefined
  /** Server time of receipt. */
  at: number
  /** By question_id: whether the player's latest answer was right when this one was accepted. */
  before: ReadonlyMap<string, boolean>
}
interface Opened {
  openedAt: number
  deadline: number | null
}

export interface Facts {
  plans: Map<string, QuizPlan>
  /** By question_id: as the quiz-service stored it. */
  opened: Map<string, Opened>
  /** By question_id: with the key that the host gave it last. */
  corrected: Map<string, Question>
  /** By question_id: how the host asked to correct its key. */
  corrections: Map<string, RegradeRequest[]>
  /** By quiz_id: until when its players do nothing. */
  breaks: Map<string, number>
  /** By quiz_id: of its partition's lease. */
  epochs: Map<string, number>
  /** question_ids that the log says were opened. */
  logged: Set<string>
  /** question_ids whose close is durable. */
  closed: Set<string>
  /** By user_id, then seq. */
  stored: Map<string, Map<number, Stored>>
  /** user_ids of whom not every verdict was seen: an answer was accepted and regraded in one commit. */
  unseen: Set<string>
  acknowledged: Acknowledged[]
  /** Submissions with an answer_id that were refused for good. */
  refused: Submission[]
  /** Those that came too early: a copy of one that was delayed on its way may come in time, and count, and nobody is told. */
  early: Submission[]
  /** Submissions without an answer_id: how often each was accepted nobody knows once a reply is lost on the way. */
  anonymous: Submission[]
  /** By join_id: the user_id that a reply gave. */
  joined: Map<string, string>
  /** Malformed score events that were published. */
  garbage: number
}

export const newFacts = (): Facts => ({
  plans: new Map(),
  opened: new Map(),
  corrected: new Map(),
  corrections: new Map(),
  breaks: new Map(),
  epochs: new Map(),
  logged: new Set(),
  closed: new Set(),
  stored: new Map(),
  unseen: new Set(),
  acknowledged: [],
  refused: [],
  early: [],
  anonymous: [],
  joined: new Map(),
  garbage: 0,
})
