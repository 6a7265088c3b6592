/** The settings of the leaderboard-service, from environment variables. All have defaults. */
import { setting } from '@quizboard/shared/kit/config.ts'
import { z } from 'zod'
import { LIVE_DEFAULTS, type LiveSettings } from './adapters/ws-server.ts'
import { EDGE_DEFAULTS, type EdgeSettings } from './app/edge.ts'

/** Fields are names of variables: for kit/config's readConfig. */
export const leaderboardConfig = z.object({
  QUIZBOARD_LIVE_SOCKETS_MAX: setting.int({ min: 1, max: 1_000_000, default: LIVE_DEFAULTS.socketsMax }),
  QUIZBOARD_LIVE_PENDING_MAX: setting.int({ min: 1, max: 1_000_000, default: LIVE_DEFAULTS.pendingMax }),
  QUIZBOARD_LIVE_HELLO_TIMEOUT_MS: setting.int({ min: 100, max: 10_000, default: LIVE_DEFAULTS.helloMs }),
  QUIZBOARD_LIVE_PING_INTERVAL_MS: setting.int({ min: 1_000, max: 600_000, default: LIVE_DEFAULTS.pingIntervalMs }),
  QUIZBOARD_LIVE_FRAMES_PER_S: setting.int({ min: 1, max: 10_000, default: LIVE_DEFAULTS.framesPerS }),
  QUIZBOARD_LIVE_CLOSE_TIMEOUT_MS: setting.int({ min: 100, max: 60_000, default: LIVE_DEFAULTS.closeMs }),
  QUIZBOARD_LIVE_RETRY_SPREAD_MS: setting.int({ min: 1_000, max: 600_000, default: LIVE_DEFAULTS.retrySpreadMs }),
  QUIZBOARD_LIVE_STUCK_MS: setting.int({ min: 1_000, max: 600_000, default: EDGE_DEFAULTS.stuckMs }),
  QUIZBOARD_LIVE_TICK_MIN_MS: setting.int({ min: 1, max: 1_000, default: EDGE_DEFAULTS.minMs }),
  QUIZBOARD_LIVE_TICK_MAX_MS: setting.int({ min: 50, max: 1_500, default: EDGE_DEFAULTS.maxMs }),
  QUIZBOARD_LIVE_QUIZ_IDLE_MS: setting.int({ min: 1_000, max: 86_400_000, default: EDGE_DEFAULTS.idleMs }),
})
export type LeaderboardConfig = z.infer<typeof leaderboardConfig>

export const edgeSettingsOf = (config: LeaderboardConfig): Partial<EdgeSettings> => ({
  minMs: config.QUIZBOARD_LIVE_TICK_MIN_MS,
  maxMs: Math.max(config.QUIZBOARD_LIVE_TICK_MIN_MS, config.QUIZBOARD_LIVE_TICK_MAX_MS),
  stuckMs: config.QUIZBOARD_LIVE_STUCK_MS,
  idleMs: config.QUIZBOARD_LIVE_QUIZ_IDLE_MS,
})

export const liveSettingsOf = (config: LeaderboardConfig): LiveSettings => ({
  socketsMax: config.QUIZBOARD_LIVE_SOCKETS_MAX,
  pendingMax: config.QUIZBOARD_LIVE_PENDING_MAX,
  helloMs: config.QUIZBOARD_LIVE_HELLO_TIMEOUT_MS,
  pingIntervalMs: config.QUIZBOARD_LIVE_PING_INTERVAL_MS,
  framesPerS: config.QUIZBOARD_LIVE_FRAMES_PER_S,
  closeMs: config.QUIZBOARD_LIVE_CLOSE_TIMEOUT_MS,
  retrySpreadMs: config.QUIZBOARD_LIVE_RETRY_SPREAD_MS,
})
