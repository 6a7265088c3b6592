/**
 * Virtual time and the order of everything: one event at a time, those of one millisecond in random order; what an event sets
 * in motion settles before the next one. Nothing else may wait for anything, so a seed decides the whole run.
 */
import type { SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import type { Trace } from './trace.ts'
import { watchdog } from './watchdog.ts'

export interface Scheduled {
  cancel(): void
}
export interface Scheduler {
  readonly random: SeededRandom
  readonly trace: Trace
  /** Milliseconds since the Unix epoch, in virtual time. */
  now(): number
  /** Events run so far. */
  readonly steps: number
  /** Runs `run` in `ms` (whole). A label of '' leaves no trace. */
  after(ms: number, label: string, run: () => void): Scheduled
  sleep(ms: number): Promise<void>
  /** How long something takes: nearly always a few milliseconds, now and then much longer. */
  latency(): number
  /** Runs every event up to the time; sooner if `isOver`. */
  runUntil(time: number, isOver?: () => boolean): Promise<void>
}

/** Between two turns of the event loop. */
const TURN_STEPS = 1_000

interface Entry {
  at: number
  tie: number
  label: string
  run: (() => void) | undefined
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie)

export const createScheduler = (startMs: number, random: SeededRandom, trace: Trace): Scheduler => {
  const heap = createHeap()
  let now = startMs
  let steps = 0
  /** Node runs a tick once no microtask is left: as good as a turn of the event loop, and several times as fast. Now and then others need one. */
  const settle = () =>
    new Promise<void>((resolve) => {
      if (steps % TURN_STEPS === 0) {
        watchdog.beat()
        setImmediate(resolve)
      } else process.nextTick(resolve)
    })

  const scheduler: Scheduler = {
    random,
    trace,
    now: () => now,
    get steps() {
      return steps
    },
    after(ms, label, run) {
      const entry: Entry = { at: now + Math.max(0, Math.round(ms)), tie: random.next(), label, run }
      heap.push(entry)
      return {
        cancel: () => {
          entry.run = undefined
        },
      }
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        scheduler.after(ms, '', resolve)
      }),
    latency() {
      const kind = random.next()
      if (kind < 0.6) return random.int(4)
      if (kind < 0.92) return random.int(40)
      return kind < 0.99 ? random.int(300) : random.int(2_500)
    },
    async runUntil(time, isOver = () => false) {
      for (let entry = heap.peek(); entry && entry.at <= time && !isOver(); entry = heap.peek()) {
        heap.pop()
        const { run, label } = entry
        if (!run) continue
        now = entry.at
        steps++
        if (label !== '') trace.add(`${now} ${label}`)
        run()
        await settle()
      }
      if (!isOver()) now = Math.max(now, time)
    },
  }
  return scheduler
}

/** A binary heap: the earliest entry first. */
const createHeap = () => {
  const entries: Entry[] = []
  const swap = (i: number, j: number) => {
    const [a, b] = [entries[i], entries[j]]
    if (!a || !b) return
    entries[i] = b
    entries[j] = a
  }
  const before = (i: number, j: number): boolean => {
    const [a, b] = [entries[i], entries[j]]
    return a !== undefined && b !== undefined && isBefore(a, b)
  }
  return {
    peek: () => entries[0],
    push(entry: Entry) {
      let i = entries.push(entry) - 1
      for (let parent = (i - 1) >> 1; i > 0 && before(i, parent); parent = (i - 1) >> 1) {
        swap(i, parent)
        i = parent
      }
    },
    pop() {
      swap(0, entries.length - 1)
      entries.pop()
      for (let i = 0; ; ) {
        let first = i
        if (before(2 * i + 1, first)) first = 2 * i + 1
        if (before(2 * i + 2, first)) first = 2 * i + 2
        if (first === i) return
        swap(i, first)
        i = first
      }
    },
  }
}
