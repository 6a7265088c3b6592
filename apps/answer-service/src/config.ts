/** The settings of the answer-service, from environment variables. All have defaults. */
import { type Env, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { z } from 'zod'
import { type AnswerSettings, DEFAULT_SETTINGS as D } from './app/settings.ts'
import { PLAYER_ANSWERS } from './service.ts'

const count = (fallback: number) => setting.int({ min: 1, max: 1_000_000, default: fallback })
const ms = (min: number, max: number, fallback: number) => setting.int({ min, max, default: fallback })

/** By the names of the variables. */
export const schema = z.object({
  QUIZBOARD_ANSWERS_PER_S: count(PLAYER_ANSWERS.ratePerS).describe('answers a second of one player'),
  QUIZBOARD_ANSWERS_BURST: count(PLAYER_ANSWERS.burst).describe('answers at once of one player'),
  QUIZBOARD_COMMIT_BATCH_LIMIT: setting
    .int({ min: 1, max: 2_000, default: D.batchMax })
    .describe('answers of one transaction'),
  QUIZBOARD_ANSWER_QUEUE_LIMIT: count(D.queueMax).describe('answers that wait for a transaction; past it 503'),
  QUIZBOARD_OUTBOX_SWEEP_MS: ms(100, 60_000, D.sweepMs).describe('between two looks for what a crash left'),
  QUIZBOARD_REPLICA_BEAT_MS: ms(100, 10_000, D.beatMs).describe('between two signs of life of a replica'),
  QUIZBOARD_REPLICA_EXPIRE_MS: ms(1_000, 120_000, D.expireMs).describe('a replica without any for so long is fenced'),
  QUIZBOARD_STOP_PEER_MS: ms(50, 10_000, D.peerMs).describe('a replica that says nothing to a close in time is fenced'),
  QUIZBOARD_STOP_DRAIN_MS: ms(100, 120_000, D.drainMs).describe(
    'a replica that takes longer to end what it had accepted is fenced',
  ),
})

/** Throws ConfigError with all problems at once. */
export const readAnswerSettings = (
  env: Env,
): Partial<AnswerSettings> & { answers: { ratePerS: number; burst: number } } => {
  const set = readConfig(schema, env)
  return {
    answers: { ratePerS: set.QUIZBOARD_ANSWERS_PER_S, burst: set.QUIZBOARD_ANSWERS_BURST },
    batchMax: set.QUIZBOARD_COMMIT_BATCH_LIMIT,
    queueMax: set.QUIZBOARD_ANSWER_QUEUE_LIMIT,
    sweepMs: set.QUIZBOARD_OUTBOX_SWEEP_MS,
    beatMs: set.QUIZBOARD_REPLICA_BEAT_MS,
    expireMs: set.QUIZBOARD_REPLICA_EXPIRE_MS,
    peerMs: set.QUIZBOARD_STOP_PEER_MS,
    drainMs: set.QUIZBOARD_STOP_DRAIN_MS,
  }
}
