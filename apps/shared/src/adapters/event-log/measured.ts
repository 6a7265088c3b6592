/**
 * An event log as its users see it, in numbers: how long appends take, and how far behind each consumer is. In seconds, not in
 * records: that is what people feel, and it needs no rate to be understood.
 */
import type { Logger } from '../../kit/logger.ts'
import { DURATION_BUCKETS_S, type Metrics } from '../../kit/metrics.ts'
import type { Clock, Timer } from '../../ports/clock.ts'
import type { ConsumeOptions, Consumer, EventLog } from '../../ports/event-log.ts'

export interface MeasuredDeps {
  metrics: Metrics
  clock: Clock
  logger: Logger
}

/** Between two looks at the end of the log. */
const LOOK_MS = 10_000

/** The same log; who closes `log` closes this one too. */
export const measureEventLog = (log: EventLog, { metrics, clock, logger }: MeasuredDeps): EventLog => {
  const appends = metrics.histogram('quizboard_log_append_duration_seconds', 'One append to the event log', {
    buckets: DURATION_BUCKETS_S,
    labels: ['outcome'],
  })
  const failures = metrics.counter('quizboard_consumer_failures_total', 'Batches that could not be handled at once', [
    'topic',
  ])
  const lag = metrics.gauge(
    'quizboard_consumer_lag_seconds',
    'So long ago everything that was in the log then had been handled; partition: all, if one consumer has them all',
    ['topic', 'partition'],
  )
  const watches = new Set<LagWatch>()
  Object.assign(lag, {
    collect() {
      lag.reset()
      const worst = new Map<string, { topic: string; partition: string; seconds: number }>()
      for (const { topic, partition, secondsBehind } of watches) {
        const key = `${partition}:${topic}`
        const seconds = Math.max(secondsBehind(), worst.get(key)?.seconds ?? 0)
        worst.set(key, { topic, partition, seconds })
      }
      for (const { topic, partition, seconds } of worst.values()) lag.set({ topic, partition }, seconds)
    },
  })

  return {
    partitions: log.partitions,
    async append(records) {
      const began = clock.monotonic()
      const done = (outcome: string) => appends.observe({ outcome }, (clock.monotonic() - began) / 1000)
      try {
        const positions = await log.append(records)
        done('ok')
        return positions
      } catch (error) {
        done('failed')
        throw error
      }
    },
    async consume(options) {
      const { topic } = options
      const consumer = await log.consume({
        ...options,
        onError(error) {
          failures.inc({ topic })
          options.onError?.(error)
        },
      })
      const watch = watchLag(options, consumer, clock, (err) =>
        logger.warn({ err, topic }, 'the end of the log cannot be read: how far behind a consumer is, is not known'),
      )
      watches.add(watch)
      return {
        caughtUp: consumer.caughtUp,
        async close() {
          watches.delete(watch)
          watch.stop()
          await consumer.close()
        },
      }
    },
    close: log.close,
  }
}

interface LagWatch {
  topic: string
  partition: string
  secondsBehind(): number
  stop(): void
}

/** Asks now and then to be told when everything of that moment is handled: as long as it is not, so old is the question. */
const watchLag = (
  { topic, from }: ConsumeOptions,
  consumer: Consumer,
  clock: Clock,
  onUnknown: (error: unknown) => void,
): LagWatch => {
  let askedAt: number | undefined
  let stopped = false
  let complained = false
  let timer: Timer
  const later = () => {
    if (!stopped) timer = clock.after(LOOK_MS, () => void look())
  }
  const look = async () => {
    // After a failure the older question stands: nothing since then is known to be handled.
    askedAt ??= clock.monotonic()
    try {
      await consumer.caughtUp()
      askedAt = undefined
      complained = false
    } catch (error) {
      if (!complained && !stopped) onUnknown(error)
      complained = true
    }
    later()
  }
  later()
  const [first] = from.keys()
  return {
    topic,
    partition: from.size === 1 ? String(first) : 'all',
    secondsBehind: () => (askedAt === undefined ? 0 : (clock.monotonic() - askedAt) / 1000),
    stop() {
      stopped = true
      timer.cancel()
    },
  }
}
