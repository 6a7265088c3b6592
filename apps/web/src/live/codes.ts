/** What the server's close codes mean to the one who reads the screen. */
import type { ErrorFrame } from '@quizboard/shared/contracts/frames.ts'

/** Trying again would change nothing. */
const FINAL: Record<number, string> = {
  4401: 'This device’s place in the quiz is no longer valid. Join again to go on.',
  4403: 'This device joined another quiz. Join this one to go on.',
  4404: 'There is no quiz with this id.',
}

/** Codes after which an early retry would only add to the load, with the least wait in ms. */
const LEAST_WAIT_MS: Record<number, number> = { 1013: 3_000, 4400: 10_000, 4429: 5_000 }

export const finalReason = (code: number): string | undefined => FINAL[code]

/** How long to wait after this close at least; a restarting server says it in its error frame. */
export const leastWaitMs = (code: number, error: ErrorFrame | undefined): number =>
  error?.retry_ms ?? LEAST_WAIT_MS[code] ?? 0
