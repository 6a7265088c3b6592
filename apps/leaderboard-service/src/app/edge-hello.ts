/** What a hello says, and whether its sender may watch this quiz. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import { type HelloFrame, helloFrame } from '@quizboard/shared/contracts/frames.ts'
import { type Caller, isPlayerOf } from '@quizboard/shared/http/route.ts'
import type { Refusal } from './edge-closes.ts'

export type Parsed = { ok: true; hello: HelloFrame } | { ok: false; refusal: Refusal }

const NO_HELLO = 'The first frame must be a hello: {"type":"hello","token":…}'
const invalid = (detail: string): Parsed => ({ ok: false, refusal: { code: 'hello/invalid', detail } })

/** `text`: at most 4 KiB, so that depth is no danger. Nothing of it is repeated: a token may be in it. */
export const parseHello = (text: string): Parsed => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return invalid(`${NO_HELLO}; this is not JSON`)
  }
  const parsed = helloFrame.safeParse(value)
  if (parsed.success) return { ok: true, hello: parsed.data }
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  if (field === '' || field === 'type') return invalid(NO_HELLO)
  return invalid(`${field}: ${EXPECTED[field] ?? 'is not valid'}`)
}

const EXPECTED: Record<string, string> = {
  token: 'must be a string',
  top: 'must be a whole number from 1 to 100',
  epoch: 'must be a whole number from 0 on, as last seen',
  version: 'must be a whole number from 0 on, as last seen',
}

/** A player's token has no expiry of its own; it ends this long after its quiz was closed. */
export const PLAYER_TOKEN_AFTER_CLOSE_MS = 24 * 60 * 60 * 1000

/** Whether `caller`'s token is over because `quiz`, if it is its own, was closed long ago. `now`: ms since the Unix epoch. */
export const isOver = (caller: Caller, quiz: LifecycleEvent, now: number): boolean =>
  isPlayerOf(caller, quiz.quiz_id) &&
  quiz.closed_at !== undefined &&
  now >= Date.parse(quiz.closed_at) + PLAYER_TOKEN_AFTER_CLOSE_MS

export const OVER_DETAIL = 'The quiz was closed more than 24 hours ago'

/** Why a verified caller may not watch `quiz`; undefined: may. */
export const refusalOf = (caller: Caller | undefined, quiz: LifecycleEvent, now: number): Refusal | undefined => {
  if (caller?.role !== 'player') return undefined
  if (!isPlayerOf(caller, quiz.quiz_id))
    return { code: 'auth/other_quiz', detail: 'The token is of a player of another quiz' }
  if (isOver(caller, quiz, now)) return { code: 'auth/expired', detail: OVER_DETAIL }
  return undefined
}
