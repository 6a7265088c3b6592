/**
 * One partition of the boards at one replica. It begins as a standby: it reads the log from where the store says the last flush
 * ended, and keeps the boards as the owner does, but numbers, publishes and writes nothing. To become the owner it raises the
 * lease's epoch, catches up with the log, brings home what the owner before had not, and serves who waited. So a
 * replica that starts alone, a standby that takes over and a hand-over are one way.
 */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Consumer, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { feedRowOf, type Outcome } from '../domain/board.ts'
import { type BoardStore, emptyState, type Fence, type PartitionState } from '../ports/board-store.ts'
import type { Following, Successor } from '../ports/owner-feed.ts'
import { type BoardsInMemory, createBoardsInMemory } from './boards-in-memory.ts'
import { deadLetterRecord } from './dead-letters.ts'
import { createFlusher, type Flusher } from './flusher.ts'
import { createFollowers, type Follower, type OnMessage } from './followers.ts'
import { nextChanges, note, type OwnedBoard } from './owned-board.ts'
import type { PartitionObserver } from './partition-observer.ts'
import { createBatchHandler } from './partition-records.ts'
import type { PartitionSettings } from './partition-settings.ts'
import { createUnflushed, type Effects, type Offsets, type Place } from './unflushed.ts'

/** `taking`: the lease is ours, the boards are not served yet. `over`: nothing of it is used any more. */
export type Role = 'standby' | 'taking' | 'owner' | 'over'

export interface Partition {
  readonly partition: number
  readonly role: Role
  /** Of our lease; undefined: there is none. */
  readonly epoch: number | undefined
  readonly boards: BoardsInMemory
  readonly dirtyRows: number
  /** Follows the log from `state` on. Resolves once everything that lay in it then is applied. */
  start(state: PartitionState): Promise<void>
  /** What the store accounts for now: a standby need not remember it. */
  flushed(state: PartitionState): void
  /** Becomes the owner, if the lease still has the epoch `seen`; false: it has another one. Resolves once it serves. */
  take(seen: number): Promise<boolean>
  /** Hands the partition back, everything applied flushed; whoever follows is told who comes next. It is over then. */
  release(to: Successor | undefined): Promise<void>
  /** Somebody else has the lease. */
  lost(to: Successor | undefined): void
  follow(quizId: string, onMessage: OnMessage): Following
  /** undefined: it does what it should. */
  unready(): string | undefined
}

export interface PartitionDeps {
  partition: number
  /** Of this replica: who owns what it takes. */
  member: string
  log: EventLog
  store: BoardStore
  clock: Clock
  observer: PartitionObserver
  /** Something failed; it will be tried again. */
  onError(error: unknown): void
  settings: PartitionSettings
  /** The store says that another owner has taken the partition. */
  onLost(): void
}

/** After what has failed and has to succeed. */
const AGAIN_MS = 500

