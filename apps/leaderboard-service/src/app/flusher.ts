/**
 * Writes a partition's changes to the store: the last state of each changed row, and the offsets that they account for, in
 * one transaction. One flush at a time; what changes meanwhile is for the next one.
 */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { BoardRow, BoardStore, Fence, PartitionState } from '../ports/board-store.ts'
import type { OwnedBoard } from './owned-board.ts'
import type { PartitionObserver } from './partition-observer.ts'

export interface Flusher {
  /** Unflushed rows, those under way left out. */
  readonly dirtyRows: number
  /** Why it cannot write; undefined: it can. */
  readonly trouble: string | undefined
  /** The board has dirty rows, or rows that are just being written. */
  holds(owned: OwnedBoard): boolean
  /** Users of this board have changed; `owned.dirty` has them. */
  touched(owned: OwnedBoard, newlyDirty: number): void
  /** The partition's state has changed. */
  stateChanged(): void
  /** Resolves once there is room for more changes. */
  room(): Promise<void>
  /** Everything that had changed when it was called is durable; rejects as the store does. */
  flush(): Promise<void>
  stop(): void
}

export interface FlusherDeps {
  store: BoardStore
  fence: Fence
  /** The live state; it is copied when a flush begins. */
  state: PartitionState
  clock: Clock
  flushMs: number
  dirtyRowsMax: number
  observer: PartitionObserver
  onError(error: unknown): void
  /** A newer epoch exists: nothing of this owner will be written any more. */
  onStale(): void
}

export const createFlusher = (deps: FlusherDeps): Flusher => {
  const { store, fence, state, clock, flushMs, dirtyRowsMax, observer, onError } = deps
  const dirtyBoards = new Set<OwnedBoard>()
  const beingWritten = new Set<OwnedBoard>()
  let dirtyRows = 0
  let isStateDirty = false
  let trouble: string | undefined
  let timer: Timer | undefined
  let underWay: Promise<void> | undefined
  let isStopped = false

  const later = () => {
    if (isStopped || (dirtyRows === 0 && !isStateDirty)) return
    timer ??= clock.after(flushMs, () => {
      timer = undefined
      flushOnce().catch(() => {}) // It has been reported, and the next one is set.
    })
  }

  /** Empties the dirty sets and gives the users of each board, for the case that they must be dirty again. */
  const takeDirty = () => {
    const taken = [...dirtyBoards].map((owned) => ({ owned, users: [...owned.dirty] }))
    for (const { owned } of taken) {
      owned.dirty.clear()
      beingWritten.add(owned)
    }
    dirtyBoards.clear()
    dirtyRows = 0
    isStateDirty = false
    return taken
  }
  const giveBack = (taken: ReturnType<typeof takeDirty>) => {
    for (const { owned, users } of taken) {
      for (const user of users) {
        if (owned.dirty.has(user)) continue
        owned.dirty.add(user)
        dirtyRows++
      }
      dirtyBoards.add(owned)
    }
    isStateDirty = true
  }

  const write = async () => {
    timer?.cancel()
    timer = undefined
    if (dirtyRows === 0 && !isStateDirty) return
    const taken = takeDirty()
    const rows = taken.flatMap(({ owned, users }) => users.map((user) => owned.board.rows.get(user) as BoardRow))
    const copy = structuredClone(state)
    const begun = clock.monotonic()
    try {
      const outcome = await store.flush(fence, rows, copy)
      trouble = undefined
      if (outcome === 'ok') observer.flushed(rows.length, clock.monotonic() - begun)
      else {
        isStopped = true
        deps.onStale()
      }
    } catch (error) {
      giveBack(taken)
      trouble = `boards cannot be written: ${error instanceof Error ? error.message : String(error)}`
      onError(new Error(`partition ${fence.partition}: ${rows.length} rows could not be flushed`, { cause: error }))
      throw error
    } finally {
      beingWritten.clear()
    }
  }

  const flushOnce = (): Promise<void> => {
    underWay ??= write().finally(() => {
      underWay = undefined
      later()
    })
    return underWay
  }

  return {
    get dirtyRows() {
      return dirtyRows
    },
    get trouble() {
      return trouble
    },
    holds: (owned) => owned.dirty.size > 0 || beingWritten.has(owned),
    touched(owned, newlyDirty) {
      dirtyBoards.add(owned)
      dirtyRows += newlyDirty
      later()
    },
    stateChanged() {
      isStateDirty = true
      later()
    },
    async room() {
      while (dirtyRows >= dirtyRowsMax && !isStopped) await flushOnce()
    },
    async flush() {
      // One that is under way began before the last changes.
      await underWay?.catch(() => {})
      if (!isStopped) await flushOnce()
    },
    stop() {
      isStopped = true
      timer?.cancel()
      timer = undefined
    },
  }
}
