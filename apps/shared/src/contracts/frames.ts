/** The frames of `/live/{quiz_id}`. */
import { z } from 'zod'
import { openQuestion, quizMode, quizState, standing, timestamp } from './rest.ts'

export const FRAME_LIMIT_BYTES = 4 * 1024

/** The one frame a client sends. Unknown fields are ignored. */
export const helloFrame = z
  .object({
    type: z.literal('hello'),
    token: z.string().optional(),
    top: z.int().min(1).max(100).optional(),
    epoch: z.int().nonnegative().optional(),
    version: z.int().nonnegative().optional(),
  })
  .meta({ id: 'HelloFrame' })
export type HelloFrame = z.infer<typeof helloFrame>

export const leaderboardFrame = z
  .object({
    type: z.literal('leaderboard'),
    quiz_id: z.string(),
    epoch: z.int(),
    version: z.int(),
    players: z.int(),
    top: z.array(standing),
    reset: z.literal(true).optional(),
  })
  .meta({ id: 'LeaderboardFrame' })
export type LeaderboardFrame = z.infer<typeof leaderboardFrame>

export const youFrame = z
  .object({
    type: z.literal('you'),
    quiz_id: z.string(),
    epoch: z.int(),
    version: z.int(),
    rank: z.int(),
    score: z.int(),
    reset: z.literal(true).optional(),
  })
  .meta({ id: 'YouFrame' })
export type YouFrame = z.infer<typeof youFrame>

export const quizFrame = z
  .object({
    type: z.literal('quiz'),
    quiz_id: z.string(),
    revision: z.int(),
    state: quizState,
    mode: quizMode,
    question_count: z.int(),
    players: z.int(),
    server_time: timestamp,
    question: openQuestion.extend({ state: z.enum(['open', 'closed']), answer: z.string().optional() }).optional(),
  })
  .meta({ id: 'QuizFrame' })
export type QuizFrame = z.infer<typeof quizFrame>

export const errorFrame = z
  .object({ type: z.literal('error'), code: z.string(), detail: z.string(), retry_ms: z.int().optional() })
  .meta({ id: 'ErrorFrame' })
export type ErrorFrame = z.infer<typeof errorFrame>

export type ServerFrame = LeaderboardFrame | YouFrame | QuizFrame | ErrorFrame
