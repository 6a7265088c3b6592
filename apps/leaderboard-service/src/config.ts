/** The settings of the leaderboard-service, from environment variables. All have defaults. */
import { type Env, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { z } from 'zod'
import { LIVE_DEFAULTS, type LiveSettings } from './adapters/ws-settings.ts'
import { EDGE_DEFAULTS, type EdgeSettings } from './app/edge.ts'
import { PARTITION_DEFAULTS, type PartitionSettings } from './app/partition-settings.ts'

export interface LeaderboardSettings {
  live?: Partial<LiveSettings>
  edge?: Partial<EdgeSettings>
  partitions?: Partial<PartitionSettings>
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
  QUIZBOARD_BOARD_FLUSH_MS: setting.int({ min: 10, max: 10_000, default: PARTITION_DEFAULTS.flushMs }),
  QUIZBOARD_BOARD_DIRTY_ROWS_LIMIT: setting.int({ min: 100, max: 1_000_000, default: PARTITION_DEFAULTS.dirtyRows }),
  QUIZBOARD_BOARD_USERS_LIMIT: setting.int({ min: 1, max: 10_000_000, default: PARTITION_DEFAULTS.usersPerBoard }),
  QUIZBOARD_BOARD_IDLE_MS: setting.int({ min: 1_000, max: 86_400_000, default: PARTITION_DEFAULTS.idleMs }),
  QUIZBOARD_STANDBYS: setting
    .int({ min: 0, max: 10, default: PARTITION_DEFAULTS.standbys })
    .describe('replicas that keep a partition warm beside its owner'),
  QUIZBOARD_MEMBER_BEAT_MS: setting
    .int({ min: 50, max: 10_000, default: PARTITION_DEFAULTS.beatMs })
    .describe('between two signs of life of a replica'),
  QUIZBOARD_MEMBER_EXPIRE_MS: setting
    .int({ min: 300, max: 60_000, default: PARTITION_DEFAULTS.expireMs })
    .describe('a replica without any for so long is taken to be dead'),
  QUIZBOARD_CATCH_UP_MS: setting
    .int({ min: 0, max: 30_000, default: PARTITION_DEFAULTS.catchUpMs })
    .describe('a request waits so long for the log to say what other replicas have shown'),
  QUIZBOARD_HAND_OVER_MS: setting
    .int({ min: 0, max: 60_000, default: PARTITION_DEFAULTS.leaveMs })
    .describe('a replica that stops waits so long for others to take over'),
  QUIZBOARD_KNOWN_QUIZZES_LIMIT: setting.int({ min: 100, max: 10_000_000, default: PARTITION_DEFAULTS.quizzes }),
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
    partitions: {
      flushMs: set.QUIZBOARD_BOARD_FLUSH_MS,
      dirtyRows: set.QUIZBOARD_BOARD_DIRTY_ROWS_LIMIT,
      usersPerBoard: set.QUIZBOARD_BOARD_USERS_LIMIT,
      idleMs: set.QUIZBOARD_BOARD_IDLE_MS,
      quizzes: set.QUIZBOARD_KNOWN_QUIZZES_LIMIT,
      standbys: set.QUIZBOARD_STANDBYS,
      beatMs: set.QUIZBOARD_MEMBER_BEAT_MS,
      expireMs: set.QUIZBOARD_MEMBER_EXPIRE_MS,
      catchUpMs: set.QUIZBOARD_CATCH_UP_MS,
      leaveMs: set.QUIZBOARD_HAND_OVER_MS,
    },
  }
}
