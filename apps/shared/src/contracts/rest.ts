/** The REST shapes. Each schema gives the type, the parser and the OpenAPI component. */
import { z } from 'zod'

/** Default limits; each is a setting of its service. Lengths are in Unicode code points. */
export const LIMITS = {
  title: 100,
  prompt: 500,
  option: 200,
  answer: 200,
  options: { min: 2, max: 8 },
  accept: 20,
  questions: 500,
  playersPerQuiz: 10_000,
  name: 40,
  points: 10_000,
  timeLimitMs: { min: 1_000, max: 3_600_000 },
  bodyBytes: 64 * 1024,
  deckBytes: 2 * 1024 * 1024,
  page: { default: 100, max: 1_000 },
  standings: { default: 10, max: 1_000 },
} as const

const codePoints = (text: string) => {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Text of min…max code points, well-formed, without U+0000. */
export const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => codePoints(value) >= min, {
      message: `must have at least ${min} character${min === 1 ? '' : 's'}`,
    })
    .refine((value) => codePoints(value) <= max, { message: `must have at most ${max} characters` })
    // PostgreSQL's text takes no U+0000, and UTF-8 has no lone surrogates: what is stored would differ.
    .refine((value) => !value.includes('\0') && value.isWellFormed(), {
      message: 'must be Unicode text without U+0000',
    })
    .meta({ minLength: min, maxLength: max })

export const clientId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1–64 of A–Z, a–z, 0–9, _ and -')

export const timestamp = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds' })

export const questionType = z.enum([
  'choice',
  'typed',
  'definition_to_word',
  'word_to_definition',
  'synonym',
  'antonym',
  'cloze',
  'spelling',
])
export type QuestionType = z.infer<typeof questionType>

/** Typed types take free text; all the others are answered by one of their options. */
export const isTyped = (type: QuestionType): boolean => type === 'typed' || type === 'spelling'

export const question = z
  .object({
    question_id: z.string(),
    type: questionType,
    prompt: z.string(),
    options: z.array(z.string()).optional(),
    answer: z.string(),
    accept: z.array(z.string()).optional(),
    points: z.int(),
    time_limit_ms: z.int().nullable(),
    word: z.string().optional(),
  })
  .meta({ id: 'Question' })
export type Question = z.infer<typeof question>

export const deck = z
  .object({
    deck_id: z.string(),
    title: z.string(),
    questions: z.array(question),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Deck' })
export type Deck = z.infer<typeof deck>

export const quizState = z.enum(['draft', 'open', 'running', 'closed'])
export type QuizState = z.infer<typeof quizState>
export const quizMode = z.enum(['live', 'self_paced'])
export const scoringMode = z.enum(['accuracy', 'speed', 'streak'])
export type ScoringMode = z.infer<typeof scoringMode>
export const feedbackMode = z.enum(['instant', 'reveal'])
export type FeedbackMode = z.infer<typeof feedbackMode>
export const reanswerMode = z.enum(['allowed', 'never'])
export type ReanswerMode = z.infer<typeof reanswerMode>

export const quiz = z
  .object({
    quiz_id: z.string(),
    title: z.string(),
    state: quizState,
    mode: quizMode,
    scoring: scoringMode,
    feedback: feedbackMode,
    reanswer: reanswerMode,
    question_count: z.int(),
    players: z.int(),
    position: z.int().nullable(),
  })
  .meta({ id: 'Quiz' })
export type Quiz = z.infer<typeof quiz>

export const openQuestion = z
  .object({
    question_id: z.string(),
    type: questionType,
    position: z.int(),
    prompt: z.string(),
    options: z.array(z.string()).optional(),
    points: z.int(),
    time_limit_ms: z.int().nullable(),
    opened_at: timestamp.optional(),
    deadline: timestamp.nullable().optional(),
  })
  .meta({ id: 'OpenQuestion' })
export type OpenQuestion = z.infer<typeof openQuestion>

export const answerDoc = z
  .object({
    user_id: z.string(),
    quiz_id: z.string(),
    question_id: z.string(),
    answer: z.string(),
    is_correct: z.boolean().optional(),
    score: z.int().optional(),
    update_ts: timestamp,
    seq: z.int(),
    elapsed_ms: z.int().optional(),
    streak: z.int().optional(),
    key: z.string().optional(),
    regraded: z
      .object({ at: timestamp, was: z.object({ is_correct: z.boolean(), score: z.int() }) })
      .optional()
      .meta({
        description: 'The host corrected the key: when this answer got another verdict, and what its first one was',
      }),
  })
  .meta({ id: 'AnswerDoc' })
export type AnswerDoc = z.infer<typeof answerDoc>

export const answerResult = z
  .object({
    question_id: z.string(),
    seq: z.int(),
    is_correct: z.boolean().optional(),
    score: z.int().optional(),
    total: z.int().optional(),
  })
  .meta({ id: 'AnswerResult' })
export type AnswerResult = z.infer<typeof answerResult>

export const standing = z
  .object({ rank: z.int(), user_id: z.string(), name: z.string().nullable(), score: z.int() })
  .meta({ id: 'Standing' })
export type Standing = z.infer<typeof standing>

export const leaderboardPage = z
  .object({
    quiz_id: z.string(),
    epoch: z.int(),
    version: z.int(),
    players: z.int(),
    limit: z.int(),
    offset: z.int(),
    standings: z.array(standing),
  })
  .meta({ id: 'LeaderboardPage' })
export type LeaderboardPage = z.infer<typeof leaderboardPage>

export const playerStanding = standing
  .extend({ quiz_id: z.string(), epoch: z.int(), version: z.int(), players: z.int(), seq: z.int() })
  .meta({ id: 'PlayerStanding' })
export type PlayerStanding = z.infer<typeof playerStanding>

/** Request body of POST /answers/{id}. Unknown fields are ignored. */
export const answerRequest = z
  .object({ question_id: z.string(), answer: text(1, LIMITS.answer), answer_id: clientId.optional() })
  .meta({ id: 'AnswerRequest' })
export type AnswerRequest = z.infer<typeof answerRequest>

export const joined = z
  .object({ quiz_id: z.string(), user_id: z.string(), name: z.string(), token: z.string() })
  .meta({ id: 'Joined' })
export type Joined = z.infer<typeof joined>

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional(),
          parameter: z.string().optional(),
          detail: z.string(),
          value: z.unknown().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>
