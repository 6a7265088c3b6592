/** The settings of the gateway, from environment variables. */
import { fileURLToPath } from 'node:url'
import { type Env, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { z } from 'zod'

const urls = (of: string) => setting.urls({ protocols: ['http'] }).describe(`of the ${of}; several with commas`)

/** By the names of the variables. */
export const schema = z.object({
  QUIZBOARD_QUIZ_SERVICE_URL: urls('quiz-service'),
  QUIZBOARD_ANSWER_SERVICE_URL: urls('answer-service'),
  QUIZBOARD_LEADERBOARD_SERVICE_URL: urls('leaderboard-service'),
  QUIZBOARD_PUBLIC_URL: setting
    .url({ protocols: ['http', 'https'] })
    .optional()
    .describe('how people reach it: the join link begins with it'),
  QUIZBOARD_WEB_DIR: setting
    .text({ default: fileURLToPath(new URL('../../web/dist', import.meta.url)) })
    .describe('folder of the built web pages (as built)'),
})

export interface GatewaySettings {
  quizUrls: readonly string[]
  answerUrls: readonly string[]
  leaderboardUrls: readonly string[]
  publicUrl: string | undefined
  webDir: string
}

/** Throws ConfigError with all problems at once. */
export const readGatewaySettings = (env: Env): GatewaySettings => {
  const set = readConfig(schema, env)
  return {
    quizUrls: set.QUIZBOARD_QUIZ_SERVICE_URL,
    answerUrls: set.QUIZBOARD_ANSWER_SERVICE_URL,
    leaderboardUrls: set.QUIZBOARD_LEADERBOARD_SERVICE_URL,
    publicUrl: set.QUIZBOARD_PUBLIC_URL?.replace(/\/+$/, ''),
    webDir: set.QUIZBOARD_WEB_DIR,
  }
}
