/** One-time codes by which the launcher's link makes a browser the host's. Only their digests are kept. */
import { createHash } from 'node:crypto'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import type { QuizStore } from '../ports/quiz-store.ts'

export interface LoginCodes {
  create(): Promise<string>
  /** True once for each code that was made and is not too old. */
  redeem(code: string): Promise<boolean>
}

const BYTES = 18

export const createLoginCodes = (options: {
  store: Pick<QuizStore, 'addLoginCode' | 'takeLoginCode'>
  clock: Clock
  random: Random
  validMs: number
}): LoginCodes => {
  const { store, clock, random, validMs } = options
  const digest = (code: string) => createHash('sha256').update(code).digest('base64')
  return {
    async create() {
      const code = Buffer.from(random.bytes(BYTES)).toString('base64url')
      await store.addLoginCode(digest(code), clock.now() + validMs)
      return code
    },
    redeem: (code) => store.takeLoginCode(digest(code), clock.now()),
  }
}
