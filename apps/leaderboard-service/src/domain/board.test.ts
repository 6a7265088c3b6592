import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { describe, expect, it } from 'vitest'
import type { BoardRow } from '../ports/board-store.ts'
import {
  applyForeign,
  applyJoin,
  applyOwn,
  type Board,
  createBoard,
  feedRowOf,
  mergeRows,
  type Outcome,
} from './board.ts'

const MAX = 1000
const own = (userId: string, revision: number, total: number, reachedAt: number | null = revision * 10) => ({
  userId,
  revision,
  total,
  seq: revision,
  reachedAt,
})
const rowOf = (board: Board, userId: string): BoardRow => {
  const row = board.rows.get(userId)
  if (!row) throw new Error(`${userId} is not on the board`)
  return row
}

/** Everything that can happen to one board. Foreign deltas come in the order of their offsets, repeats aside: so does a log. */
const apply = (board: Board, event: Event): Outcome =>
  event.kind === 'own'
    ? applyOwn(board, event, MAX)
    : event.kind === 'join'
      ? applyJoin(board, event, MAX)
      : applyForeign(board, event, MAX)
type Event =
  | ({ kind: 'own' } & Parameters<typeof applyOwn>[1])
  | ({ kind: 'join' } & Parameters<typeof applyJoin>[1])
  | ({ kind: 'foreign' } & Parameters<typeof applyForeign>[1])

