/** The events of the four topics. All values are JSON; all four topics have the same number of partitions. */
import { z } from 'zod'
import {
  feedbackMode,
  openQuestion,
  question,
  quizMode,
  quizState,
  reanswerMode,
  scoringMode,
  timestamp,
} from './rest.ts'

export const TOPICS = {
  /** Questions and keys by quiz_id; compacted; only the answer-service may read it. */
  definitions: 'quiz.definitions',
  /** Small snapshots by quiz_id; compacted. */
  lifecycle: 'quiz.lifecycle',
  /** Names and joins by `quiz_id/user_id`, in the quiz's partition; compacted. */
  players: 'quiz.players',
  /** Score changes by quiz_id; kept by time. */
  scores: 'quiz.scores',
  /** What could not be understood or applied, with its reason; kept by time. */
  deadLetters: 'quiz.scores.dlq',
} as const

export const definitionEvent = z
  .object({
    quiz_id: z.string(),
    mode: quizMode,
    scoring: scoringMode,
    feedback: feedbackMode,
    reanswer: reanswerMode,
    questions: z.array(question),
  })
  .meta({ id: 'DefinitionEvent' })
export type DefinitionEvent = z.infer<typeof definitionEvent>

/**
 * A quiz as of `revision`. `question` is the current one (live, from the start on). Its `state`:
 * `closing`: no answer is accepted any more, the key is not shown yet; `closed`: closed for all, so `answer` is there.
 * In a live quiz, questions at positions below `question.position` are closed for all; in a closed quiz, all are.
 */
export const lifecycleEvent = z
  .object({
    quiz_id: z.string(),
    title: z.string(),
    revision: z.int().nonnegative(),
    state: quizState,
    mode: quizMode,
    scoring: scoringMode,
    feedback: feedbackMode,
    reanswer: reanswerMode,
    question_count: z.int(),
    position: z.int().nullable(),
    question: openQuestion
      .extend({ state: z.enum(['open', 'closing', 'closed']), answer: z.string().optional() })
      .optional(),
    closed_at: timestamp.optional(),
  })
  .meta({ id: 'LifecycleEvent' })
export type LifecycleEvent = z.infer<typeof lifecycleEvent>

export const playerEvent = z
  .object({ quiz_id: z.string(), user_id: z.string(), name: z.string(), joined_at: timestamp })
  .meta({ id: 'PlayerEvent' })
export type PlayerEvent = z.infer<typeof playerEvent>

/** Our own score event: it sets the total if its revision is newer than what the board has. */
export const scoreEvent = z
  .object({
    quiz_id: z.string(),
    user_id: z.string(),
    /** The change of the total. */
    score: z.int(),
    question_id: z.string().optional(),
    total: z.int(),
    /** Of the last answer counted in `total`. */
    seq: z.int().nonnegative(),
    /** Rises by 1 with every event of this player in this quiz. */
    revision: z.int().positive(),
    /** Server time of the answer that caused this event. */
    answered_at: timestamp,
    /** Server time of the answer that last changed the total; absent: none did yet. */
    reached_at: timestamp.optional(),
  })
  .meta({ id: 'ScoreEvent' })
export type ScoreEvent = z.infer<typeof scoreEvent>

export const FOREIGN_SCORE_LIMIT = 1_000_000_000

/** The seed's three fields, and no more: a foreign producer's delta, added once per (partition, offset). */
export const foreignScoreEvent = z
  .strictObject({
    quiz_id: z.string().min(1).max(200),
    user_id: z.string().min(1).max(200),
    score: z.int().min(-FOREIGN_SCORE_LIMIT).max(FOREIGN_SCORE_LIMIT),
  })
  .meta({ id: 'ForeignScoreEvent' })
export type ForeignScoreEvent = z.infer<typeof foreignScoreEvent>
