/** Thousands of players in many quizzes at one time, one quiz after the other in each place, until the time is up. */
import { seeded, sleep } from '../api.ts'
import type { Settings } from '../oracle.ts'
import type { Endpoints } from './player.ts'
import { playCrowdQuiz } from './quiz.ts'
import { createTally, type Tally } from './tally.ts'
import { verifyCrowdQuiz } from './verify.ts'
import type { Ended } from './view.ts'

export interface CrowdOptions {
  endpoints: Endpoints
  hostToken: string
  /** Players of each quiz that is played at one time. */
  quizzes: readonly number[]
  questions: number
  openMs: number
  /** Of all players of all quizzes, while questions are open. */
  answersPerS: number
  seed: number
  /** No quiz begins after it; each place plays one at least. */
  forMs: number
  /** How long a quiz may take, faults and all, until everything about it is as it must be. */
  settleMs: number
  tally?: Tally
  onEnded(ended: Ended): void
}

const KINDS: readonly Settings[] = [
  { scoring: 'streak', feedback: 'instant', reanswer: 'allowed' },
  { scoring: 'accuracy', feedback: 'reveal', reanswer: 'allowed' },
  { scoring: 'speed', feedback: 'instant', reanswer: 'allowed' },
]
/** Quizzes begin one after the other. */
const STAGGER_MS = 100

export const runCrowd = async (options: CrowdOptions): Promise<Tally> => {
  const { endpoints, hostToken, quizzes, answersPerS, seed, forMs, settleMs, tally = createTally() } = options
  const all = quizzes.reduce((sum, players) => sum + players, 0)
  const end = Date.now() + forMs
  const place = async (players: number, index: number) => {
    await sleep(index * STAGGER_MS)
    for (let round = 0; round === 0 || Date.now() < end; round++) {
      const quizSeed = (seed * 1_009 + index * 101 + round * 7) >>> 0
      const settings = KINDS[(index + round) % KINDS.length] ?? KINDS[0]
      if (!settings) return
      const quiz = await playCrowdQuiz({
        ...options,
        ...{ settings, players, tally, seed: quizSeed },
        answersPerS: (answersPerS * players) / all,
      })
      const reader = { endpoints, hostToken, random: seeded(quizSeed + 1), tally }
      if (quiz) await verifyCrowdQuiz(quiz, reader, settleMs)
    }
  }
  await Promise.all(quizzes.map(place))
  return tally
}
