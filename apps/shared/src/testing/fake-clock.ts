/** A clock that stands still until it is told to go on. */
import type { Clock } from '../ports/clock.ts'

export interface FakeClock extends Clock {
  /**
   * Goes on by `ms` and runs the timers that fall due on the way, in order of their time, then of their making, each at its
   * own time; what a timer sets in motion (promises, immediates) settles before the next one runs.
   */
  advance(ms: number): Promise<void>
  /** Sets the wall clock, as an administrator or NTP would; timers and `monotonic` do not notice. */
  setNow(ms: number): void
  /** Timers that have neither run nor been cancelled. */
  readonly pending: number
}

interface Task {
  at: number
  order: number
  run(): void
}

/** `startMs`: milliseconds since the Unix epoch. `monotonic` starts at 0. */
export const createFakeClock = (startMs: number): FakeClock => {
  const tasks = new Set<Task>()
  let elapsed = 0
  let wall = startMs
  let made = 0

  const nextDue = (until: number): Task | undefined => {
    let first: Task | undefined
    for (const task of tasks) {
      if (task.at > until) continue
      if (!first || task.at < first.at || (task.at === first.at && task.order < first.order)) first = task
    }
    return first
  }
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

  const clock: FakeClock = {
    now: () => wall + elapsed,
    monotonic: () => elapsed,
    after(ms, task) {
      if (!(ms >= 0)) throw new RangeError(`a timer of ${ms} ms`)
      const entry: Task = { at: elapsed + ms, order: made++, run: task }
      tasks.add(entry)
      return { cancel: () => tasks.delete(entry) }
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        clock.after(ms, resolve)
      }),
    async advance(ms) {
      const until = elapsed + ms
      await settle()
      for (let task = nextDue(until); task; task = nextDue(until)) {
        tasks.delete(task)
        elapsed = Math.max(elapsed, task.at)
        task.run()
        await settle()
      }
      elapsed = Math.max(elapsed, until)
    },
    setNow(ms) {
      wall = ms - elapsed
    },
    get pending() {
      return tasks.size
    },
  }
  return clock
}
