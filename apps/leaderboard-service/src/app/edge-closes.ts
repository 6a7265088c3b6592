/** Why a live socket is closed. One table maps our codes to WebSocket close codes; nothing else knows a close code. */

export const CLOSES = {
  'hello/invalid': 4400,
  'frame/unexpected': 4400,
  'auth/invalid': 4401,
  'auth/expired': 4401,
  'auth/other_quiz': 4403,
  'quiz/unknown': 4404,
  'hello/timeout': 4408,
  'rate/limited': 4429,
  'frame/malformed': 1002,
  'frame/binary': 1003,
  'frame/not_utf8': 1007,
  'frame/too_large': 1009,
  'service/failed': 1011,
  'service/restarting': 1012,
  'service/unavailable': 1013,
  'service/full': 1013,
  'client/too_slow': 1013,
} as const

export type CloseReason = keyof typeof CLOSES

/** What the error frame before the close says. */
export interface Refusal {
  code: CloseReason
  detail: string
  /** When to come back, milliseconds from now. */
  retryMs?: number
}
