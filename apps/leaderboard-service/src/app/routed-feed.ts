/** The feed of every quiz for the edge of this replica: from the owner of its partition, wherever that is, as long as it is followed. */
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import { type BoardFeed, type FeedMessage, LogUnavailable } from '../ports/board-feed.ts'
import type { Following, OwnerMessage, ShardPeers } from '../ports/owner-feed.ts'
import type { Catalogue } from './catalogue.ts'
import type { OwnerPlace, PartitionTable } from './partition-table.ts'

export interface RoutedFeedDeps {
  /** Of this replica. */
  member: string
  /** Of every topic. */
  partitions: number
  table: PartitionTable
  catalogue: Catalogue
  /** Waits until the catalogue is as new as the log, a moment at most; false: it could not be told. */
  catchUp(): Promise<boolean>
  /** The same, and it could be told all the time before. */
  isWhole(): Promise<boolean>
  /** On this replica; undefined: it has nothing of that partition. */
  followHere(partition: number, quizId: string, onMessage: (message: OwnerMessage) => void): Following | undefined
  peers: ShardPeers
  clock: Clock
  /** The owner may be another one by now. */
  lookAgain(): void
  /** Of the partition's lease, as it is now. */
  newestEpoch(partition: number): Promise<number | undefined>
}

/** After an owner that could not be reached. */
const AGAIN_MS = 100

export const createRoutedFeed = (deps: RoutedFeedDeps): BoardFeed => {
  const { member, partitions, table, catalogue, catchUp, isWhole, followHere, peers, clock, lookAgain, newestEpoch } =
    deps

  const follow = (quizId: string, onMessage: (message: FeedMessage) => void): Following => {
    const partition = partitionOf(quizId, partitions)
    let following: Following | undefined
    let timer: Timer | undefined
    /** Of an earlier route nothing is heard any more. */
    let route = 0
    let stopped = false

    const take = (mine: number, message: OwnerMessage) => {
      if (mine !== route) return
      if (message.kind === 'gone') {
        if (message.to) table.hint(partition, message.to)
        else {
          lookAgain()
          later()
        }
      } else onMessage(message.kind === 'snapshot' ? { ...message, quiz: catalogue.get(quizId) } : message)
    }
    const begin = (mine: number, place: OwnerPlace | undefined): Following | undefined => {
      if (!place) return undefined
      if (place.id === member) return followHere(partition, quizId, (message) => take(mine, message))
      const onDown = () => {
        if (mine !== route) return
        lookAgain()
        later()
      }
      return peers.follow(place.address, quizId, (message) => take(mine, message), onDown)
    }
    const go = () => {
      timer?.cancel()
      following?.stop()
      following = undefined
      if (stopped) return
      const mine = ++route
      const place = table.ownerOf(partition)
      // The owner may speak, and we be routed anew, before it has returned.
      const begun = begin(mine, place)
      if (mine !== route) begun?.stop()
      else if (begun) following = begun
      else if (place) later()
    }
    /** The table may say the same as before: then the same is tried again. */
    const later = () => {
      timer?.cancel()
      timer = clock.after(AGAIN_MS, go)
    }
    const changes = table.onChange(partition, go)
    const lifecycle = catalogue.onChange(quizId, (quiz) => onMessage({ kind: 'quiz', quiz }))
    go()
    return {
      stop() {
        stopped = true
        changes.stop()
        lifecycle.stop()
        route++
        timer?.cancel()
        following?.stop()
      },
    }
  }

  return {
    follow,
    isWhole,
    newestEpoch: (quizId) => newestEpoch(partitionOf(quizId, partitions)),
    async quiz(quizId, waitMs, hasSeen = false) {
      const isNewest = await catchUp()
      const found = await catalogue.find(quizId, waitMs)
      // Who has seen nothing yet takes what is known, if the log is away.
      if (found ? isNewest || !hasSeen : await isWhole()) return found ?? catalogue.get(quizId)
      throw new LogUnavailable()
    },
  }
}
