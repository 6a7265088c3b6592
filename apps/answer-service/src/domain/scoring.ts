/** Points of one answer. */
import type { ScoringMode } from '@quizboard/shared/contracts/rest.ts'

/** T of a question without a limit. */
const DEFAULT_LIMIT_MS = 20_000
/** Questions in a row beyond these add no more. */
const STREAK_MAX = 5

export interface Scored {
  scoring: ScoringMode
  points: number
  time_limit_ms: number | null
  isCorrect: boolean
  /** Since the question opened; clamped here to [0, limit]. */
  elapsed_ms: number
  /** Questions directly before this one whose latest answer is right. */
  streak: number
}

/** speed: the formula that Kahoot publishes. */
export const pointsOf = ({ scoring, points, time_limit_ms, isCorrect, elapsed_ms, streak }: Scored): number => {
  if (!isCorrect) return 0
  if (scoring === 'speed') {
    const limit = time_limit_ms ?? DEFAULT_LIMIT_MS
    const t = Math.min(Math.max(elapsed_ms, 0), limit)
    return Math.round((1 - t / limit / 2) * points)
  }
  if (scoring === 'streak') return points + Math.round((points * Math.min(streak, STREAK_MAX)) / 10)
  return points
}
