/** What every board store promises. Each test has a partition and quizzes of its own, so that a real server may be shared. */
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { type BoardRow, type BoardStore, emptyState, type PartitionState } from './board-store.ts'

export interface BoardStoreUnderTest {
  open(): Promise<BoardStore>
  /** Opens again what `open` made; undefined: nothing outlives a close. */
  reopen?(): Promise<BoardStore>
}

const EMPTY: PartitionState = emptyState()
const stateOf = (offsets: Record<string, number>): PartitionState => ({ ...EMPTY, offsets })
export const boardRow = (quiz_id: string, user_id: string, fields: Partial<BoardRow> = {}): BoardRow => ({
  quiz_id,
  user_id,
  score: (fields.total ?? 0) + (fields.foreign ?? 0),
  total: 0,
  revision: 0,
  seq: 0,
  foreign: 0,
  foreign_offset: -1,
  name: null,
  joined_at: null,
  own_reached_at: null,
  foreign_reached_at: null,
  ...fields,
})

export const boardStoreContract = (name: string, makeSubject: () => BoardStoreUnderTest): void => {
  describe(`board store: ${name}`, () => {
    const opened: BoardStore[] = []
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()))
    })
    /** Whoever owned it before. */
    const take = async (store: BoardStore, partition: number) => {
      const before = (await store.leases()).find((lease) => lease.partition === partition)
      const taken = await store.acquire(partition, 'me', before?.epoch ?? 0)
      if (!taken) throw new Error('somebody was faster')
      return taken
    }
    const fresh = async () => {
      const subject = makeSubject()
      const store = await subject.open()
      opened.push(store)
      const partition = Math.floor(Math.random() * 1e9)
      const { fence, state } = await take(store, partition)
      return { subject, store, partition, fence, state, quiz: randomUUID() }
    }

    it('[Q5.1] raises the epoch at each acquisition, and gives what was flushed', async () => {
      const { store, partition, fence, state, quiz } = await fresh()
      expect(state).toEqual(EMPTY)
      const told = { offsets: { a: 7, b: 3 }, origins: { 4: 11 }, replayed: { 2: [5, 9] } }
      expect(await store.flush(fence, [boardRow(quiz, 'u', { total: 5, revision: 1 })], told)).toBe('ok')
      const next = await take(store, partition)
      expect(next.fence.epoch).toBeGreaterThan(fence.epoch)
      expect(next.state).toEqual(told)
    })

    it('[Q6.4] tells who owns which partition in which epoch, and what is accounted for', async () => {
      const { store, partition, fence } = await fresh()
      const lease = async () => (await store.leases()).find((each) => each.partition === partition)
      expect(await lease()).toEqual({ partition, epoch: fence.epoch, owner: 'me', state: EMPTY })
      await store.flush(fence, [], stateOf({ a: 4 }))
      expect(await lease()).toMatchObject({ state: stateOf({ a: 4 }) })
      await store.release(fence, 'heir')
      expect(await lease()).toMatchObject({ epoch: fence.epoch, owner: 'heir' })
      await store.release(fence, null)
      expect(await lease()).toMatchObject({ epoch: fence.epoch, owner: null })
      const next = await store.acquire(partition, 'you', fence.epoch)
      expect(next).toEqual({ fence: { partition, epoch: fence.epoch + 1 }, state: stateOf({ a: 4 }) })
      await store.release(fence, null)
      expect(await lease()).toMatchObject({ epoch: fence.epoch + 1, owner: 'you' })
    })

    it('[Q6.4] of several that take over at once one succeeds, and none by an epoch that is past', async () => {
      const { store, partition, fence } = await fresh()
      const takers = await Promise.all(['a', 'b', 'c'].map((id) => store.acquire(partition, id, fence.epoch)))
      expect(takers.filter((taken) => taken !== undefined)).toHaveLength(1)
      expect(await store.acquire(partition, 'd', fence.epoch)).toBeUndefined()
      expect(await store.acquire(partition, 'd', 0)).toBeUndefined()
      const first = await Promise.all(['a', 'b', 'c'].map((id) => store.acquire(partition + 1, id, 0)))
      expect(first.filter((taken) => taken !== undefined)).toHaveLength(1)
      expect(await store.acquire(partition + 2, 'd', 7)).toBeUndefined()
    })

    it('[Q6.1] [Q6.3] writes neither rows nor offsets for an older epoch', async () => {
      const { store, partition, fence, quiz } = await fresh()
      const newer = await take(store, partition)
      expect(await store.flush(fence, [boardRow(quiz, 'u', { total: 9, revision: 9 })], stateOf({ a: 9 }))).toBe(
        'stale',
      )
      expect(await store.load(quiz)).toEqual([])
      expect(await store.flush(newer.fence, [], stateOf({ a: 1 }))).toBe('ok')
      expect((await take(store, partition)).state.offsets).toEqual({ a: 1 })
    })

    it('[Q6.2] replaces each part of a row only by something newer, in any order and however often', async () => {
      const { store, fence, quiz } = await fresh()
      const rows = [
        boardRow(quiz, 'u', { total: 10, revision: 1, seq: 1, own_reached_at: 100 }),
        boardRow(quiz, 'u', {
          total: 30,
          revision: 3,
          seq: 3,
          own_reached_at: 300,
          foreign: 5,
          foreign_offset: 2,
          foreign_reached_at: 250,
        }),
        boardRow(quiz, 'u', {
          total: 20,
          revision: 2,
          seq: 2,
          own_reached_at: 200,
          foreign: 7,
          foreign_offset: 4,
          foreign_reached_at: 400,
        }),
        boardRow(quiz, 'u', { name: 'Ada', joined_at: 50 }),
      ]
      const expected = boardRow(quiz, 'u', {
        total: 30,
        revision: 3,
        seq: 3,
        own_reached_at: 300,
        foreign: 7,
        foreign_offset: 4,
        foreign_reached_at: 400,
        name: 'Ada',
        joined_at: 50,
      })
      for (const order of [
        [0, 1, 2, 3],
        [3, 2, 1, 0, 0],
        [2, 2, 0, 3, 1],
        [1, 3, 2, 1, 0],
      ]) {
        for (const index of order) {
          const row = rows[index]
          if (row) await store.flush(fence, [row], EMPTY)
        }
        expect(await store.load(quiz)).toEqual([expected])
      }
    })

    it('[Q2.1] keeps the score the sum of its parts, for any safe integers', async () => {
      const { store, fence, quiz } = await fresh()
      await store.flush(
        fence,
        [boardRow(quiz, 'a', { total: -5, revision: 1, foreign: 4_000_000_000_000, foreign_offset: 1 })],
        EMPTY,
      )
      await store.flush(fence, [boardRow(quiz, 'a', { total: 7, revision: 2 })], EMPTY)
      expect((await store.load(quiz))[0]?.score).toBe(4_000_000_000_007)
    })

    it('gives the rows of one quiz alone, with any ids', async () => {
      const { store, fence, quiz } = await fresh()
      const odd = ['__proto__', '🦉', "'; --", 'a\nb', 'x'.repeat(200)]
      await store.flush(
        fence,
        odd.map((user) => boardRow(quiz, user)),
        EMPTY,
      )
      await store.flush(fence, [boardRow(`${quiz}2`, 'other')], EMPTY)
      expect((await store.load(quiz)).map((row) => row.user_id).sort()).toEqual([...odd].sort())
    })

    it('[Q6.1] a fence holds for its own partition alone', async () => {
      const { store, fence, partition, quiz } = await fresh()
      const other = await take(store, partition + 1)
      await take(store, partition)
      expect(await store.flush(other.fence, [boardRow(quiz, 'u', { total: 1, revision: 1 })], EMPTY)).toBe('ok')
      expect(await store.flush(fence, [boardRow(quiz, 'u', { total: 2, revision: 2 })], EMPTY)).toBe('stale')
      expect(await store.load(quiz)).toMatchObject([{ total: 1 }])
    })

    it('[Q6.1] of owners that come one after the other only the last one writes', async () => {
      const { store, fence, partition } = await fresh()
      const fences = [fence]
      for (let i = 0; i < 3; i++) fences.push((await take(store, partition)).fence)
      expect(fences.map(({ epoch }) => epoch)).toEqual([...fences.map(({ epoch }) => epoch)].sort((a, b) => a - b))
      const outcomes = await Promise.all(fences.map((each, i) => store.flush(each, [], stateOf({ a: i }))))
      expect(outcomes).toEqual(['stale', 'stale', 'stale', 'ok'])
    })

    it('[Q6.3] takes many rows in one flush, some of them twice, and replaces the whole state', async () => {
      const { store, fence, partition, quiz } = await fresh()
      await store.flush(fence, [], { offsets: { a: 1, b: 2 }, origins: { 7: 1 }, replayed: { 0: [1] } })
      const rows = Array.from({ length: 3_000 }, (_, i) =>
        boardRow(quiz, `user ${i % 2_500}`, { total: i, revision: i + 1 }),
      )
      expect(await store.flush(fence, rows, stateOf({ a: 3 }))).toBe('ok')
      const stored = await store.load(quiz)
      expect(stored).toHaveLength(2_500)
      expect(stored.find((row) => row.user_id === 'user 100')?.total).toBe(2_600)
      expect((await take(store, partition)).state).toEqual(stateOf({ a: 3 }))
    })

    it('[Q6.2] what it gives and takes are copies', async () => {
      const { store, fence, quiz } = await fresh()
      const row = boardRow(quiz, 'u', { total: 1, revision: 1 })
      const state = stateOf({ a: 1 })
      await store.flush(fence, [row], state)
      row.total = 99
      state.offsets.a = 99
      for (const loaded of await store.load(quiz)) loaded.total = 99
      expect(await store.load(quiz)).toMatchObject([{ total: 1 }])
      expect((await take(store, fence.partition)).state.offsets).toEqual({ a: 1 })
    })

    it('[Q1] has what it acknowledged after a close', async () => {
      const { store, subject, fence, partition, quiz } = await fresh()
      if (!subject.reopen) return
      await store.flush(fence, [boardRow(quiz, 'u', { total: 5, revision: 1 })], stateOf({ a: 2 }))
      await store.close()
      const again = await subject.reopen()
      opened.push(again)
      expect(await again.load(quiz)).toHaveLength(1)
      const { fence: next, state } = await take(again, partition)
      expect(next.epoch).toBeGreaterThan(fence.epoch)
      expect(state.offsets).toEqual({ a: 2 })
    })
  })
}
