/**
 * The owner of one partition: the one who orders its quizzes' changes, numbers their versions and persists them. It begins
 * where the store says the last owner's flush ended; everything since is read again from the log, and a repeat changes
 * nothing. Followers get their snapshot once the boards are as new as the log was when this owner began.
 */
import { lifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Consumer, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { feedRowOf, type Outcome } from '../domain/board.ts'
import { malformed, parseJson, problemsOf } from '../domain/records.ts'
import type { Following } from '../ports/board-feed.ts'
import type { BoardStore, Fence, PartitionState } from '../ports/board-store.ts'
import { type BoardsInMemory, createBoardsInMemory } from './boards-in-memory.ts'
import type { Catalogue } from './catalogue.ts'
import { deadLetter, deadLetterRecord } from './dead-letters.ts'
import { createFlusher, type Flusher } from './flusher.ts'
import { createFollowers, type Follower, type OnMessage } from './followers.ts'
import { nextChanges, note, type OwnedBoard } from './owned-board.ts'
import type { OwnerObserver } from './owner-observer.ts'
import { createBatchHandler } from './owner-records.ts'
import type { OwnerSettings } from './owner-settings.ts'

export type { OwnerObserver }

export interface PartitionOwner {
  readonly partition: number
  readonly boards: BoardsInMemory
  readonly dirtyRows: number
  /** Resolves once the partition is this owner's, and everything that lay in the log then is applied. */
  start(): Promise<void>
  follow(quizId: string, onMessage: OnMessage): Following
  /** undefined: it is ready. */
  unready(): string | undefined
  /** Reads on no more, and flushes what there is. Rejects if that cannot be written: the log has it still. */
  stop(): Promise<void>
}

export interface PartitionOwnerDeps {
  partition: number
  log: EventLog
  store: BoardStore
  catalogue: Catalogue
  clock: Clock
  observer: OwnerObserver
  /** Something failed; it will be tried again. */
  onError(error: unknown): void
  settings: OwnerSettings
  /** Another owner has taken the partition: this one has stopped. */
  onLost(partition: number): void
}

/** After a board could not be loaded for a follower. */
const LOAD_AGAIN_MS = 1_000

type Phase = 'new' | 'starting' | 'ready' | 'lost' | 'stopped'

export const createPartitionOwner = (deps: PartitionOwnerDeps): PartitionOwner => {
  const { partition, log, store, catalogue, clock, observer, onError, settings } = deps
  const followers = createFollowers(onError)
  const waitingForSnapshot = new Map<Follower, string>()
  let phase: Phase = 'new'
  let fence: Fence = { partition, epoch: 0 }
  const state: PartitionState = { offsets: {}, origins: {} }
  let flusher: Flusher | undefined
  let consumers: Consumer[] = []

  const isOver = () => phase === 'lost' || phase === 'stopped'
  const boards: BoardsInMemory = createBoardsInMemory({
    store,
    clock,
    idleMs: settings.idleMs,
    isNeeded: (owned) => followers.has(owned.board.quizId) || (flusher?.holds(owned) ?? false),
  })

  const changed = (owned: OwnedBoard, outcome: Outcome) => {
    if (outcome.kind !== 'changed') return
    const dirtyBefore = owned.dirty.size
    note(owned, outcome)
    flusher?.touched(owned, owned.dirty.size - dirtyBefore)
    if (outcome.answers > 0) observer.scored(outcome.answers)
  }
  /** One version a board and batch, whether or not anyone follows it. */
  const publish = (owned: Iterable<OwnedBoard>) => {
    for (const board of owned) {
      const answers = board.unpublishedAnswers
      const message = nextChanges(board, fence.epoch)
      if (!message) continue
      followers.tell(board.board.quizId, message)
      if (answers > 0) observer.shown(answers)
    }
  }

  const onLifecycle = async (records: readonly StoredRecord[]) => {
    for (const record of records) {
      const parsed = lifecycleEvent.safeParse(parseJson(record.value))
      if (!parsed.success) {
        const reason = malformed('invalid', problemsOf(parsed.error))
        const letter = deadLetter(TOPICS.lifecycle, partition, record, reason)
        await log.append([deadLetterRecord(letter)])
        observer.deadLetter(letter)
        continue
      }
      const quiz = parsed.data
      if (!catalogue.learn(quiz)) continue
      followers.tell(quiz.quiz_id, { kind: 'quiz', quiz: catalogue.get(quiz.quiz_id) ?? quiz })
    }
    const last = records.at(-1)
    if (last) observer.applied?.(TOPICS.lifecycle, clock.now() - last.timestamp)
  }

  const serve = async (quizId: string, follower: Follower): Promise<void> => {
    while (follower.isActive && !isOver()) {
      try {
        const owned = await boards.pin(quizId)
        const { version, board } = owned
        follower.isServed = true
        const rows = [...board.rows.values()].map(feedRowOf)
        follower.tell({ kind: 'snapshot', epoch: fence.epoch, version, rows, quiz: catalogue.get(quizId) })
        boards.unpin(owned)
        return
      } catch (error) {
        if (isOver()) return
        onError(new Error(`the board of ${quizId} could not be loaded`, { cause: error }))
        await clock.sleep(LOAD_AGAIN_MS)
      }
    }
  }

  const end = (as: 'lost' | 'stopped') => {
    phase = as
    flusher?.stop()
    boards.close()
    waitingForSnapshot.clear()
  }
  const lose = () => {
    end('lost')
    for (const consumer of consumers) consumer.close().catch(() => {})
    deps.onLost(partition)
  }

  const consume = async (topic: string, from: number, onBatch: (records: readonly StoredRecord[]) => Promise<void>) => {
    const consumer = await log.consume({
      topic,
      from: new Map([[partition, from]]),
      onBatch: (_, records) => onBatch(records),
      onError: (error) => {
        if (!isOver()) onError(new Error(`${topic}/${partition} could not be applied`, { cause: error }))
      },
    })
    consumers.push(consumer)
    if (isOver()) await consumer.close()
  }

  const begin = async () => {
    const acquired = await store.acquire(partition)
    fence = acquired.fence
    Object.assign(state.offsets, acquired.state.offsets)
    Object.assign(state.origins, acquired.state.origins)
    const { flushMs, dirtyRows: dirtyRowsMax, usersPerBoard } = settings
    const writer = createFlusher({
      store,
      fence,
      state,
      clock,
      flushMs,
      dirtyRowsMax,
      observer,
      onError,
      onStale: lose,
    })
    flusher = writer
    const records = {
      ...{ partition, log, state, boards, clock, usersPerBoard, observer, changed },
      room: writer.room,
      applied: publish,
      stateChanged: writer.stateChanged,
      checkOwner() {
        if (isOver()) throw new Error(`partition ${partition} is no longer owned`)
      },
    }
    await consume(TOPICS.lifecycle, 0, onLifecycle)
    for (const topic of [TOPICS.players, TOPICS.scores]) {
      await consume(topic, state.offsets[topic] ?? 0, createBatchHandler(topic, records))
    }
    await Promise.all(consumers.map((consumer) => consumer.caughtUp()))
  }

  return {
    partition,
    boards,
    get dirtyRows() {
      return flusher?.dirtyRows ?? 0
    },
    async start() {
      if (phase !== 'new') throw new Error(`the owner of partition ${partition} has been started before`)
      phase = 'starting'
      await begin()
      if (isOver()) return
      phase = 'ready'
      const waiting = [...waitingForSnapshot]
      waitingForSnapshot.clear()
      for (const [follower, quizId] of waiting) void serve(quizId, follower)
    },
    follow(quizId, onMessage) {
      const follower = followers.add(quizId, onMessage)
      if (phase === 'ready') void serve(quizId, follower)
      else if (!isOver()) waitingForSnapshot.set(follower, quizId)
      return {
        stop() {
          follower.stop()
          waitingForSnapshot.delete(follower)
        },
      }
    },
    unready() {
      if (phase === 'ready') return flusher?.trouble && `partition ${partition}: ${flusher.trouble}`
      if (phase === 'lost') return `partition ${partition} has another owner`
      if (phase === 'stopped') return `partition ${partition} has been handed back`
      return `partition ${partition} is catching up with the log`
    },
    async stop() {
      if (isOver()) return
      await Promise.all(consumers.map((consumer) => consumer.close()))
      consumers = []
      try {
        await flusher?.flush()
      } finally {
        if (!isOver()) end('stopped')
      }
    },
  }
}
