/** One quiz at the edge: follows its owner's feed, keeps the replica, and serves the viewers at every tick. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Ranking } from '../domain/ranking.ts'
import type { BoardFeed, FeedMessage } from '../ports/board-feed.ts'
import { createBoardViews } from './edge-board-views.ts'
import { followFeed } from './edge-following.ts'
import type { Laggards } from './edge-laggards.ts'
import { createQuizView } from './edge-quiz-view.ts'
import { createReplica, isOlder, type Replica } from './edge-replica.ts'
import { createTicks, type TickReport, type TickSettings } from './edge-ticks.ts'
import { createViewers, type FrameCounts, type Seen, type Sink, type Viewer } from './edge-viewers.ts'
import { createWaitingRoom } from './edge-waiting.ts'

export interface EdgeQuiz {
  readonly replica: Replica
  /** Viewers, and those who wait for something of it. */
  readonly users: number
  /** By the monotonic clock. */
  readonly lastUsed: number
  /** Keeps it from being forgotten for a while. */
  touch(): void
  /** The standings are known; false: they were not within `ms`. */
  ready(ms: number): Promise<boolean>
  /** The player is on the board; false: was not within `ms`. */
  hasPlayer(userId: string, ms: number): Promise<boolean>
  /**
   * The replica is as new as what somebody has seen elsewhere; false: it does not become so. It waits `lagMs` for an owner that
   * is known, `takeoverMs` for one that is about to be, and not at all for what nobody can have seen.
   */
  reaches(seen: Seen, wait: { lagMs: number; takeoverMs: number }): Promise<boolean>
  learn(quiz: LifecycleEvent): void
  enter(sink: Sink, top: number, userId: string | undefined, seen: Seen | undefined): Viewer
  leave(viewer: Viewer): void
  stop(): void
}

export interface EdgeQuizDeps {
  feed: BoardFeed
  clock: Clock
  createRanking(): Ranking
  ticks: TickSettings
  counts: FrameCounts
  laggards: Laggards
  onTick(report: TickReport): void
}

/** A key that no user_id is. */
const READY = ''

export const createEdgeQuiz = (deps: EdgeQuizDeps, quiz: LifecycleEvent): EdgeQuiz => {
  const { clock, laggards, counts, onTick } = deps
  const replica = createReplica(quiz, deps.createRanking)
  const viewers = createViewers(replica, createQuizView(replica, clock), createBoardViews(replica), counts)
  const serve = (viewer: Viewer) => viewers.serve(viewer)
  const onBehind = (viewer: Viewer) => laggards.add(viewer, serve)
  const ticks = createTicks({ clock, viewers, settings: deps.ticks, onBehind, onTick })
  const waiting = createWaitingRoom(clock)
  /** Who comes back, while it is asked how new the board is. */
  let asking = 0
  let lastUsed = clock.monotonic()
  const touch = () => {
    lastUsed = clock.monotonic()
  }

  const take = (message: FeedMessage): boolean => {
    const applied = replica.apply(message)
    // A repeated change is nothing; a missing one, or a snapshot of the past, calls for a new snapshot.
    if (applied !== 'applied') return applied === 'stale' && message.kind === 'changes'
    if (message.kind === 'snapshot') waiting.notifyAll()
    else if (message.kind === 'changes' && waiting.size > 0) {
      waiting.notify(READY)
      for (const row of message.rows) waiting.notify(row.user_id)
    }
    ticks.wake(message.kind === 'changes' ? message.at : undefined)
    return true
  }
  const following = followFeed(deps, quiz.quiz_id, take)

  return {
    replica,
    get users() {
      return viewers.size + waiting.size + asking
    },
    get lastUsed() {
      return lastUsed
    },
    touch,
    ready: (ms) => waiting.until(READY, () => replica.ready, ms),
    hasPlayer: (userId, ms) => waiting.until(userId, () => replica.player(userId) !== undefined, ms),
    async reaches(seen, { lagMs, takeoverMs }) {
      const holds = () => !isOlder(replica.epoch, replica.version, seen.epoch, seen.version)
      if (holds()) return true
      asking++
      const newest = await deps.feed.newestEpoch(quiz.quiz_id).finally(() => {
        asking--
      })
      if (newest !== undefined && seen.epoch > newest) return false
      return waiting.until(READY, holds, newest === replica.epoch ? lagMs : takeoverMs)
    },
    learn(event) {
      const { changes } = replica
      replica.learn(event)
      if (replica.changes !== changes) ticks.wake()
    },
    enter: (sink, top, userId, seen) => viewers.enter(sink, top, userId, seen),
    leave(viewer) {
      viewers.leave(viewer)
      touch()
    },
    stop() {
      following.stop()
      ticks.stop()
      waiting.close()
    },
  }
}