describe('board', () => {
  it('[Q3.1] [Q3.2] comes out the same for every order and repetition that a log allows', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = createSeededRandom(seed)
    for (let round = 0; round < 60; round++) {
      const users = ['a', 'b', 'c']
      const owns: Event[] = users.flatMap((userId) =>
        Array.from(
          { length: 1 + random.int(5) },
          (_, i): Event => ({
            kind: 'own',
            ...own(userId, i + 1, random.int(5000) - 1000, random.chance(0.2) ? null : random.int(100)),
          }),
        ),
      )
      const joins = users.map(
        (userId, i): Event => ({ kind: 'join', userId, name: `Name ${i}`, joinedAt: random.int(50) }),
      )
      const foreigns = Array.from(
        { length: random.int(8) },
        (_, offset): Event => ({
          kind: 'foreign',
          userId: random.pick(users),
          score: random.int(21) - 10,
          offset,
          timestamp: random.int(100),
        }),
      )
      const inOrder = createBoard('Q', [])
      for (const event of [...joins, ...owns, ...foreigns]) apply(inOrder, event)
      const shaken = createBoard('Q', [])
      for (const event of replayed(foreigns, random.shuffle([...owns, ...owns, ...joins, ...joins]), random.int))
        apply(shaken, event)
      const sorted = (board: Board) => [...board.rows.values()].sort((x, y) => (x.user_id < y.user_id ? -1 : 1))
      expect(sorted(shaken), `seed ${seed}`).toEqual(sorted(inOrder))
    }
  })

  it('[Q2.1] the score is the own total plus the foreign deltas', () => {
    const board = createBoard('Q', [])
    applyForeign(board, { userId: 'a', score: -5, offset: 3, timestamp: 1 }, MAX)
    applyOwn(board, own('a', 1, 100), MAX)
    applyForeign(board, { userId: 'a', score: 7, offset: 9, timestamp: 1 }, MAX)
    expect(rowOf(board, 'a')).toMatchObject({ score: 102, total: 100, foreign: 2, foreign_offset: 9 })
  })

  it.each<[string, Event[], number]>([
    ['joining, before anything moved the score', [{ kind: 'join', userId: 'a', name: 'A', joinedAt: 5 }], 5],
    [
      'joining, while no answer has changed the total',
      [
        { kind: 'own', ...own('a', 1, 0, null) },
        { kind: 'join', userId: 'a', name: 'A', joinedAt: 5 },
      ],
      5,
    ],
    [
      'the answer that last changed the total',
      [
        { kind: 'join', userId: 'a', name: 'A', joinedAt: 5 },
        { kind: 'own', ...own('a', 1, 10, 40) },
      ],
      40,
    ],
    [
      'a foreign delta, by the broker',
      [
        { kind: 'own', ...own('a', 1, 10, 40) },
        { kind: 'foreign', userId: 'a', score: 1, offset: 0, timestamp: 60 },
      ],
      60,
    ],
    [
      'the answer again, when it is later',
      [
        { kind: 'foreign', userId: 'a', score: 1, offset: 0, timestamp: 60 },
        { kind: 'own', ...own('a', 1, 10, 70) },
      ],
      70,
    ],
    [
      'not a delta of 0',
      [
        { kind: 'join', userId: 'a', name: 'A', joinedAt: 5 },
        { kind: 'foreign', userId: 'a', score: 0, offset: 0, timestamp: 60 },
      ],
      5,
    ],
  ])('[Q4.2] "got there first" goes by %s', (_, events, expected) => {
    const board = createBoard('Q', [])
    for (const event of events) apply(board, event)
    expect(feedRowOf(rowOf(board, 'a')).reached_at).toBe(expected)
  })

  it('[Q3.1] counts by how many answers a board is further, and never backwards', () => {
    const board = createBoard('Q', [])
    expect(applyOwn(board, { ...own('a', 2, 5), seq: 4 }, MAX)).toMatchObject({
      kind: 'changed',
      answers: 4,
      shown: true,
    })
    expect(applyOwn(board, own('a', 1, 5), MAX)).toEqual({ kind: 'duplicate' })
    expect(applyOwn(board, { ...own('a', 3, 5), seq: 4 }, MAX)).toMatchObject({ answers: 0 })
    expect(applyForeign(board, { userId: 'a', score: 0, offset: 1, timestamp: 1 }, MAX)).toMatchObject({
      answers: 0,
      shown: false,
    })
  })

  it('[Q9] takes no more users than its limit, and no score that is not exact', () => {
    const board = createBoard('Q', [])
    applyJoin(board, { userId: 'a', name: 'A', joinedAt: 1 }, 1)
    expect(applyForeign(board, { userId: 'b', score: 1, offset: 1, timestamp: 1 }, 1)).toMatchObject({
      reason: 'board_full',
    })
    expect(applyOwn(board, own('a', 1, Number.MAX_SAFE_INTEGER), 1).kind).toBe('changed')
    expect(applyForeign(board, { userId: 'a', score: 1, offset: 2, timestamp: 1 }, 1)).toMatchObject({
      reason: 'score_out_of_range',
    })
    expect(rowOf(board, 'a').score).toBe(Number.MAX_SAFE_INTEGER)
    expect(board.rows.size).toBe(1)
  })

  it('[Q6.2] merging rows part by part is the same in any order', () => {
    const board = createBoard('Q', [])
    const rows: BoardRow[] = []
    const keep = (outcome: Outcome) => outcome.kind === 'changed' && rows.push(outcome.row)
    keep(applyOwn(board, own('a', 1, 10), MAX))
    keep(applyJoin(board, { userId: 'a', name: 'A', joinedAt: 1 }, MAX))
    keep(applyForeign(board, { userId: 'a', score: 3, offset: 4, timestamp: 9 }, MAX))
    keep(applyOwn(board, own('a', 2, 20), MAX))
    const random = createSeededRandom(7)
    for (let i = 0; i < 20; i++) {
      const [first, ...rest] = random.shuffle([...rows, ...rows])
      if (!first) throw new Error('there are rows')
      expect(rest.reduce(mergeRows, first)).toEqual(rowOf(board, 'a'))
    }
  })
})

/** Foreign events in their order, each batch of them possibly twice, among the others. */
function replayed(foreigns: readonly Event[], others: readonly Event[], int: (below: number) => number): Event[] {
  const result: Event[] = []
  let next = 0
  for (const event of others) {
    result.push(event)
    if (next < foreigns.length && int(2) === 0) {
      const from = int(next + 1)
      result.push(...foreigns.slice(from, next + 1))
      next++
    }
  }
  return [...result, ...foreigns.slice(int(next + 1))]
}
