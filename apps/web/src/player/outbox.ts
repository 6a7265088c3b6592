/**
 * Answers on their way. Each gets its `answer_id` when it is tapped and is kept in the browser's storage until the server has
 * acknowledged or refused it: a refresh, a sleep or a lost reply repeats it, and the `answer_id` makes a repeat harmless [Q8].
 * They are sent one after the other, so that the latest tap is the latest answer.
 */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import { ApiError } from '../api/error.ts'
import { backoffMs } from '../lib/backoff.ts'
import { hasStrings, type KeyValue } from '../lib/storage.ts'

export interface PendingAnswer {
  question_id: string
  answer: string
  answer_id: string
}

export interface OutboxOptions {
  storage: KeyValue
  /** Of this quiz and player. */
  key: string
  send(answer: PendingAnswer): Promise<AnswerResult>
  newId(): string
  random(): number
  setTimer(run: () => void, ms: number): unknown
  clearTimer(timer: unknown): void
  onAccepted(answer: PendingAnswer, result: AnswerResult): void
  onRefused(answer: PendingAnswer, error: ApiError): void
  onChange(): void
}

export interface Outbox {
  pending(): readonly PendingAnswer[]
  /** Whether the last try of the first answer failed, so that it waits for a better moment. */
  isRetrying(): boolean
  add(questionId: string, answer: string): void
  /** Sends what an earlier visit left; also after a sleep or a loss of the network, to wait no longer. */
  flush(): void
  stop(): void
}

export const createOutbox = (options: OutboxOptions): Outbox => {
  const { storage, key } = options
  let queue: readonly PendingAnswer[] = restore(storage.read(key))
  let sending: PendingAnswer | undefined
  /** Tried at least once: the server may have it. */
  let tried: PendingAnswer | undefined
  let failures = 0
  let timer: unknown
  let stopped = false

  const setQueue = (next: readonly PendingAnswer[]) => {
    queue = next
    if (queue.length === 0) storage.remove(key)
    else storage.write(key, queue)
    options.onChange()
  }

  const flush = () => {
    options.clearTimer(timer)
    const first = queue[0]
    if (stopped || sending || !first) return
    sending = first
    tried = first
    options.send(first).then(
      (result) => settled(first, () => options.onAccepted(first, result)),
      (error: unknown) => failed(first, error),
    )
  }

  const settled = (answer: PendingAnswer, report: () => void) => {
    sending = undefined
    failures = 0
    if (stopped) return
    report()
    setQueue(queue.filter((each) => each !== answer))
    flush()
  }

  const failed = (answer: PendingAnswer, error: unknown) => {
    if (error instanceof ApiError && !error.passing) return settled(answer, () => options.onRefused(answer, error))
    sending = undefined
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
    const wait = Math.max(asked, backoffMs(failures, options.random, { baseMs: 400, capMs: 8_000 }))
    failures++
    if (stopped) return
    timer = options.setTimer(flush, wait)
    options.onChange()
  }

  return {
    pending: () => queue,
    isRetrying: () => failures > 0,
    add: (questionId, answer) => {
      // What was never sent and is overtaken by a later tap need not be sent any more.
      const rest = queue.filter((each) => each === tried || each.question_id !== questionId)
      setQueue([...rest, { question_id: questionId, answer, answer_id: options.newId() }])
      flush()
    },
    flush,
    stop: () => {
      stopped = true
      options.clearTimer(timer)
    },
  }
}

const restore = (value: unknown): PendingAnswer[] =>
  Array.isArray(value) ? value.filter((each) => hasStrings(each, 'question_id', 'answer', 'answer_id')) : []
