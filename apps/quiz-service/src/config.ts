/** The settings of the quiz-service, from environment variables. All but the database have defaults. */
import { LIMITS } from '@quizboard/shared/contracts/rest.ts'
import type { RateLimit } from '@quizboard/shared/http/rate-limit.ts'
import { type Env, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { z } from 'zod'

const DAY_MS = 86_400_000

export interface QuizSettings {
  /** Players of one quiz. */
  playersMax: number
  /** Joins, for each address. */
  joins: RateLimit
  /** Exchanges of login codes, for each address. */
  logins: RateLimit
  loginCodeMs: number
  /** How long a host's session lasts. */
  hostSessionMs: number
  /** A player's token is refused this long after its quiz closed. */
  playerTokenGraceMs: number
  /** A reply waits this long for its event to be in the event log. */
  logWaitMs: number
  /** A close waits this long for the answer-services' word. */
  stopAnswersMs: number
  /** A regrade is waited for so long; then it goes on by itself. */
  regradeWaitMs: number
  /** How often the store is asked for deadlines and for what a crash left. */
  pollMs: number
}

export const QUIZ_DEFAULTS: QuizSettings = {
  playersMax: LIMITS.playersPerQuiz,
  joins: { ratePerS: 50, burst: 1_000 },
  logins: { ratePerS: 1, burst: 20 },
  loginCodeMs: 30 * 60_000,
  hostSessionMs: 30 * DAY_MS,
  playerTokenGraceMs: DAY_MS,
  logWaitMs: 500,
  stopAnswersMs: 10_000,
  regradeWaitMs: 5_000,
  pollMs: 1_000,
}

const D = QUIZ_DEFAULTS
const count = (fallback: number) => setting.int({ min: 1, max: 1_000_000, default: fallback })
/** By the names of the variables. */
export const schema = z.object({
  POSTGRES_URL: setting.url({ protocols: ['postgres', 'postgresql'] }),
  POSTGRES_CONNECTIONS: setting.int({ min: 3, max: 100, default: 10 }),
  QUIZBOARD_PLAYERS_LIMIT: count(D.playersMax),
  QUIZBOARD_JOINS_PER_S: count(D.joins.ratePerS),
  QUIZBOARD_JOINS_BURST: count(D.joins.burst),
  QUIZBOARD_LOGINS_PER_S: count(D.logins.ratePerS),
  QUIZBOARD_LOGINS_BURST: count(D.logins.burst),
  QUIZBOARD_LOGIN_CODE_MS: setting.int({ min: 60_000, max: DAY_MS, default: D.loginCodeMs }),
  QUIZBOARD_HOST_SESSION_MS: setting.int({ min: 60_000, max: 365 * DAY_MS, default: D.hostSessionMs }),
  QUIZBOARD_PLAYER_TOKEN_GRACE_MS: setting.int({ min: 0, max: 365 * DAY_MS, default: D.playerTokenGraceMs }),
  QUIZBOARD_EVENT_LOG_WAIT_MS: setting.int({ min: 0, max: 10_000, default: D.logWaitMs }),
  QUIZBOARD_STOP_ANSWERS_MS: setting.int({ min: 100, max: 25_000, default: D.stopAnswersMs }),
  QUIZBOARD_REGRADE_WAIT_MS: setting.int({ min: 0, max: 25_000, default: D.regradeWaitMs }),
  QUIZBOARD_DEADLINE_POLL_MS: setting.int({ min: 100, max: 60_000, default: D.pollMs }),
})

/** Throws ConfigError with all problems at once. */
export const readQuizSettings = (
  env: Env,
): { database: { url: string; connections: number }; settings: QuizSettings } => {
  const set = readConfig(schema, env)
  return {
    database: { url: set.POSTGRES_URL, connections: set.POSTGRES_CONNECTIONS },
    settings: {
      playersMax: set.QUIZBOARD_PLAYERS_LIMIT,
      joins: { ratePerS: set.QUIZBOARD_JOINS_PER_S, burst: set.QUIZBOARD_JOINS_BURST },
      logins: { ratePerS: set.QUIZBOARD_LOGINS_PER_S, burst: set.QUIZBOARD_LOGINS_BURST },
      loginCodeMs: set.QUIZBOARD_LOGIN_CODE_MS,
      hostSessionMs: set.QUIZBOARD_HOST_SESSION_MS,
      playerTokenGraceMs: set.QUIZBOARD_PLAYER_TOKEN_GRACE_MS,
      logWaitMs: set.QUIZBOARD_EVENT_LOG_WAIT_MS,
      stopAnswersMs: set.QUIZBOARD_STOP_ANSWERS_MS,
      regradeWaitMs: set.QUIZBOARD_REGRADE_WAIT_MS,
      pollMs: set.QUIZBOARD_DEADLINE_POLL_MS,
    },
  }
}

/** Of the service as a process of its own, by the names of the variables. */
export const processSchema = z.object({
  QUIZBOARD_ANSWER_SERVICE_INTERNAL_URL: setting
    .urls({ protocols: ['http'] })
    .describe('internal port of the answer-service; several with commas'),
  QUIZBOARD_MIGRATE: setting
    .flag({ default: true })
    .describe('bring the schema of PostgreSQL up to date at the start; false: a step before does (true)'),
})

export const readProcessPart = (env: Env): { answerUrls: readonly string[]; migrate: boolean } => {
  const set = readConfig(processSchema, env)
  return { answerUrls: set.QUIZBOARD_ANSWER_SERVICE_INTERNAL_URL, migrate: set.QUIZBOARD_MIGRATE }
}
