/** Graceful shutdown: what was opened last closes first, and nothing can hold the process up for ever. */
import type { Clock } from '../ports/clock.ts'
import type { Logger } from './logger.ts'
import { systemClock } from './system.ts'

export interface Shutdown {
  /** Registers a resource. One that comes during or after the shutdown is closed too. */
  own(name: string, close: () => Promise<void>): void
  /** Closes everything in reverse order; never rejects. A second call waits for the first. */
  shutdown(reason: string): Promise<void>
}

export interface ShutdownOptions {
  /** For each resource; past it the next one is closed. Default 10 s. */
  limitMs?: number
  clock?: Clock
}

export const createShutdown = (logger: Logger, options: ShutdownOptions = {}): Shutdown => {
  const { limitMs = 10_000, clock = systemClock } = options
  const resources: { name: string; close: () => Promise<void> }[] = []
  let under: Promise<void> | undefined
  let over = false

  const closeOne = async (name: string, close: () => Promise<void>) => {
    let timer: { cancel(): void } | undefined
    const tooLong = new Promise<'late'>((resolve) => {
      timer = clock.after(limitMs, () => resolve('late'))
    })
    try {
      const closing = (async () => close())()
      // A rejection after the limit must not end the process.
      closing.catch(() => {})
      if ((await Promise.race([closing, tooLong])) === 'late') {
        logger.warn({ resource: name, limitMs }, 'did not close in time')
      } else {
        logger.debug({ resource: name }, 'closed')
      }
    } catch (err) {
      logger.error({ err, resource: name }, 'could not be closed')
    } finally {
      timer?.cancel()
    }
  }

  const closeAll = async (reason: string) => {
    logger.debug({ reason }, 'shutting down')
    for (let resource = resources.pop(); resource; resource = resources.pop()) {
      await closeOne(resource.name, resource.close)
    }
    over = true
  }

  return {
    own(name, close) {
      // While the others close, it is simply the next.
      if (over) void closeOne(name, close)
      else resources.push({ name, close })
    },
    shutdown(reason) {
      under ??= closeAll(reason)
      return under
    },
  }
}
