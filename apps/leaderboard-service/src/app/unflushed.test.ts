import { expect, it } from 'vitest'
import { createBoard } from '../domain/board.ts'
import { createOwnedBoard, type OwnedBoard } from './owned-board.ts'
import { createUnflushed } from './unflushed.ts'

const board = (id: string): OwnedBoard => createOwnedBoard(createBoard(id, []), 1, 0)
const letters = (reason: string) => ({ moves: [], letters: [{ reason } as never] })
const shown = (rows: ReadonlyMap<OwnedBoard, ReadonlySet<string>>) =>
  Object.fromEntries([...rows].map(([owned, users]) => [owned.board.quizId, [...users].sort()]))

it('[Q6.6] keeps what changed until the store accounts for the records that changed it', () => {
  const unflushed = createUnflushed()
  const [one, two] = [board('one'), board('two')]
  unflushed.changed(one, 'ann', 2, { topic: 's', offset: 5 })
  unflushed.changed(one, 'bob', 0, { topic: 'p', offset: 9 })
  unflushed.trim({ s: 3 })
  unflushed.changed(two, 'cleo', 1, { topic: 's', offset: 6 })
  expect(shown(unflushed.rows())).toEqual({ one: ['ann', 'bob'], two: ['cleo'] })
  // Of the first two only one is accounted for.
  unflushed.trim({ s: 6, p: 9 })
  expect(shown(unflushed.rows())).toEqual({ one: ['ann', 'bob'], two: ['cleo'] })
  expect(unflushed.answers).toBe(3)
  unflushed.trim({ s: 6, p: 10 })
  expect(unflushed.answers).toBe(1)
  expect(shown(unflushed.rows())).toEqual({ two: ['cleo'] })
  expect([one, two].map(unflushed.holds)).toEqual([false, true])
  unflushed.trim({ s: 7, p: 10 })
  expect(unflushed.rows().size).toBe(0)
})

it('[Q6.6] owes what the owner has not published, in the order of the records', () => {
  const unflushed = createUnflushed()
  unflushed.owes(letters('first'), { topic: 's', offset: 1 })
  unflushed.owes({ moves: [], letters: [] }, { topic: 's', offset: 2 })
  unflushed.owes(letters('second'), { topic: 's', offset: 3 })
  unflushed.trim({ s: 2 })
  expect(unflushed.takeEffects().map((effects) => effects.letters[0]?.reason)).toEqual(['second'])
  expect(unflushed.takeEffects()).toEqual([])
})