export const createPartition = (deps: PartitionDeps): Partition => {
  const { partition, member, log, store, clock, observer, onError, settings } = deps
  const followers = createFollowers(onError)
  const unflushed = createUnflushed()
  const state = emptyState()
  let role: Role = 'standby'
  let fence: Fence | undefined
  let flusher: Flusher | undefined
  const consumers: Consumer[] = []
  /** What a promise resolved for must not go on with once it is over. */
  const isOver = () => role === 'over'

  const boards: BoardsInMemory = createBoardsInMemory({
    store,
    clock,
    idleMs: settings.idleMs,
    isNeeded: (owned) => followers.has(owned.board.quizId) || (flusher ? flusher.holds(owned) : unflushed.holds(owned)),
  })

  const publishNow = async ({ moves, letters }: Effects) => {
    if (moves.length + letters.length === 0) return
    await log.append([...moves, ...letters.map(deadLetterRecord)])
    for (const _ of moves) observer.event('moved', 'owner')
    for (const letter of letters) {
      observer.event('dead_letter', 'owner')
      observer.deadLetter(letter)
    }
  }
  const changed = (owned: OwnedBoard, outcome: Outcome, place: Place, at: number) => {
    if (outcome.kind !== 'changed') return
    const dirtyBefore = owned.dirty.size
    note(owned, outcome, at)
    if (flusher) {
      owned.dirty.add(outcome.row.user_id)
      flusher.touched(owned, owned.dirty.size - dirtyBefore)
      if (outcome.answers > 0) observer.scored(outcome.answers)
    } else unflushed.changed(owned, outcome.row.user_id, outcome.answers, place)
  }
  /** One version a board and batch, whether or not anyone follows it; a standby has no versions. */
  const applied = (owned: Iterable<OwnedBoard>) => {
    for (const board of owned) {
      const answers = board.unpublishedAnswers
      const message = nextChanges(board, fence?.epoch)
      if (!message || !flusher) continue
      followers.tell(board.board.quizId, message)
      if (answers > 0) observer.shown(answers)
    }
  }
  const handler = (topic: string) =>
    createBatchHandler(topic, {
      ...{ partition, state, boards, changed, applied },
      partitions: log.partitions,
      usersPerBoard: settings.usersPerBoard,
      event: (outcome) => observer.event(outcome, flusher ? 'owner' : 'standby'),
      room: async () => flusher?.room(),
      async publish(effects, place) {
        if (flusher) return publishNow(effects)
        unflushed.owes(effects, place)
      },
      advanced(_, last: StoredRecord) {
        flusher?.stateChanged()
        if (flusher) observer.applied?.(topic, clock.now() - last.timestamp)
      },
      check() {
        if (isOver()) throw new Error(`partition ${partition} is no longer ours`)
      },
    })
  const consume = async (topic: string) => {
    const onBatch = handler(topic)
    const consumer = await log.consume({
      topic,
      from: new Map([[partition, state.offsets[topic] ?? 0]]),
      onBatch: (_, records) => onBatch(records),
      onError: (error) => {
        if (!isOver()) onError(new Error(`${topic}/${partition} could not be applied`, { cause: error }))
      },
    })
    consumers.push(consumer)
    if (isOver()) await consumer.close()
  }
  const caughtUp = async () => {
    await Promise.all(consumers.map((consumer) => consumer.caughtUp()))
  }
  /** Until it succeeds; false: it is over. */
  const insist = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    while (!isOver()) {
      try {
        await work()
        return !isOver()
      } catch (error) {
        if (isOver()) return false
        onError(new Error(`partition ${partition}: ${what}`, { cause: error }))
        await clock.sleep(AGAIN_MS)
      }
    }
    return false
  }

  const serve = async (follower: Follower): Promise<void> => {
    const { quizId } = follower
    const epoch = fence?.epoch
    if (epoch === undefined) return
    await insist(`the board of ${quizId} could not be loaded`, async () => {
      if (!follower.isActive) return
      const owned = await boards.pin(quizId)
      follower.isServed = true
      const rows = [...owned.board.rows.values()].map(feedRowOf)
      follower.tell({ kind: 'snapshot', epoch, version: owned.version, rows })
      boards.unpin(owned)
    })
  }

  /** From now on changes are this owner's to write: first those that the one before has not. */
  const beginToWrite = (held: Fence, stored: Offsets): void => {
    const writer = createFlusher({
      ...{ store, state, clock, observer, onError },
      fence: held,
      flushMs: settings.flushMs,
      dirtyRowsMax: settings.dirtyRows,
      onStale: () => {
        lose(undefined)
        deps.onLost()
      },
    })
    flusher = writer
    for (const [owned, users] of unflushed.rows()) {
      for (const user of users) owned.dirty.add(user)
      writer.touched(owned, owned.dirty.size)
    }
    if (Object.entries(state.offsets).some(([topic, offset]) => offset > (stored[topic] ?? 0))) writer.stateChanged()
    observer.scored(unflushed.answers)
    observer.shown(unflushed.answers)
  }
  const end = () => {
    role = 'over'
    flusher?.stop()
    boards.close()
  }
  const lose = (to: Successor | undefined) => {
    if (isOver()) return
    end()
    for (const consumer of consumers.splice(0)) consumer.close().catch(() => {})
    followers.dismiss({ kind: 'gone', to })
  }

  return {
    partition,
    boards,
    get role() {
      return role
    },
    get epoch() {
      return fence?.epoch
    },
    get dirtyRows() {
      return flusher?.dirtyRows ?? 0
    },
    async start(from) {
      Object.assign(state, structuredClone(from))
      for (const topic of [TOPICS.players, TOPICS.scores]) await consume(topic)
      await insist('the end of the log could not be read', caughtUp)
    },
    flushed: ({ offsets }) => {
      if (!flusher) unflushed.trim(offsets)
    },
    async take(seen) {
      const held = await store.acquire(partition, member, seen)
      if (!held || isOver()) return false
      role = 'taking'
      fence = held.fence
      // Of moves and replays only what was read here counts: the store's word for a record that is not applied here yet would lose it.
      unflushed.trim(held.state.offsets)
      // Whatever the owner before has shown is in the log.
      if (!(await insist('the end of the log could not be read', caughtUp))) return false
      for (let owed = unflushed.takeEffects(); owed.length > 0; owed = unflushed.takeEffects())
        for (const effects of owed)
          await insist('what its records call for could not be published', () => publishNow(effects))
      if (isOver()) return false
      // In the same turn as the last look at what is owed.
      beginToWrite(held.fence, held.state.offsets)
      role = 'owner'
      for (const follower of followers.waiting()) void serve(follower)
      return true
    },
    async release(to) {
      const held = fence
      const flush = async () => {
        try {
          await flusher?.flush()
          return true
        } catch (error) {
          // What cannot be written is not lost: the log has it, and the stored offsets lie before it.
          onError(error)
          return false
        }
      }
      // Most of it while it still serves. If nothing can be written now, the rest is not tried either: it would only take time.
      let isFlushed = await flush()
      if (isOver()) return
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()))
      isFlushed &&= await flush()
      if (isOver()) return
      end()
      if (held && isFlushed) await store.release(held, to?.id ?? null).catch(onError)
      followers.dismiss({ kind: 'gone', to })
    },
    lost: lose,
    follow(quizId, onMessage) {
      const follower = followers.add(quizId, onMessage)
      if (role === 'owner') void serve(follower)
      return { stop: follower.stop }
    },
    unready() {
      if (role === 'owner') return flusher?.trouble && `partition ${partition}: ${flusher.trouble}`
      if (role === 'over') return `partition ${partition} has been handed back`
      return role === 'taking' ? `partition ${partition} is being taken over` : undefined
    },
  }
}
