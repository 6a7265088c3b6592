/**
 * Recomputes the standings of a quiz from its answers and compares them with what the answer store and the board say. It may run
 * while the quiz does: what differs is looked at again, player by player, before it is called a difference.
 */
import type { PlayerState } from '@quizboard/answer-service/domain/player.ts'
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { BoardRow } from '@quizboard/leaderboard-service/domain/rows.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { compare, type Difference, mend } from './standings.ts'

export interface Comparison {
  /** Who has answers, or is on the board. */
  players: number
  /** Answer documents that were added up. */
  answers: number
  /** Ordered by user_id. */
  differences: Difference[]
}

export interface Rebuild {
  compare(quizId: string): Promise<Comparison>
  /** Corrects the records of those who differ, and tells the board; gives whoever still differs when it is over. */
  mend(quizId: string, differences: readonly Difference[]): Promise<Difference[]>
}

export interface RebuildOptions {
  answers: AnswerStore
  boards: BoardStore
  clock: Clock
  /** How long an event may be on its way to the board. */
  lagMs: number
}

const PAGE = 1_000
const USERS = 200
const POLL_MS = 500
/** A player who changes all the time is looked at so often. */
const LOOKS = 20

export const createRebuild = ({ answers, boards, clock, lagMs }: RebuildOptions): Rebuild => {
  const usersOf = async (quizId: string) => {
    const users = new Set<string>()
    let count = 0
    let after: { user_id: string; question_id: string } | undefined
    for (;;) {
      const page = await answers.list(quizId, { limit: PAGE, ...(after ? { after } : {}) })
      for (const { user_id } of page) users.add(user_id)
      count += page.length
      after = page.at(-1)
      if (page.length < PAGE) return { users, count }
    }
  }
  const load = (quizId: string, users: readonly string[]): Promise<PlayerState[]> =>
    answers.load(users.map((user_id) => ({ quiz_id: quizId, user_id, question_ids: 'all', answer_ids: [] })))
  const rowsOf = async (quizId: string): Promise<Map<string, BoardRow>> =>
    new Map((await boards.load(quizId)).map((row) => [row.user_id, row]))

  /** A record and its answers of one moment: they are read one after the other. */
  const stateOf = async (quizId: string, user: string): Promise<PlayerState> => {
    for (let look = 1; ; look++) {
      const [before] = await load(quizId, [user])
      const [after] = await load(quizId, [user])
      if (!before || !after) throw new Error('the answer store gave no state of a player')
      if (before.record.version === after.record.version) return before
      if (look === LOOKS) throw new Error(`the answers of ${user} change all the time`)
    }
  }
  /** Those who still differ once what is on its way has had its time. */
  const confirm = async (quizId: string, users: readonly string[]): Promise<Difference[]> => {
    const end = clock.monotonic() + lagMs
    let left = [...users]
    for (;;) {
      const rows = await rowsOf(quizId)
      const found: Difference[] = []
      for (const user of left) {
        const difference = compare(await stateOf(quizId, user), rows.get(user))
        if (difference) found.push(difference)
      }
      if (found.length === 0 || clock.monotonic() >= end) return found
      left = found.map(({ user_id }) => user_id)
      await clock.sleep(POLL_MS)
    }
  }
  const mendOne = async (quizId: string, user: string) => {
    for (let look = 1; look <= LOOKS; look++) {
      const state = await stateOf(quizId, user)
      const row = (await rowsOf(quizId)).get(user)
      if (!compare(state, row)) return
      const { record, event } = mend(state, row, clock.now())
      const change = { answers: [], results: [], events: [event], at: clock.now() }
      const [outcome] = await answers.commit([{ record, expected_version: state.record.version, ...change }])
      if (outcome === 'ok') return
    }
    throw new Error(`the answers of ${user} change all the time`)
  }

  return {
    async compare(quizId) {
      const { users, count } = await usersOf(quizId)
      const rows = await rowsOf(quizId)
      for (const user of rows.keys()) users.add(user)
      const all = [...users].sort()
      const suspects: string[] = []
      for (let i = 0; i < all.length; i += USERS)
        for (const state of await load(quizId, all.slice(i, i + USERS)))
          if (compare(state, rows.get(state.record.user_id))) suspects.push(state.record.user_id)
      return { players: all.length, answers: count, differences: await confirm(quizId, suspects) }
    },
    async mend(quizId, differences) {
      const users = differences.map(({ user_id }) => user_id)
      for (const user of users) await mendOne(quizId, user)
      return confirm(quizId, users)
    },
  }
}
