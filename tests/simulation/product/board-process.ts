/** A replica of the leaderboard-service: partitions and edge, on simulated stores, without sockets. */
import { createEdge, type Edge } from '@quizboard/leaderboard-service/app/edge.ts'
import type { PartitionObserver } from '@quizboard/leaderboard-service/app/partition-observer.ts'
import { createShards, type Shards } from '@quizboard/leaderboard-service/app/shards.ts'
import { createRanking } from '@quizboard/leaderboard-service/domain/sorted-ranking.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Membership } from '@quizboard/leaderboard-service/ports/membership.ts'
import type { ShardPeers } from '@quizboard/leaderboard-service/ports/owner-feed.ts'
import type { Verifier } from '@quizboard/shared/auth/tokens.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Process } from '../engine/process.ts'

export interface BoardInstance {
  kind: 'board'
  process: Process
  shards: Shards
  edge: Edge
  /** Resolves once it takes requests. */
  started: Promise<void>
  /** As on SIGTERM: others take over while it still serves. */
  leave(): Promise<void>
  stop(): Promise<void>
}

const silent: PartitionObserver = {
  event: () => {},
  scored: () => {},
  shown: () => {},
  flushed: () => {},
  deadLetter: () => {},
}
/** However slow everything is here: what another replica has shown must be known, and is waited for. */
const LONG_MS = 1_000_000

export const startBoard = (parts: {
  process: Process
  store: BoardStore
  membership: Membership
  peers: ShardPeers
  log: EventLog
  standbys: number
  tight: boolean
  onError: (error: unknown) => void
}): BoardInstance => {
  const { process, standbys, tight, ...rest } = parts
  const { clock } = process
  const shards = createShards({
    ...rest,
    clock,
    observer: silent,
    self: { id: process.name, address: process.name },
    settings: { standbys, ...(tight && { idleMs: 1_000, dirtyRows: 3 }) },
  })
  const edge = createEdge({
    ...{ verifier, clock, createRanking },
    feed: shards.feed,
    settings: { lagMs: LONG_MS, takeoverMs: LONG_MS, ...(tight && { idleMs: 2_000 }) },
  })
  const stop = async () => {
    edge.stop()
    await shards.stop()
  }
  return { kind: 'board', process, shards, edge, started: shards.start(), leave: shards.leave, stop }
}

/** Tokens of the simulation: `quiz/user`. */
const verifier: Verifier = {
  async verify(token) {
    const [quiz_id = '', user_id = ''] = token.split('/')
    return { ok: true, caller: { role: 'player', quiz_id, user_id } }
  },
}
export const tokenOf = (quizId: string, userId: string): string => `${quizId}/${userId}`
