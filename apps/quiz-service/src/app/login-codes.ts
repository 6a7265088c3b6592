/** One-time codes by which the launcher's link makes a browser the host's. They live in memory: a restart makes new ones. */
import { createHash } from 'node:crypto'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'

export interface LoginCodes {
  create(): string
  /** True once for each code that was made and is not too old. */
  redeem(code: string): boolean
}

const BYTES = 18
/** The oldest is forgotten: nobody needs more at a time. */
const CODES_MAX = 100

export const createLoginCodes = (options: { clock: Clock; random: Random; validMs: number }): LoginCodes => {
  const { clock, random, validMs } = options
  /** By their digest: the time that a look-up takes says nothing about the code. */
  const expiresAt = new Map<string, number>()
  const digest = (code: string) => createHash('sha256').update(code).digest('base64')
  return {
    create() {
      const code = Buffer.from(random.bytes(BYTES)).toString('base64url')
      for (const [key, at] of expiresAt) if (at <= clock.now() || expiresAt.size >= CODES_MAX) expiresAt.delete(key)
      expiresAt.set(digest(code), clock.now() + validMs)
      return code
    },
    redeem(code) {
      const key = digest(code)
      const at = expiresAt.get(key)
      expiresAt.delete(key)
      return at !== undefined && clock.now() < at
    },
  }
}
