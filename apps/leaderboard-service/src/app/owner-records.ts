/**
 * Applies the records of `quiz.scores` and `quiz.players` of one partition to its boards. A batch goes in four steps: what lies
 * in the wrong partition or makes no sense is published elsewhere; the boards are loaded; everything is applied at
 * once, without a pause, so that rows and offsets can be flushed together at any time; the offset moves on. A crash
 * between two steps repeats the batch, and a repeat changes nothing.
 */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { AppendRecord, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { applyForeign, applyJoin, applyOwn, type Outcome } from '../domain/board.ts'
import { type PlayerRecord, parsePlayerRecord } from '../domain/player-records.ts'
import type { Malformed } from '../domain/records.ts'
import { type MovedScoreEvent, parseScoreRecord, type ScoreRecord } from '../domain/score-records.ts'
import type { PartitionState } from '../ports/board-store.ts'
import type { BoardsInMemory } from './boards-in-memory.ts'
import { deadLetter, deadLetterRecord } from './dead-letters.ts'
import type { OwnedBoard } from './owned-board.ts'
import type { DeadLetter, OwnerObserver } from './owner-observer.ts'

export interface RecordsDeps {
  partition: number
  log: EventLog
  state: PartitionState
  boards: BoardsInMemory
  clock: Clock
  usersPerBoard: number
  observer: OwnerObserver
  /** Waits while too much is not flushed. */
  room(): Promise<void>
  /** A row of the board has changed. Called within the step that applies. */
  changed(owned: OwnedBoard, outcome: Outcome): void
  /** The batch has been applied to these boards: their next version can be published. */
  applied(boards: Iterable<OwnedBoard>): void
  stateChanged(): void
  /** Throws if this is no longer the owner. */
  checkOwner(): void
}

type Parsed = ScoreRecord | PlayerRecord
interface Item {
  record: StoredRecord
  parsed: Exclude<Parsed, Malformed>
}

const OUTCOMES = { own: 'applied', foreign: 'foreign', moved: 'foreign', join: 'joined' } as const

export type OnBatch = (records: readonly StoredRecord[]) => Promise<void>

export const createBatchHandler = (topic: string, deps: RecordsDeps): OnBatch => {
  const { partition, log, state, boards, clock, usersPerBoard, observer } = deps
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
    const { user_id, score, origin } = parsed.event
    if (origin.offset <= (state.origins[origin.partition] ?? -1)) return { kind: 'duplicate' }
    state.origins[origin.partition] = origin.offset
    return applyForeign(board, { userId: user_id, score, offset, timestamp: origin.timestamp }, usersPerBoard)
  }

  const publishElsewhere = async (moves: readonly AppendRecord[], letters: readonly DeadLetter[]) => {
    if (moves.length + letters.length === 0) return
    await log.append([...moves, ...letters.map(deadLetterRecord)])
    for (const _ of moves) observer.event('moved')
    for (const letter of letters) {
      observer.event('dead_letter')
      observer.deadLetter(letter)
    }
  }

  return async (records) => {
    const fresh = records.filter(({ offset }) => offset >= (state.offsets[topic] ?? 0))
    for (let i = fresh.length; i < records.length; i++) observer.event('duplicate')
    const last = fresh.at(-1)
    if (last === undefined) return
    await deps.room()
    const items: Item[] = []
    const moves: AppendRecord[] = []
    const letters: DeadLetter[] = []
    for (const record of fresh) {
      const parsed = parse(record.value)
      if (parsed.kind === 'malformed') letters.push(deadLetter(topic, partition, record, parsed))
      else {
        // What is in memory is ours.
        const right = boards.get(parsed.quizId) ? partition : partitionOf(parsed.quizId, log.partitions)
        if (right === partition) items.push({ record, parsed })
        else moves.push(moveTo(right, topic, partition, record, parsed))
      }
    }
    await publishElsewhere(moves, letters)
    const pinned = await pinAll(boards, new Set(items.map(({ parsed }) => parsed.quizId)))
    const refused: DeadLetter[] = []
    try {
      deps.checkOwner()
      for (const item of items) {
        const owned = pinned.get(item.parsed.quizId) as OwnedBoard
        const outcome = apply(owned, item)
        if (outcome.kind === 'refused') refused.push(deadLetter(topic, partition, item.record, outcome))
        else if (outcome.kind === 'duplicate') observer.event('duplicate')
        else {
          observer.event(OUTCOMES[item.parsed.kind])
          deps.changed(owned, outcome)
        }
      }
      deps.applied(pinned.values())
    } finally {
      for (const owned of pinned.values()) boards.unpin(owned)
    }
    await publishElsewhere([], refused)
    deps.checkOwner()
    state.offsets[topic] = last.offset + 1
    deps.stateChanged()
    observer.applied?.(topic, clock.now() - last.timestamp)
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
  if (parsed.kind !== 'foreign') return { topic, partition: right, key: record.key, value: record.value }
  const { quizId, userId, score } = parsed
  const { offset, timestamp } = record
  const event: MovedScoreEvent = { quiz_id: quizId, user_id: userId, score, origin: { partition, offset, timestamp } }
  return { topic, partition: right, key: quizId, value: JSON.stringify(event) }
}
