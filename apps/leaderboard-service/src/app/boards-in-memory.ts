/** The boards of one partition that are in memory: loaded when needed, dropped when idle. */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import { createBoard } from '../domain/board.ts'
import type { BoardStore } from '../ports/board-store.ts'
import { createOwnedBoard, type OwnedBoard } from './owned-board.ts'

export interface BoardsInMemory {
  readonly size: number
  readonly rows: number
  get(quizId: string): OwnedBoard | undefined
  /** Loads the quiz if it is not there, and keeps it until `unpin`. Rejects as the store does. */
  pin(quizId: string): Promise<OwnedBoard>
  unpin(owned: OwnedBoard): void
  /** Nothing is loaded or dropped any more. */
  close(): void
}

export interface BoardsDeps {
  store: BoardStore
  clock: Clock
  idleMs: number
  /** Someone follows it, or what it has is not in the store yet. */
  isNeeded(owned: OwnedBoard): boolean
}

export const createBoardsInMemory = ({ store, clock, idleMs, isNeeded }: BoardsDeps): BoardsInMemory => {
  const boards = new Map<string, OwnedBoard>()
  const loading = new Map<string, Promise<void>>()
  /** What has been dropped may come back: its versions go on above the highest that any dropped board had. */
  let versionFloor = 0
  let sweeping: Timer | undefined
  let isClosed = false

  const load = (quizId: string): Promise<void> => {
    const known = loading.get(quizId)
    if (known) return known
    const begun = store
      .load(quizId)
      .then((rows) => {
        boards.set(quizId, createOwnedBoard(createBoard(quizId, rows), versionFloor + 1, clock.monotonic()))
        sweepLater()
      })
      .finally(() => loading.delete(quizId))
    loading.set(quizId, begun)
    return begun
  }

  const sweepLater = () => {
    if (isClosed || boards.size === 0) return
    sweeping ??= clock.after(idleMs, () => {
      sweeping = undefined
      sweep()
      sweepLater()
    })
  }
  const sweep = () => {
    const before = clock.monotonic() - idleMs
    for (const [quizId, owned] of boards) {
      if (owned.pins > 0 || owned.lastUsed > before || isNeeded(owned)) continue
      versionFloor = Math.max(versionFloor, owned.version)
      boards.delete(quizId)
    }
  }

  return {
    get size() {
      return boards.size
    },
    get rows() {
      let rows = 0
      for (const { board } of boards.values()) rows += board.rows.size
      return rows
    },
    get: (quizId) => boards.get(quizId),
    async pin(quizId) {
      for (;;) {
        if (isClosed) throw new Error('this partition has another owner, or none')
        const owned = boards.get(quizId)
        if (owned) {
          owned.pins++
          return owned
        }
        await load(quizId)
      }
    },
    unpin(owned) {
      owned.pins--
      owned.lastUsed = clock.monotonic()
    },
    close() {
      isClosed = true
      sweeping?.cancel()
      boards.clear()
    },
  }
}
