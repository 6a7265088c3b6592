/**
 * Applies the records of `quiz.scores` and `quiz.players` of one partition to its boards. A batch goes in four steps: what lies
 * in the wrong partition or makes no sense is published elsewhere; the boards are loaded; everything is applied at
 * once, without a pause, so that rows and offsets can be flushed together at any time; the offset moves on. A crash
 * between two steps repeats the batch, and a repeat changes nothing.
 */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { AppendRecord, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { applyForeign, applyJoin, applyOwn, type Outcome } from '../domain/board.ts'
import type { DeadLetter } from '../domain/dead-letter.ts'
import { type PlayerRecord, parsePlayerRecord } from '../domain/player-records.ts'
import type { Malformed } from '../domain/records.ts'
import { type MovedScoreEvent, parseScoreRecord, type ScoreRecord } from '../domain/score-records.ts'
import type { PartitionState } from '../ports/board-store.ts'
import type { BoardsInMemory } from './boards-in-memory.ts'
import { deadLetter } from './dead-letters.ts'
import type { OwnedBoard } from './owned-board.ts'
import type { EventOutcome } from './partition-observer.ts'
import { createReplays, type Replays } from './replays.ts'
import type { Effects, Place } from './unflushed.ts'

export interface RecordsDeps {
  partition: number
  /** Of every topic. */
  partitions: number
  state: PartitionState
  boards: BoardsInMemory
  usersPerBoard: number
  event(outcome: EventOutcome): void
  /** Waits while too much is not flushed. */
  room(): Promise<void>
  /** Resolves once the log has what the records call for; a standby only takes note. */
  publish(effects: Effects, place: Place): Promise<void>
  /** The record at `place`, of the time `at`, was applied to the board. Called within the step that applies. */
  changed(owned: OwnedBoard, outcome: Outcome, place: Place, at: number): void
  /** The batch has been applied to these boards: their next version can be published. */
  applied(boards: Iterable<OwnedBoard>): void
  /** The offset has moved on behind `last`. */
  advanced(topic: string, last: StoredRecord): void
  /** Throws if this partition is no longer ours to read. */
  check(): void
}

type Parsed = ScoreRecord | PlayerRecord
interface Item {
  record: StoredRecord
  parsed: Exclude<Parsed, Malformed>
}

const OUTCOMES = { own: 'applied', foreign: 'foreign', moved: 'foreign', replayed: 'foreign', join: 'joined' } as const

export type OnBatch = (records: readonly StoredRecord[]) => Promise<void>

export const createBatchHandler = (topic: string, deps: RecordsDeps): OnBatch => {
  const { partition, partitions, state, boards, usersPerBoard, event } = deps
  const parse: (value: string) => Parsed = topic === TOPICS.scores ? parseScoreRecord : parsePlayerRecord
  const apply = (owned: OwnedBoard, { record, parsed }: Item): Outcome => {
    const { board } = owned
    if (parsed.kind === 'join') return applyJoin(board, parsed.join, usersPerBoard)
    if (parsed.kind === 'own') return applyOwn(board, parsed.event, usersPerBoard)
    const { offset } = record
    if (parsed.kind === 'foreign') {
      const { userId, score } = parsed
      return applyForeign(board, { userId, score, offset, timestamp: record.timestamp }, usersPerBoard)
    }
    if (parsed.kind === 'replayed') {
      const { user_id, score, replay_of } = parsed.event
      const { timestamp } = replay_of
      return applyForeign(board, { userId: user_id, score, offset, timestamp }, usersPerBoard)
    }
    const { user_id, score, origin } = parsed.event
    if (origin.offset <= (state.origins[origin.partition] ?? -1)) return { kind: 'duplicate' }
    state.origins[origin.partition] = origin.offset
    return applyForeign(board, { userId: user_id, score, offset, timestamp: origin.timestamp }, usersPerBoard)
  }
  /** What is ours, and what goes elsewhere. */
  const sort = (records: readonly StoredRecord[]) => {
    const items: Item[] = []
    const moves: AppendRecord[] = []
    const letters: DeadLetter[] = []
    const replays = createReplays(partition, state)
    for (const record of records) {
      const parsed = parse(record.value)
      const isReplay = parsed.kind === 'replayed'
      const problem = isReplay ? replays.problemOf(parsed.event) : undefined
      if (parsed.kind === 'malformed' || problem) {
        letters.push(deadLetter(topic, partition, record, problem ?? (parsed as Malformed)))
        continue
      }
      if (isReplay && !replays.isNew(parsed.event)) {
        event('duplicate')
        continue
      }
      // What is in memory is ours.
      const right = boards.get(parsed.quizId) ? partition : partitionOf(parsed.quizId, partitions)
      if (right === partition) items.push({ record, parsed })
      else {
        // There it counts once by its place here.
        if (isReplay) replays.counted(parsed.event)
        moves.push(moveTo(right, topic, partition, record, parsed))
      }
    }
    return { items, replays, effects: { moves, letters } }
  }
  const applyAll = (
    items: readonly Item[],
    pinned: ReadonlyMap<string, OwnedBoard>,
    replays: Replays,
  ): DeadLetter[] => {
    const refused: DeadLetter[] = []
    for (const item of items) {
      const { record, parsed } = item
      const owned = pinned.get(parsed.quizId) as OwnedBoard
      const outcome = apply(owned, item)
      if (outcome.kind !== 'refused' && parsed.kind === 'replayed') replays.counted(parsed.event)
      if (outcome.kind === 'refused') refused.push(deadLetter(topic, partition, record, outcome))
      else if (outcome.kind === 'duplicate') event('duplicate')
      else {
        event(OUTCOMES[parsed.kind])
        deps.changed(owned, outcome, { topic, offset: record.offset }, record.timestamp)
      }
    }
    replays.commit()
    deps.applied(pinned.values())
    return refused
  }

  return async (records) => {
    const fresh = records.filter(({ offset }) => offset >= (state.offsets[topic] ?? 0))
    for (let i = fresh.length; i < records.length; i++) event('duplicate')
    const last = fresh.at(-1)
    if (last === undefined) return
    const place = { topic, offset: last.offset }
    await deps.room()
    const { items, replays, effects } = sort(fresh)
    await deps.publish(effects, place)
    const pinned = await pinAll(boards, new Set(items.map(({ parsed }) => parsed.quizId)))
    let refused: DeadLetter[]
    try {
      deps.check()
      refused = applyAll(items, pinned, replays)
    } finally {
      for (const owned of pinned.values()) boards.unpin(owned)
    }
    await deps.publish({ moves: [], letters: refused }, place)
    deps.check()
    state.offsets[topic] = last.offset + 1
    deps.advanced(topic, last)
  }
}

/** All or none. */
async function pinAll(boards: BoardsInMemory, quizIds: ReadonlySet<string>): Promise<Map<string, OwnedBoard>> {
  const ids = [...quizIds]
  const results = await Promise.allSettled(ids.map((quizId) => boards.pin(quizId)))
  const pinned = new Map<string, OwnedBoard>()
  for (const [i, result] of results.entries())
    if (result.status === 'fulfilled') pinned.set(ids[i] as string, result.value)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    for (const owned of pinned.values()) boards.unpin(owned)
    throw failed.reason
  }
  return pinned
}

/** A foreign delta takes along where it lay; everything else can be repeated as it is. */
function moveTo(
  right: number,
  topic: string,
  partition: number,
  record: StoredRecord,
  parsed: Item['parsed'],
): AppendRecord {
  if (parsed.kind !== 'foreign' && parsed.kind !== 'replayed')
    return { topic, partition: right, key: record.key, value: record.value }
  const { quizId } = parsed
  const isReplay = parsed.kind === 'replayed'
  const { user_id, score } = isReplay ? parsed.event : { user_id: parsed.userId, score: parsed.score }
  const timestamp = isReplay ? parsed.event.replay_of.timestamp : record.timestamp
  const origin = { partition, offset: record.offset, timestamp }
  const event: MovedScoreEvent = { quiz_id: quizId, user_id, score, origin }
  return { topic, partition: right, key: quizId, value: JSON.stringify(event) }
}
