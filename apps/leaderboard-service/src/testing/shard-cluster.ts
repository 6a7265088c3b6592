/** Several replicas on one store, log and membership, with links that take a millisecond; any of them can be killed, stalled or cut off. */

import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { FakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createMemoryMembership } from '../adapters/memory-membership.ts'
import type { PartitionObserver } from '../app/partition-observer.ts'
import type { PartitionSettings } from '../app/partition-settings.ts'
import { createShards, type Shards } from '../app/shards.ts'
import type { BoardStore } from '../ports/board-store.ts'
import type { OwnerMessage, ShardPeers } from '../ports/owner-feed.ts'

export interface Replica {
  name: string
  shards: Shards
  errors: unknown[]
  /** Nothing of it runs any more. */
  kill(): void
  /** Nothing of it runs until `resume`; then everything that was due does. */
  stall(): void
  resume(): void
  /** Its links are down, and cannot be made. */
  cut(is: boolean): void
}

export const silentObserver: PartitionObserver = {
  event: () => {},
  scored: () => {},
  shown: () => {},
  flushed: () => {},
  deadLetter: () => {},
}

export const createShardCluster = (world: { clock: FakeClock; store: BoardStore; log: EventLog }) => {
  const { clock, store, log } = world
  const membership = createMemoryMembership()
  const replicas = new Map<
    string,
    Replica & { alive: boolean; stalled: boolean; isCut: boolean; late: (() => void)[] }
  >()

  /** The clock of one process. */
  const clockOf = (name: string): Clock => {
    const after = (ms: number, task: () => void): Timer => {
      let isCancelled = false
      const run = () => {
        const replica = replicas.get(name)
        if (isCancelled || (replica && !replica.alive)) return
        if (replica?.stalled) replica.late.push(run)
        else task()
      }
      const timer = clock.after(ms, run)
      return {
        cancel() {
          isCancelled = true
          timer.cancel()
        },
      }
    }
    return { ...clock, after, sleep: (ms) => new Promise((resolve) => after(ms, resolve)) }
  }
  const peersOf = (name: string, own: Clock): ShardPeers => {
    const reach = (address: string) => {
      const target = replicas.get(address)
      const isDown = !target?.alive || target.isCut || replicas.get(name)?.isCut
      return isDown ? undefined : target
    }
    const call = <T>(address: string, work: (shards: Shards) => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const target = reach(address)
        if (!target) return void own.after(1, () => reject(new Error(`${address} is not to be reached`)))
        clockOf(address).after(1, () => {
          work(target.shards).then(
            (value) => own.after(1, () => resolve(value)),
            (error) => own.after(1, () => reject(error)),
          )
        })
      })
    return {
      follow(address, quizId, onMessage, onDown) {
        let isOver = false
        const target = reach(address)
        const down = () => {
          if (isOver) return
          isOver = true
          onDown()
        }
        if (!target) {
          own.after(1, down)
          return { stop: () => (isOver = true) }
        }
        let following: { stop(): void } | undefined
        const deliver = (message: OwnerMessage) => own.after(1, () => !isOver && reach(address) && onMessage(message))
        clockOf(address).after(1, () => {
          if (isOver) return
          following = target.shards.followHere(0, quizId, deliver)
          if (!following) own.after(1, down)
        })
        // As a link that pings: it notices a peer that is gone.
        const watch = () => {
          if (isOver) return
          if (reach(address)) own.after(50, watch)
          else down()
        }
        own.after(50, watch)
        return {
          stop() {
            isOver = true
            following?.stop()
          },
        }
      },
      release: (address, partition, epoch, to) =>
        call(address, async (shards) => {
          if (!(await shards.release(partition, epoch, to))) throw new Error('it is not the owner')
        }),
      announce: (address, partition, epoch, owner) =>
        call(address, async (shards) => shards.announced(partition, epoch, owner)),
      close: async () => {},
    }
  }

  return {
    membership,
    /** Started, but not waited for. */
    add(name: string, settings: Partial<PartitionSettings> = {}): Replica & { started: Promise<void> } {
      const own = clockOf(name)
      const errors: unknown[] = []
      const shards = createShards({
        ...{ store, membership, log, settings },
        clock: own,
        observer: silentObserver,
        peers: peersOf(name, own),
        self: { id: name, address: name },
        onError: (error) => errors.push(error),
      })
      const replica = {
        ...{ name, shards, errors, alive: true, stalled: false, isCut: false, late: [] as (() => void)[] },
        kill() {
          replica.alive = false
        },
        stall() {
          replica.stalled = true
        },
        resume() {
          replica.stalled = false
          for (const run of replica.late.splice(0)) run()
        },
        cut(is: boolean) {
          replica.isCut = is
        },
      }
      replicas.set(name, replica)
      return Object.assign(replica, { started: shards.start() })
    },
  }
}
