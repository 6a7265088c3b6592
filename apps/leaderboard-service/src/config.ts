/** The settings of the leaderboard-service, from environment variables. All have defaults. */
import { type Env, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { z } from 'zod'
import { LIVE_DEFAULTS, type LiveSettings } from './adapters/ws-settings.ts'
import { EDGE_DEFAULTS, type EdgeSettings } from './app/edge.ts'
import { OWNER_DEFAULTS, type OwnerSettings } from './app/owner-settings.ts'

export interface LeaderboardSettings {
  live?: Partial<LiveSettings>
  edge?: Partial<EdgeSettings>
  owner?: Partial<OwnerSettings>
}

/** By the names of the variables. */
export const schema = z.object({
  QUIZBOARD_SOCKETS_LIMIT: setting.int({ min: 1, max: 1_000_000, default: LIVE_DEFAULTS.socketsMax }),
  QUIZBOARD_PENDING_SOCKETS_LIMIT: setting.int({ min: 1, max: 1_000_000, default: LIVE_DEFAULTS.pendingMax }),
  QUIZBOARD_HELLO_TIMEOUT_MS: setting.int({ min: 100, max: 10_000, default: LIVE_DEFAULTS.helloMs }),
  QUIZBOARD_PING_INTERVAL_MS: setting.int({ min: 1_000, max: 600_000, default: LIVE_DEFAULTS.pingIntervalMs }),
  QUIZBOARD_FRAMES_PER_S: setting.int({ min: 1, max: 10_000, default: LIVE_DEFAULTS.framesPerS }),
  QUIZBOARD_CLOSE_TIMEOUT_MS: setting.int({ min: 100, max: 60_000, default: LIVE_DEFAULTS.closeMs }),
  QUIZBOARD_RETRY_SPREAD_MS: setting.int({ min: 1_000, max: 600_000, default: LIVE_DEFAULTS.retrySpreadMs }),
  QUIZBOARD_STUCK_SOCKET_MS: setting.int({ min: 1_000, max: 600_000, default: EDGE_DEFAULTS.stuckMs }),
  QUIZBOARD_TICK_MIN_MS: setting.int({ min: 1, max: 1_000, default: EDGE_DEFAULTS.minMs }),
  QUIZBOARD_TICK_MAX_MS: setting.int({ min: 50, max: 1_500, default: EDGE_DEFAULTS.maxMs }),
  QUIZBOARD_QUIZ_IDLE_MS: setting.int({ min: 1_000, max: 86_400_000, default: EDGE_DEFAULTS.idleMs }),
  QUIZBOARD_BOARD_FLUSH_MS: setting.int({ min: 10, max: 10_000, default: OWNER_DEFAULTS.flushMs }),
  QUIZBOARD_BOARD_DIRTY_ROWS_LIMIT: setting.int({ min: 100, max: 1_000_000, default: OWNER_DEFAULTS.dirtyRows }),
  QUIZBOARD_BOARD_USERS_LIMIT: setting.int({ min: 1, max: 10_000_000, default: OWNER_DEFAULTS.usersPerBoard }),
  QUIZBOARD_BOARD_IDLE_MS: setting.int({ min: 1_000, max: 86_400_000, default: OWNER_DEFAULTS.idleMs }),
  QUIZBOARD_KNOWN_QUIZZES_LIMIT: setting.int({ min: 100, max: 10_000_000, default: OWNER_DEFAULTS.quizzes }),
})

/** Throws ConfigError with all problems at once. */
export const readLeaderboardSettings = (env: Env): Required<LeaderboardSettings> => {
  const set = readConfig(schema, env)
  return {
    live: {
      socketsMax: set.QUIZBOARD_SOCKETS_LIMIT,
      pendingMax: set.QUIZBOARD_PENDING_SOCKETS_LIMIT,
      helloMs: set.QUIZBOARD_HELLO_TIMEOUT_MS,
      pingIntervalMs: set.QUIZBOARD_PING_INTERVAL_MS,
      framesPerS: set.QUIZBOARD_FRAMES_PER_S,
      closeMs: set.QUIZBOARD_CLOSE_TIMEOUT_MS,
      retrySpreadMs: set.QUIZBOARD_RETRY_SPREAD_MS,
    },
    edge: {
      minMs: set.QUIZBOARD_TICK_MIN_MS,
      maxMs: Math.max(set.QUIZBOARD_TICK_MIN_MS, set.QUIZBOARD_TICK_MAX_MS),
      stuckMs: set.QUIZBOARD_STUCK_SOCKET_MS,
      idleMs: set.QUIZBOARD_QUIZ_IDLE_MS,
    },
    owner: {
      flushMs: set.QUIZBOARD_BOARD_FLUSH_MS,
      dirtyRows: set.QUIZBOARD_BOARD_DIRTY_ROWS_LIMIT,
      usersPerBoard: set.QUIZBOARD_BOARD_USERS_LIMIT,
      idleMs: set.QUIZBOARD_BOARD_IDLE_MS,
      quizzes: set.QUIZBOARD_KNOWN_QUIZZES_LIMIT,
    },
  }
}
