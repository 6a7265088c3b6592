/**
 * The owner of one partition: applies its events in their order, numbers each quiz's versions, and writes rows and offsets in one
 * transaction. A record's effect and the offset behind it change in one synchronous step, so that whatever a flush takes
 * is a state between two records.
 */
import { type LifecycleEvent, playerEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { applyForeign, applyJoin, applyOwn } from '../domain/board.ts'
import { type Origin, readScoreRecord, type ScoreRecord } from '../domain/score-record.ts'
import type { BoardRow, BoardStore, Fence, PartitionState } from '../ports/board-store.ts'
import { createOwnerBoard, type Follower, type OwnerBoard } from './owner-board.ts'

export type EventOutcome = 'applied' | 'duplicate' | 'foreign' | 'joined' | 'moved' | 'dead_letter'

export interface OwnerSettings {
  /** Dirty rows are written this often. */
  flushMs: number
  /** Users on one board, foreign ones included. */
  usersPerBoard: number
  /** Rows that may wait for a flush; past it a batch waits for one. */
  dirtyRows: number
  /** A board without followers and changes for so long leaves the memory. */
  idleMs: number
}
export const OWNER_DEFAULTS: OwnerSettings = {
  flushMs: 500,
  usersPerBoard: 1_000_000,
  dirtyRows: 50_000,
  idleMs: 300_000,
}

export interface OwnerObserver {
  event(outcome: EventOutcome): void
  /** Newly accepted answers that the owner has applied. */
  scored(answers: number): void
  /** Those that are in a version handed to the viewers' side. */
  shown(answers: number): void
  flushed(rows: number, ms: number): void
  /** A record that was kept in the dead-letter topic. */
  deadLetter(letter: DeadLetter): void
}
export interface DeadLetter {
  reason: string
  detail: string
  topic: string
  partition: number
  offset: number
  key: string | null
  /** Cut to 10,000 characters. */
  value: string
}

export interface PartitionDeps {
  store: BoardStore
  log: EventLog
  clock: Clock
  observer: OwnerObserver
  settings: OwnerSettings
  lifecycleOf(quizId: string): LifecycleEvent | undefined
}

export interface PartitionOwner {
  readonly fence: Fence
  readonly state: PartitionState
  readonly boards: ReadonlyMap<string, OwnerBoard>
  /** A newer owner exists: nothing is applied or written any more. */
  readonly stale: boolean
  readonly dirty: number
  onScores(records: readonly StoredRecord[]): Promise<void>
  onPlayers(records: readonly StoredRecord[]): Promise<void>
  onLifecycle(event: LifecycleEvent): void
  /** Resolves when the follower has its snapshot, or `isWanted` says that it is not wanted any more. */
  follow(quizId: string, follower: Follower, isWanted: () => boolean): Promise<void>
  unfollow(quizId: string, follower: Follower): void
  /** Rejects if the store fails: what was to be written is kept for the next time. */
  flush(): Promise<void>
  evict(): void
}

const VALUE_MAX = 10_000

export const createPartitionOwner = async (partition: number, deps: PartitionDeps): Promise<PartitionOwner> => {
  const { store, log, clock, observer, settings, lifecycleOf } = deps
  const { fence, state } = await store.acquire(partition)
  const boards = new Map<string, OwnerBoard>()
  const loading = new Map<string, Promise<OwnerBoard>>()
  let dirty = new Map<string, BoardRow>()
  let stateChanged = false
  let stale = false
  /** No evicted board had a newer one: a board that is loaded again goes on from here. */
  let versionFloor = 0
  let flushing: Promise<void> | undefined

  const load = (quizId: string): Promise<OwnerBoard> => {
    const known = loading.get(quizId)
    if (known) return known
    const loaded = store
      .load(quizId)
      .then((rows) => {
        const board = createOwnerBoard(quizId, fence.epoch, versionFloor + 1, rows)
        board.usedAt = clock.monotonic()
        boards.set(quizId, board)
        return board
      })
      .finally(() => loading.delete(quizId))
    loading.set(quizId, loaded)
    return loaded
  }
  const put = (board: OwnerBoard, row: BoardRow): void => {
    observer.scored(row.seq - (board.row(row.user_id)?.seq ?? 0))
    board.set(row)
    board.usedAt = clock.monotonic()
    dirty.set(`${row.quiz_id}\0${row.user_id}`, row)
  }
  const advance = (topic: string, record: StoredRecord): void => {
    state.offsets[topic] = record.offset + 1
    stateChanged = true
  }
  const isNew = (topic: string, record: StoredRecord) => record.offset >= (state.offsets[topic] ?? 0)

  const bury = async (topic: string, record: StoredRecord, reason: string, detail: string): Promise<void> => {
    const { key, offset } = record
    const letter: DeadLetter = {
      reason,
      detail,
      topic,
      partition,
      offset,
      key,
      value: record.value.slice(0, VALUE_MAX),
    }
    await log.append([{ topic: TOPICS.deadLetters, key, value: JSON.stringify(letter), partition }])
    observer.deadLetter(letter)
    observer.event('dead_letter')
    advance(topic, record)
  }
  const full = (board: OwnerBoard, userId: string) => !board.row(userId) && board.players >= settings.usersPerBoard

  const move = async (
    record: StoredRecord,
    score: ScoreRecord & { kind: 'own' | 'foreign' },
    to: number,
  ): Promise<void> => {
    const origin: Origin = { partition, offset: record.offset, at: record.timestamp }
    const event = score.kind === 'own' ? score.event : { ...score.delta, origin: score.origin ?? origin }
    await log.append([{ topic: TOPICS.scores, key: event.quiz_id, value: JSON.stringify(event), partition: to }])
    observer.event('moved')
    advance(TOPICS.scores, record)
  }

  /** Synchronous: effect and offset belong together. */
  const applyScore = (
    board: OwnerBoard,
    record: StoredRecord,
    score: ScoreRecord & { kind: 'own' | 'foreign' },
  ): void => {
    advance(TOPICS.scores, record)
    if (score.kind === 'own') {
      const row = applyOwn(board.row(score.event.user_id), score.event)
      observer.event(row ? 'applied' : 'duplicate')
      if (row) put(board, row)
      return
    }
    const { delta, origin } = score
    if (origin) {
      const counted = state.origins[origin.partition] ?? -1
      if (origin.offset <= counted) {
        observer.event('duplicate')
        return
      }
      state.origins[origin.partition] = origin.offset
    }
    const row = applyForeign(board.row(delta.user_id), delta, record.offset, origin?.at ?? record.timestamp)
    observer.event(row ? 'foreign' : 'duplicate')
    if (row) put(board, row)
  }

  const onScore = async (record: StoredRecord, touched: Set<OwnerBoard>): Promise<void> => {
    const score = readScoreRecord(record.value)
    if (score.kind === 'unknown') return bury(TOPICS.scores, record, score.reason, score.detail)
    const { quiz_id, user_id, score: change } = score.kind === 'own' ? score.event : score.delta
    const right = partitionOf(quiz_id, log.partitions)
    if (right !== partition) return move(record, score, right)
    const board = boards.get(quiz_id) ?? (await load(quiz_id))
    if (full(board, user_id))
      return bury(TOPICS.scores, record, 'board_full', `the board has ${settings.usersPerBoard} users`)
    const before = board.row(user_id)?.score ?? 0
    if (!Number.isSafeInteger(before + change))
      return bury(TOPICS.scores, record, 'overflow', `${before} + ${change} is no safe integer`)
    applyScore(board, record, score)
    touched.add(board)
  }
  const onPlayer = async (record: StoredRecord, touched: Set<OwnerBoard>): Promise<void> => {
    const parsed = playerEvent.safeParse(parseJson(record.value))
    if (!parsed.success) return bury(TOPICS.players, record, 'invalid', 'the value is no player')
    const event = parsed.data
    const board = boards.get(event.quiz_id) ?? (await load(event.quiz_id))
    if (full(board, event.user_id))
      return bury(TOPICS.players, record, 'board_full', `the board has ${settings.usersPerBoard} users`)
    advance(TOPICS.players, record)
    const row = applyJoin(board.row(event.user_id), event)
    observer.event(row ? 'joined' : 'duplicate')
    if (row) put(board, row)
    touched.add(board)
  }
  const batch = async (
    topic: string,
    records: readonly StoredRecord[],
    each: (record: StoredRecord, touched: Set<OwnerBoard>) => Promise<void>,
  ): Promise<void> => {
    const touched = new Set<OwnerBoard>()
    try {
      for (const record of records) {
        if (stale) return
        // A batch that failed half-way comes again from its beginning.
        if (isNew(topic, record)) await each(record, touched)
      }
    } finally {
      for (const board of touched) observer.shown(board.publish())
    }
    if (dirty.size > settings.dirtyRows) await flush()
  }

  const write = async (): Promise<void> => {
    if (stale || (dirty.size === 0 && !stateChanged)) return
    const rows = dirty
    const started = clock.monotonic()
    dirty = new Map()
    stateChanged = false
    try {
      const copy = { offsets: { ...state.offsets }, origins: { ...state.origins } }
      if ((await store.flush(fence, [...rows.values()], copy)) === 'stale') stale = true
      else observer.flushed(rows.size, clock.monotonic() - started)
    } catch (error) {
      for (const [key, row] of rows) if (!dirty.has(key)) dirty.set(key, row)
      stateChanged = true
      throw error
    }
  }
  const flush = async (): Promise<void> => {
    // One at a time: a later one must not overtake.
    while (flushing) await flushing.catch(() => {})
    flushing = write().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  return {
    fence,
    state,
    boards,
    get stale() {
      return stale
    },
    get dirty() {
      return dirty.size
    },
    onScores: (records) => batch(TOPICS.scores, records, onScore),
    onPlayers: (records) => batch(TOPICS.players, records, onPlayer),
    onLifecycle(event) {
      for (const follower of boards.get(event.quiz_id)?.followers ?? []) follower({ kind: 'quiz', quiz: event })
    },
    async follow(quizId, follower, isWanted) {
      const board = boards.get(quizId) ?? (await load(quizId))
      if (!isWanted()) return
      // What is applied but not numbered yet must not be in a snapshot of the version before.
      observer.shown(board.publish())
      board.follow(follower, lifecycleOf(quizId))
    },
    unfollow(quizId, follower) {
      const board = boards.get(quizId)
      board?.unfollow(follower)
      if (board) board.usedAt = clock.monotonic()
    },
    flush,
    evict() {
      const since = clock.monotonic() - settings.idleMs
      const waiting = new Set([...dirty.values()].map((row) => row.quiz_id))
      if (flushing) return
      for (const [quizId, board] of boards) {
        if (board.followers.size > 0 || board.usedAt > since || waiting.has(quizId)) continue
        versionFloor = Math.max(versionFloor, board.version)
        boards.delete(quizId)
      }
    },
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
