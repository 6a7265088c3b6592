/**
 * A Wi-Fi that drops packets silently leaves a connection that looks alive and says nothing. So after a long silence one small
 * call asks where the quiz is; if it fails, or the quiz is elsewhere, the connection is not trusted any more.
 */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import type { LiveClient } from './socket.ts'

export interface WatchdogOptions {
  client: LiveClient
  getQuiz(): Promise<Pick<Quiz, 'state' | 'position'>>
  random(): number
  setTimer(run: () => void, ms: number): unknown
  clearTimer(timer: unknown): void
}

/** Spread over 40–60 s, so that thousands of idle phones do not ask at once. */
const silenceMs = (random: () => number) => 40_000 + random() * 20_000

export const watchSilence = ({ client, getQuiz, random, setTimer, clearTimer }: WatchdogOptions): (() => void) => {
  let timer: unknown
  let stopped = false
  const arm = () => {
    clearTimer(timer)
    if (!stopped) timer = setTimer(() => void ask(), silenceMs(random))
  }
  const ask = async () => {
    const before = client.getState()
    if (before.link.status === 'live') {
      const there = await getQuiz().catch(() => undefined)
      const { quiz } = client.getState()
      const agrees = there && quiz && there.state === quiz.state && isAt(there.position, quiz.question?.position)
      if (!stopped && !agrees && client.getState().quiz === before.quiz) client.reconnect()
    }
    arm()
  }
  const unsubscribe = client.subscribe(arm)
  arm()
  return () => {
    stopped = true
    clearTimer(timer)
    unsubscribe()
  }
}

/** The quiz names a position also while frames carry no question (not running): only two numbers can disagree. */
const isAt = (there: number | null, here: number | undefined) => there === null || here === undefined || there === here
