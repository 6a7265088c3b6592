/**
 * The JSON of the frames of `/live/{quiz_id}`. All of it is ASCII, other characters are escaped: so a text's length is its
 * number of bytes, and an adapter can write it as it is.
 */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import type { Refusal } from './edge-closes.ts'

/** A frame that many viewers get. `wire` is the adapter's: what it made of `json`, once for all of them. */
export interface Frame {
  readonly json: string
  wire: string | undefined
}
export const frame = (json: string): Frame => ({ json, wire: undefined })

const NOT_ASCII = /[\u007f-\uffff]/g
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
/** Lone surrogates come escaped out of JSON.stringify; pairs become two escapes, as JSON has them. */
export const asciiJson = (value: unknown): string => JSON.stringify(value).replace(NOT_ASCII, escaped)

/** Everything of a `quiz` frame that counts as its content: not the revision, not the time of sending. */
export interface QuizContent {
  beforeTime: string
  afterTime: string
}

/** Fields are named one by one: what else an event may carry never gets out, and a key only once it is closed for all. */
const questionOf = ({ state, mode, question }: LifecycleEvent) => {
  if (!question || mode !== 'live' || state !== 'running') return undefined
  const { question_id, type, position, prompt, options, points, time_limit_ms, opened_at, deadline } = question
  const isClosed = question.state === 'closed'
  return {
    question_id,
    type,
    position,
    prompt,
    options,
    points,
    time_limit_ms,
    opened_at,
    deadline,
    // `closing` is not over for all yet: it looks open, its deadline may have passed.
    state: isClosed ? 'closed' : 'open',
    answer: isClosed ? question.answer : undefined,
  }
}

export const quizContent = (quiz: LifecycleEvent, players: number): QuizContent => {
  const { state, mode, question_count } = quiz
  const question = questionOf(quiz)
  const fields = asciiJson({ state, mode, question_count, players }).slice(1, -1)
  return {
    beforeTime: `,${fields},"server_time":"`,
    afterTime: question ? `","question":${asciiJson(question)}}` : '"}',
  }
}

/** `quizId` as asciiJson has it, here and below. `serverTime`: RFC 3339. */
export const quizJson = (quizId: string, revision: number, content: QuizContent, serverTime: string): string =>
  `{"type":"quiz","quiz_id":${quizId},"revision":${revision}${content.beforeTime}${serverTime}${content.afterTime}`

/** Everything of a `leaderboard` frame but its version. */
export const leaderboardContent = (players: number, top: readonly Standing[]): string =>
  `,"players":${players},"top":${asciiJson(top)}`

const RESET = ',"reset":true}'

export const leaderboardJson = (quizId: string, epoch: number, version: number, content: string, reset: boolean) =>
  `{"type":"leaderboard","quiz_id":${quizId},"epoch":${epoch},"version":${version}${content}${reset ? RESET : '}'}`

/** The start of a `you` frame, the same for all who get one of this version. */
export const youHead = (quizId: string, epoch: number, version: number): string =>
  `{"type":"you","quiz_id":${quizId},"epoch":${epoch},"version":${version},"rank":`

export const youJson = (head: string, rank: number, score: number, reset: boolean): string =>
  `${head}${rank},"score":${score}${reset ? RESET : '}'}`

export const errorJson = ({ code, detail, retryMs }: Refusal): string =>
  asciiJson({ type: 'error', code, detail, retry_ms: retryMs })
