/** An instance of the leaderboard-service: owner and edge, on simulated stores, without sockets. */
import { createEdge, type Edge } from '@quizboard/leaderboard-service/app/edge.ts'
import { createOwner, type Owner } from '@quizboard/leaderboard-service/app/owner.ts'
import type { OwnerObserver } from '@quizboard/leaderboard-service/app/owner-partition.ts'
import { createRanking } from '@quizboard/leaderboard-service/domain/sorted-ranking.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Verifier } from '@quizboard/shared/auth/tokens.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import type { Process } from '../engine/process.ts'

export interface BoardInstance {
  kind: 'board'
  process: Process
  owner: Owner
  edge: Edge
  /** Resolves once it takes requests. */
  started: Promise<void>
}

const silent: OwnerObserver = {
  event: () => {},
  scored: () => {},
  shown: () => {},
  flushed: () => {},
  deadLetter: () => {},
}

export const startBoard = (
  process: Process,
  store: BoardStore,
  log: EventLog,
  onError: (error: unknown) => void,
  onLost: () => void,
): BoardInstance => {
  const { clock } = process
  const owner = createOwner({ store, log, clock, observer: silent, onError, onLost })
  const edge = createEdge({ feed: owner.feed, verifier, clock, createRanking })
  return { kind: 'board', process, owner, edge, started: owner.start() }
}

/** Tokens of the simulation: `quiz/user`. */
const verifier: Verifier = {
  async verify(token) {
    const [quiz_id = '', user_id = ''] = token.split('/')
    return { ok: true, caller: { role: 'player', quiz_id, user_id } }
  },
}
export const tokenOf = (quizId: string, userId: string): string => `${quizId}/${userId}`
