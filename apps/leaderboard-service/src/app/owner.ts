/** The owner's side of the leaderboard-service: every partition's owner, the lifecycle of all quizzes, and the feed. */
import { type LifecycleEvent, lifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { Consumer, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import type { BoardFeed } from '../ports/board-feed.ts'
import type { BoardStore } from '../ports/board-store.ts'
import type { Follower } from './owner-board.ts'
import {
  createPartitionOwner,
  OWNER_DEFAULTS,
  type OwnerObserver,
  type OwnerSettings,
  type PartitionOwner,
} from './owner-partition.ts'
import { createQuizDirectory } from './quiz-directory.ts'

export interface OwnerDeps {
  store: BoardStore
  log: EventLog
  clock: Clock
  observer: OwnerObserver
  /** A store or the log failed; it is tried again. */
  onError(error: unknown): void
  settings?: Partial<OwnerSettings>
}
export interface Owner {
  feed: BoardFeed
  /** Acquires every partition and resolves once the boards are as new as the log was. */
  start(): Promise<void>
  unready(): string[]
  /** Everything applied is flushed when it resolves. */
  stop(): Promise<void>
  owners(): readonly PartitionOwner[]
}

const EVICT_EVERY = 60

export const createOwner = (deps: OwnerDeps): Owner => {
  const { store, log, clock, observer, onError } = deps
  const settings = { ...OWNER_DEFAULTS, ...deps.settings }
  const directory = createQuizDirectory(clock)
  const owners: PartitionOwner[] = []
  const consumers: Consumer[] = []
  let ready = false
  let stopped = false
  let timer: Timer | undefined
  let ticks = 0

  const everywhere = (offsetOf: (owner: PartitionOwner) => number) =>
    new Map(owners.map((owner, partition) => [partition, offsetOf(owner)]))
  const consume = async (
    topic: string,
    from: ReadonlyMap<number, number>,
    onBatch: (partition: number, records: readonly StoredRecord[]) => Promise<void>,
  ): Promise<Consumer> => {
    const consumer = await log.consume({ topic, from, onBatch, onError })
    consumers.push(consumer)
    return consumer
  }
  const onLifecycle = async (partition: number, records: readonly StoredRecord[]): Promise<void> => {
    for (const record of records) {
      const event = readLifecycle(record.value)
      if (!event)
        onError(new Error(`${TOPICS.lifecycle}/${partition} has at offset ${record.offset} no lifecycle event`))
      else if (directory.learn(event)) owners[partition]?.onLifecycle(event)
    }
  }
  const flushLater = (): void => {
    timer = clock.after(settings.flushMs, () => {
      const done = Promise.all(owners.map((owner) => owner.flush().catch(onError)))
      void done.then(() => {
        if (++ticks % EVICT_EVERY === 0) for (const owner of owners) owner.evict()
        if (!stopped) flushLater()
      })
    })
  }

  return {
    feed: {
      follow(quizId, onMessage) {
        let wanted = true
        const follower: Follower = (message) => {
          if (wanted) onMessage(message)
        }
        const owner = owners[partitionOf(quizId, log.partitions)]
        owner?.follow(quizId, follower, () => wanted).catch(onError)
        return {
          stop() {
            wanted = false
            owner?.unfollow(quizId, follower)
          },
        }
      },
      quiz: (quizId, waitMs) => directory.find(quizId, waitMs),
    },
    async start() {
      const deps = { store, log, clock, observer, settings, lifecycleOf: directory.get }
      for (let partition = 0; partition < log.partitions; partition++)
        owners.push(await createPartitionOwner(partition, deps))
      const started = await Promise.all([
        consume(
          TOPICS.lifecycle,
          everywhere(() => 0),
          onLifecycle,
        ),
        consume(
          TOPICS.players,
          everywhere(({ state }) => state.offsets[TOPICS.players] ?? 0),
          async (partition, records) => owners[partition]?.onPlayers(records),
        ),
        consume(
          TOPICS.scores,
          everywhere(({ state }) => state.offsets[TOPICS.scores] ?? 0),
          async (partition, records) => owners[partition]?.onScores(records),
        ),
      ])
      flushLater()
      await Promise.all(started.map((consumer) => consumer.caughtUp()))
      ready = true
    },
    unready() {
      if (stopped) return ['the boards are stopping']
      if (!ready) return ['the boards are being read']
      const stale = owners.filter((owner) => owner.stale).map((owner) => owner.fence.partition)
      return stale.length > 0 ? [`another owner has partitions ${stale.join(', ')}`] : []
    },
    async stop() {
      stopped = true
      timer?.cancel()
      await Promise.all(consumers.map((consumer) => consumer.close()))
      await Promise.all(owners.map((owner) => owner.flush().catch(onError)))
    },
    owners: () => owners,
  }
}

const readLifecycle = (value: string): LifecycleEvent | undefined => {
  try {
    const parsed = lifecycleEvent.safeParse(JSON.parse(value))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
