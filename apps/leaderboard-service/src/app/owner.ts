/** The owner of all partitions in one process, and the feed by which the edge of the same process follows it. */
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { BoardFeed } from '../ports/board-feed.ts'
import type { BoardStore } from '../ports/board-store.ts'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import type { OwnerObserver } from './owner-observer.ts'
import { createPartitionOwner, type PartitionOwner } from './owner-partition.ts'
import { OWNER_DEFAULTS, type OwnerSettings } from './owner-settings.ts'

export interface Owner {
  feed: BoardFeed
  /** Acquires every partition; resolves once the boards are as new as the log was. */
  start(): Promise<void>
  /** Why it is not ready; empty when it is. */
  unready(): string[]
  /** Everything applied is flushed when it resolves; idempotent. */
  stop(): Promise<void>
  owners(): readonly PartitionOwner[]
}

export interface OwnerDeps {
  store: BoardStore
  log: EventLog
  clock: Clock
  observer: OwnerObserver
  /** The store or the log failed; it is tried again. */
  onError(error: unknown): void
  settings?: Partial<OwnerSettings>
  /** A newer owner has taken a partition; this one no longer owns it. */
  onLost?(partition: number): void
}

/** `owners[p]` owns partition p. */
export const createLocalFeed = (owners: readonly PartitionOwner[], catalogue: Catalogue): BoardFeed => ({
  follow(quizId, onMessage) {
    const owner = owners[partitionOf(quizId, owners.length)]
    if (!owner) throw new RangeError('there are no partitions')
    return owner.follow(quizId, onMessage)
  },
  quiz: (quizId, waitMs) => catalogue.find(quizId, waitMs),
})

export const createOwner = (deps: OwnerDeps): Owner => {
  const { log, store, clock, observer, onError, onLost = () => {} } = deps
  const settings = { ...OWNER_DEFAULTS, ...deps.settings }
  const catalogue = createCatalogue(clock, settings.quizzes)
  const owners = Array.from({ length: log.partitions }, (_, partition) =>
    createPartitionOwner({ partition, log, store, catalogue, clock, observer, onError, settings, onLost }),
  )
  const stop = async () => {
    // What cannot be flushed is not lost: the log has it, and the stored offsets lie before it.
    await Promise.all(owners.map((owner) => owner.stop().catch(onError)))
    catalogue.close()
  }
  let stopping: Promise<void> | undefined
  return {
    feed: createLocalFeed(owners, catalogue),
    async start() {
      await Promise.all(owners.map((owner) => owner.start()))
      catalogue.complete()
    },
    unready: () => owners.map((owner) => owner.unready()).filter((reason) => reason !== undefined),
    stop() {
      stopping ??= stop()
      return stopping
    },
    owners: () => owners,
  }
}
