/** How board replicas reach each other: the real sessions and follows of the feed, over simulated links. */
import { createFeedFollows, type FeedFollows } from '@quizboard/leaderboard-service/app/feed-follows.ts'
import { createFeedSession } from '@quizboard/leaderboard-service/app/feed-session.ts'
import type { Shards } from '@quizboard/leaderboard-service/app/shards.ts'
import type { ShardPeers } from '@quizboard/leaderboard-service/ports/owner-feed.ts'
import { connectLink } from '../engine/link.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduler } from '../engine/scheduler.ts'

export interface BoardNetwork {
  /** As the process sees the others, by their names. */
  peersOf(process: Process): ShardPeers
  /** It can be reached from now on. */
  listen(process: Process, shards: Shards): void
  gone(process: Process): void
  /** Nothing gets through to or from the process for so long. */
  cut(process: Process, ms: number): void
}

/** Each part of a snapshot takes its time, as if the board was large. */
const PART_MS = 30

/** `partRows`: of a snapshot, in one message; undefined: as shipped. */
export const createBoardNetwork = (scheduler: Scheduler, partitions: number, partRows?: number): BoardNetwork => {
  const listening = new Map<string, { process: Process; shards: Shards }>()
  const cutUntil = new Map<Process, number>()
  const isCut = (process: Process | undefined) =>
    process !== undefined && (cutUntil.get(process) ?? 0) > scheduler.now()

  const followsAt = (asker: Process, address: string, onDown: () => void): FeedFollows => {
    const target = listening.get(address)
    const follows: FeedFollows = createFeedFollows((text) => end.send(text))
    const end = connectLink(
      scheduler,
      asker,
      target?.process,
      () => isCut(asker) || isCut(target?.process),
      {
        onText: (text) => {
          if (!follows.take(text)) throw new Error(`no reply of a feed: ${text}`)
        },
        onDown() {
          onDown()
          follows.down()
        },
      },
      (back) => {
        const { process, shards } = target as NonNullable<typeof target>
        const session = createFeedSession({
          ...{ shards, partitions, send: back.send },
          clock: {
            ...process.clock,
            after: (ms, task) => process.clock.after(ms + scheduler.random.int(PART_MS), task),
          },
          ...(partRows !== undefined && { partRows }),
        })
        return {
          onText(text) {
            if (!session.take(text)) throw new Error(`no request of a feed: ${text}`)
          },
          onDown: session.close,
        }
      },
    )
    follows.opened()
    return follows
  }
  /** A call with a reply; lost with either process, or in a network that is cut. */
  const call = <T>(asker: Process, address: string, what: string, work: (shards: Shards) => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const target = listening.get(address)
      const fail = (why: string) => asker.after(scheduler.latency(), '', () => reject(new Error(why)))
      if (!target) return void fail(`nobody is at ${address}`)
      // As the adapter's limit.
      asker.after(5_000, '', () => reject(new Error(`${address} did not answer`)))
      target.process.after(scheduler.latency(), `is asked to ${what}`, () => {
        if (isCut(asker) || isCut(target.process)) return
        const reply = (settle: () => void) =>
          asker.after(scheduler.latency(), '', () => {
            if (!isCut(asker) && !isCut(target.process)) settle()
          })
        work(target.shards).then(
          (value) => reply(() => resolve(value)),
          (error) => reply(() => reject(error)),
        )
      })
    })

  return {
    peersOf(process) {
      const links = new Map<string, FeedFollows>()
      return {
        follow(address, quizId, onMessage, onDown) {
          let follows = links.get(address)
          if (!follows) {
            const made: FeedFollows = followsAt(process, address, () => {
              if (links.get(address) === made) links.delete(address)
            })
            follows = made
            links.set(address, made)
          }
          return follows.follow(quizId, onMessage, onDown)
        },
        release: (address, partition, epoch, to) =>
          call(process, address, `hand over partition ${partition} in epoch ${epoch}`, async (shards) => {
            if (!(await shards.release(partition, epoch, to))) throw new Error('it does not own the partition')
          }),
        announce: (address, partition, epoch, owner) =>
          call(process, address, `learn the owner of partition ${partition}`, async (shards) =>
            shards.announced(partition, epoch, owner),
          ),
        close: async () => {},
      }
    },
    listen: (process, shards) => void listening.set(process.name, { process, shards }),
    gone: (process) => void listening.delete(process.name),
    cut: (process, ms) => void cutUntil.set(process, scheduler.now() + ms),
  }
}
