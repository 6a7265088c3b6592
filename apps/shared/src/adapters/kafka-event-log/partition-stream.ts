/**
 * What was fetched of one partition on its way to its consumer: a bounded queue and a loop of its own, so that a slow partition
 * holds up neither the others nor kafkajs' heartbeats.
 */
import type { Clock } from '../../ports/clock.ts'
import type { StoredRecord } from '../../ports/event-log.ts'

export interface PartitionStream {
  /** What is to be fetched next. */
  readonly position: number
  /** Everything below has been handled. */
  readonly handled: number
  /** Nothing more should be fetched for the moment. */
  readonly isFull: boolean
  /** Records from `position` on; `end`: where the next fetch begins. None: the log has nothing to read below `end`. */
  push(records: readonly StoredRecord[], end: number): void
  /** No batch is given after it resolves; one under way is waited for. */
  close(): Promise<void>
}

export interface PartitionStreamOptions {
  from: number
  handle(records: readonly StoredRecord[]): Promise<void>
  onError(error: unknown): void
  /** `handled` has risen. */
  onProgress(): void
  /** It was full and is no more. */
  onRoom(): void
  clock: Clock
  /** How long a rejected batch waits before it is given again. */
  retryMs: number
}

interface Fetched {
  records: readonly StoredRecord[]
  end: number
}

/** Fetched batches that wait. */
const WAITING_MAX = 4

export const createPartitionStream = (options: PartitionStreamOptions): PartitionStream => {
  const { from, handle, onError, onProgress, onRoom, clock, retryMs } = options
  let position = from
  let handled = from
  let waiting: Fetched[] = []
  let closed = false
  let running: Promise<void> | undefined
  const closing = Promise.withResolvers<void>()

  /** The same batch again until it is handled; false: closed meanwhile. */
  const insist = async (records: readonly StoredRecord[]): Promise<boolean> => {
    while (!closed) {
      try {
        await handle(records)
        return true
      } catch (error) {
        onError(error)
        await Promise.race([clock.sleep(retryMs), closing.promise])
      }
    }
    return false
  }
  const run = async () => {
    for (let next = waiting[0]; next && !closed; next = waiting[0]) {
      if (next.records.length > 0 && !(await insist(next.records))) return
      const wasFull = waiting.length >= WAITING_MAX
      waiting.shift()
      handled = next.end
      onProgress()
      if (wasFull && waiting.length < WAITING_MAX) onRoom()
    }
  }
  const start = () => {
    running ??= run().finally(() => {
      running = undefined
      if (waiting.length > 0 && !closed) start()
    })
  }

  return {
    get position() {
      return position
    },
    get handled() {
      return handled
    },
    get isFull() {
      return waiting.length >= WAITING_MAX
    },
    push(fetched, end) {
      const records = fetched.filter(({ offset }) => offset >= position)
      if (closed || end <= position) return
      position = end
      waiting.push({ records, end })
      start()
    },
    async close() {
      closed = true
      closing.resolve()
      waiting = []
      await running
    },
  }
}
