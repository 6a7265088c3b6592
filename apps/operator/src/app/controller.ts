/** Workers that take keys out of the queue and reconcile, one key by one worker at a time. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Outcome } from './reconcile.ts'
import type { WorkQueue } from './work-queue.ts'

export type Result = 'success' | 'error' | 'requeue' | 'requeue_after'

export interface ControllerObserver {
  /** How many are at work. */
  working(count: number): void
  reconciled(result: Result, ms: number): void
  failed(key: string, error: unknown): void
}

export interface Controller {
  /** Takes no more keys, and waits for those that are worked on. */
  stop(): Promise<void>
}

export const startController = (options: {
  queue: WorkQueue
  reconcile(key: string): Promise<Outcome>
  workers: number
  clock: Clock
  observer: ControllerObserver
}): Controller => {
  const { queue, reconcile, workers, clock, observer } = options
  let working = 0

  const handle = async (key: string): Promise<Result> => {
    try {
      const { requeueMs } = await reconcile(key)
      queue.forget(key)
      if (requeueMs === undefined) return 'success'
      queue.addAfter(key, requeueMs)
      return requeueMs === 0 ? 'requeue' : 'requeue_after'
    } catch (error) {
      observer.failed(key, error)
      queue.retry(key)
      return 'error'
    }
  }

  const work = async () => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      observer.working(++working)
      const started = clock.monotonic()
      const result = await handle(key)
      observer.reconciled(result, clock.monotonic() - started)
      observer.working(--working)
      queue.done(key)
    }
  }
  const running = Array.from({ length: workers }, work)
  return {
    async stop() {
      queue.close()
      await Promise.all(running)
    },
  }
}
