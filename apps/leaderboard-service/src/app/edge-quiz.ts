/** One quiz at the edge: follows its owner's feed, keeps the replica, and serves the viewers at every tick. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Ranking } from '../domain/ranking.ts'
import type { BoardFeed, FeedMessage, Following } from '../ports/board-feed.ts'
import type { Laggards } from './edge-laggards.ts'
import { createReplica, type Replica } from './edge-replica.ts'
import { createTicks, type TickReport, type TickSettings } from './edge-ticks.ts'
import { createViewers, type FrameCounts, type Seen, type Sink, type Viewer } from './edge-viewers.ts'
import { createViews } from './edge-views.ts'
import { createWaitingRoom } from './edge-waiting.ts'

export interface EdgeQuiz {
  readonly replica: Replica
  readonly viewers: number
  /** By the monotonic clock. */
  readonly lastUsed: number
  /** Keeps it from being forgotten for a while. */
  touch(): void
  /** The standings are known; false: they were not within `ms`. */
  ready(ms: number): Promise<boolean>
  /** The player is on the board; false: was not within `ms`. */
  hasPlayer(userId: string, ms: number): Promise<boolean>
  learn(quiz: LifecycleEvent): void
  enter(sink: Sink, top: number, userId: string | undefined, seen: Seen | undefined): Viewer
  leave(viewer: Viewer): void
  readonly waiting: number
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

/** After a feed that made no sense: following anew at once could go round in circles. */
const REFOLLOW_MS = 100
/** A key that no user_id is. */
const READY = ''

export const createEdgeQuiz = (deps: EdgeQuizDeps, quiz: LifecycleEvent): EdgeQuiz => {
  const { feed, clock, laggards } = deps
  const replica = createReplica(quiz, deps.createRanking)
  const views = createViews(replica, clock)
  const viewers = createViewers(views, deps.counts)
  const waiting = createWaitingRoom(clock)
  const ticks = createTicks({
    clock,
    viewers,
    settings: deps.ticks,
    onBehind: (viewer) => laggards.add(viewer, viewers.serve),
    onTick: deps.onTick,
  })
  let following: Following | undefined
  let attempt = 0
  let stopped = false
  let lastUsed = clock.monotonic()
  const touch = () => {
    lastUsed = clock.monotonic()
  }

  /** The feed may call back before `follow` has returned; of an earlier attempt nothing is heard any more. */
  const follow = (): void => {
    const mine = ++attempt
    following?.stop()
    following = undefined
    const begun = feed.follow(quiz.quiz_id, (message) => {
      if (mine === attempt) onMessage(message)
    })
    if (mine === attempt) following = begun
    else begun.stop()
  }

  const followAgain = (): void => {
    const mine = ++attempt
    clock.after(REFOLLOW_MS, () => {
      if (mine === attempt && !stopped) follow()
    })
  }

  const onMessage = (message: FeedMessage): void => {
    const applied = replica.apply(message)
    if (applied !== 'applied') {
      // A repeated change is nothing; a missing one, or a snapshot of the past, calls for a new snapshot.
      if (applied === 'gap' || message.kind === 'snapshot') followAgain()
      return
    }
    if (message.kind === 'snapshot') waiting.notifyAll()
    else if (message.kind === 'changes' && waiting.size > 0) for (const row of message.rows) waiting.notify(row.user_id)
    ticks.wake()
  }

  follow()
  return {
    replica,
    get viewers() {
      return viewers.size
    },
    get lastUsed() {
      return lastUsed
    },
    get waiting() {
      return waiting.size
    },
    touch,
    ready: (ms) => waiting.until(READY, () => replica.ready, ms),
    hasPlayer: (userId, ms) => waiting.until(userId, () => replica.player(userId) !== undefined, ms),
    learn(event) {
      const before = replica.changes
      replica.learn(event)
      if (replica.changes !== before) ticks.wake()
    },
    enter: (sink, top, userId, seen) => viewers.enter(sink, top, userId, seen),
    leave(viewer) {
      viewers.leave(viewer)
      touch()
    },
    stop() {
      stopped = true
      attempt++
      following?.stop()
      ticks.stop()
      waiting.close()
    },
  }
}
