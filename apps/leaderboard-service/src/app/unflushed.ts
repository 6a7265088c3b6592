/**
 * What a standby has seen and its owner may not have brought home yet: rows that are not in the store, events that would have to
 * be published again elsewhere. If the owner dies, the standby does both; what the store accounts for can be forgotten.
 */
import type { AppendRecord } from '@quizboard/shared/ports/event-log.ts'
import type { DeadLetter } from '../domain/dead-letter.ts'
import type { OwnedBoard } from './owned-board.ts'

/** What records of this partition call for elsewhere. */
export interface Effects {
  moves: readonly AppendRecord[]
  letters: readonly DeadLetter[]
}
/** By topic: everything below is accounted for. */
export type Offsets = Readonly<Record<string, number>>
export interface Place {
  topic: string
  offset: number
}

export interface Unflushed {
  /** The record at `place` has changed a row; so many more answers count in it. */
  changed(owned: OwnedBoard, userId: string, answers: number, place: Place): void
  /** `place`: of the last record that calls for it. */
  owes(effects: Effects, place: Place): void
  holds(owned: OwnedBoard): boolean
  /** The store accounts for everything below `stored`. */
  trim(stored: Offsets): void
  /** All that may not be in the store. */
  rows(): ReadonlyMap<OwnedBoard, ReadonlySet<string>>
  /** Answers that count in them. */
  readonly answers: number
  /** Takes what is to be published, oldest first. */
  takeEffects(): Effects[]
}

interface Segment {
  /** Behind the last record that changed something in it. */
  end: Record<string, number>
  rows: Map<OwnedBoard, Set<string>>
  answers: number
}

const isBelow = (end: Offsets, stored: Offsets): boolean =>
  Object.entries(end).every(([topic, offset]) => offset <= (stored[topic] ?? 0))

const newSegment = (): Segment => ({ end: {}, rows: new Map(), answers: 0 })

export const createUnflushed = (): Unflushed => {
  /** The last one is being filled; a trim begins the next. */
  let segments = [newSegment()]
  let owed: { effects: Effects; place: Place }[] = []
  return {
    changed(owned, userId, answers, { topic, offset }) {
      const open = segments.at(-1) as Segment
      open.answers += answers
      open.end[topic] = Math.max(open.end[topic] ?? 0, offset + 1)
      const users = open.rows.get(owned)
      if (users) users.add(userId)
      else open.rows.set(owned, new Set([userId]))
    },
    owes(effects, place) {
      if (effects.moves.length + effects.letters.length > 0) owed.push({ effects, place })
    },
    holds: (owned) => segments.some(({ rows }) => rows.has(owned)),
    trim(stored) {
      segments = segments.filter(({ rows, end }) => rows.size > 0 && !isBelow(end, stored))
      segments.push(newSegment())
      owed = owed.filter(({ place: { topic, offset } }) => offset >= (stored[topic] ?? 0))
    },
    rows() {
      const all = new Map<OwnedBoard, Set<string>>()
      for (const { rows } of segments)
        for (const [owned, users] of rows) all.set(owned, new Set([...(all.get(owned) ?? []), ...users]))
      return all
    },
    get answers() {
      return segments.reduce((sum, { answers }) => sum + answers, 0)
    },
    takeEffects() {
      const taken = owed.map(({ effects }) => effects)
      owed = []
      return taken
    },
  }
}
