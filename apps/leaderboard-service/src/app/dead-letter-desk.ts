/** Takes dead letters out of their topic, for people, and sends those that were mended. */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { type DeadLetter, deadLetter, placeOf } from '../domain/dead-letter.ts'
import type { Counted, Sending } from '../domain/mended-letters.ts'
import type { BoardStore } from '../ports/board-store.ts'

/** Everything that the topic keeps, by place, in the order of their places. A record that has several letters has the same in each. */
export const readDeadLetters = async (eventLog: EventLog): Promise<ReadonlyMap<string, DeadLetter>> => {
  const found: DeadLetter[] = []
  const consumer = await eventLog.consume({
    topic: TOPICS.deadLetters,
    from: new Map(Array.from({ length: eventLog.partitions }, (_, partition) => [partition, 0])),
    onBatch: async (_, records) => {
      for (const { value } of records) {
        const letter = parse(value)
        if (letter) found.push(letter)
      }
    },
  })
  await consumer.caughtUp()
  await consumer.close()
  const order = (a: DeadLetter, b: DeadLetter) =>
    a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition || a.offset - b.offset
  return new Map(found.sort(order).map((letter) => [placeOf(letter), letter]))
}

const parse = (value: string): DeadLetter | undefined => {
  try {
    return deadLetter.safeParse(JSON.parse(value)).data
  } catch {
    return undefined
  }
}

/** Those that the boards have counted, as far as the store knows. */
export const countedLetters = async (store: BoardStore): Promise<(letter: Counted) => boolean> => {
  const counted = new Map<number, Set<number>>()
  for (const { state } of await store.leases())
    for (const [partition, offsets] of Object.entries(state.replayed)) counted.set(Number(partition), new Set(offsets))
  return ({ partition, offset }) => counted.get(partition)?.has(offset) ?? false
}

export interface Replayed {
  /** Those that were counted before. */
  before: number
  /** Those of which the store does not know yet that they are counted. */
  pending: number
}

const POLL_MS = 200

export interface Desk {
  eventLog: EventLog
  store: BoardStore
  clock: Clock
}

/** Sends, and waits until the boards have counted what counts once, `waitMs` at most. */
export const replay = async (
  { eventLog, store, clock }: Desk,
  { sendings, counted }: { sendings: readonly Sending[]; counted: readonly Counted[] },
  waitMs: number,
): Promise<Replayed> => {
  const wasCounted = await countedLetters(store)
  const before = counted.filter(wasCounted).length
  await eventLog.append(sendings)
  const end = clock.monotonic() + waitMs
  for (;;) {
    const isCounted = await countedLetters(store)
    const pending = counted.filter((letter) => !isCounted(letter)).length
    if (pending === 0 || clock.monotonic() >= end) return { before, pending }
    await clock.sleep(POLL_MS)
  }
}
