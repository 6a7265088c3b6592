import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, noReply } from '../api/error.ts'
import { memoryKeyValue } from '../lib/storage.ts'
import { createOutbox, type OutboxOptions, type PendingAnswer } from './outbox.ts'

const setUp = (send: OutboxOptions['send'], storage = memoryKeyValue()) => {
  let ids = 0
  const accepted: PendingAnswer[] = []
  const refused: string[] = []
  const outbox = createOutbox({
    storage,
    key: 'outbox.q.u',
    send,
    newId: () => `id-${ids++}`,
    random: () => 1,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
    onAccepted: (answer) => accepted.push(answer),
    onRefused: (_, error) => refused.push(error.code),
    onChange: () => {},
  })
  return { outbox, storage, accepted, refused }
}
const accept = (answer: PendingAnswer) => Promise.resolve({ question_id: answer.question_id, seq: 1 })

describe('the outbox of answers', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('[Q8.1] repeats an answer with the same answer_id until it is acknowledged', async () => {
    const tried: string[] = []
    const { outbox, accepted } = setUp((answer) => {
      tried.push(answer.answer_id)
      return tried.length < 4 ? Promise.reject(noReply()) : accept(answer)
    })
    outbox.add('q1', 'A')
    await vi.advanceTimersByTimeAsync(0)
    expect(outbox.isRetrying()).toBe(true)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(tried).toEqual(['id-0', 'id-0', 'id-0', 'id-0'])
    expect(accepted).toHaveLength(1)
    expect(outbox.pending()).toEqual([])
    expect(outbox.isRetrying()).toBe(false)
  })

  it('[Q8.1] sends what a closed page left, with the answer_id it had', async () => {
    const before = setUp(() => new Promise(() => {}))
    before.outbox.add('q1', 'A')
    before.outbox.stop()
    const tried: PendingAnswer[] = []
    const after = setUp((answer) => {
      tried.push(answer)
      return accept(answer)
    }, before.storage)
    expect(after.outbox.pending()).toHaveLength(1)
    after.outbox.flush()
    await vi.advanceTimersByTimeAsync(0)
    expect(tried).toEqual([{ question_id: 'q1', answer: 'A', answer_id: 'id-0' }])
    expect(before.storage.read('outbox.q.u')).toBeUndefined()
  })

  it('[Q11.1] sends taps in their order, and leaves out one that was overtaken before it was ever sent', async () => {
    const sent: string[] = []
    const finish: (() => void)[] = []
    const { outbox } = setUp(
      (answer) =>
        new Promise((resolve) => {
          sent.push(answer.answer)
          finish.push(() => resolve({ question_id: answer.question_id, seq: 1 }))
        }),
    )
    outbox.add('q1', 'A')
    outbox.add('q1', 'B')
    outbox.add('q1', 'C')
    expect(outbox.pending().map((each) => each.answer)).toEqual(['A', 'C'])
    finish[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toEqual(['A', 'C'])
  })

  it('[Q11.1] gives up on a refusal, tells why, and goes on with the next', async () => {
    const { outbox, refused, accepted } = setUp((answer) =>
      answer.question_id === 'q1' ? Promise.reject(new ApiError(409, 'question/closed', 'closed')) : accept(answer),
    )
    outbox.add('q1', 'A')
    outbox.add('q2', 'B')
    await vi.advanceTimersByTimeAsync(0)
    expect(refused).toEqual(['question/closed'])
    expect(accepted.map((each) => each.question_id)).toEqual(['q2'])
  })

  it('[Q9.3] waits as long as the server asks', async () => {
    let tries = 0
    const { outbox } = setUp((answer) => {
      tries++
      return tries === 1
        ? Promise.reject(new ApiError(429, 'rate/limited', 'slow down', undefined, 20_000))
        : accept(answer)
    })
    outbox.add('q1', 'A')
    await vi.advanceTimersByTimeAsync(19_999)
    expect(tries).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(tries).toBe(2)
  })
})
