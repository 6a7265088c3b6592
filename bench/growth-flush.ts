/** What a row costs when it is flushed to MongoDB, by how many players and quizzes lie beside it. */
import { openMongoBoards } from '@quizboard/leaderboard-service/adapters/mongo-board-store/mongo-board-store.ts'
import { type BoardRow, emptyState } from '@quizboard/leaderboard-service/ports/board-store.ts'
import { quizId, userId } from './bench-quizzes.ts'
import { mongodMicros, openPlatform } from './real-platform.ts'

export interface FlushSize {
  quizzes: number
  players: number
}
export interface FlushCost {
  /** Microseconds of processor time for each row: of the process that flushes, and of mongod. */
  micros: number
  mongod: number
}

/** As many as a flush of a busy partition has. */
const ROWS = 1_000
const PRELOAD = 5_000
const AT = 1_800_000_000_000

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** For each size, each round's cost; sizes take turns. */
export const measureFlushes = async (sizes: readonly FlushSize[], rounds: number): Promise<FlushCost[][]> => {
  const platform = await openPlatform({ partitions: 1 })
  const { store } = await openMongoBoards({ url: process.env.MONGODB_URL ?? '', database: platform.name })
  try {
    const held = await store.acquire(0, 'bench', 0)
    if (!held) throw new Error('the partition has an owner')
    let revision = 1
    /** Each size has players of its own. */
    const rowOf = (side: number, { players }: FlushSize, i: number): BoardRow => {
      const total = 500 * revision
      return {
        ...{ quiz_id: `${side}_${quizId(Math.floor(i / players))}`, user_id: userId(i), score: total, total, revision },
        ...{ seq: revision, foreign: 0, foreign_offset: -1, name: `Player ${i}`, joined_at: AT },
        ...{ own_reached_at: AT + revision, foreign_reached_at: null },
      }
    }
    for (const [side, size] of sizes.entries())
      for (let from = 0; from < size.quizzes * size.players; from += PRELOAD) {
        const count = Math.min(PRELOAD, size.quizzes * size.players - from)
        const rows = Array.from({ length: count }, (_, i) => rowOf(side, size, from + i))
        await platform.db.collection('leaderboard').insertMany(rows, { ordered: false })
      }
    const turn = async (side: number, size: FlushSize): Promise<FlushCost> => {
      revision++
      const stride = (size.quizzes * size.players) / ROWS
      const rows = Array.from({ length: ROWS }, (_, i) => rowOf(side, size, Math.floor((i + Math.random()) * stride)))
      const before = { own: cpuMicros(), mongod: await mongodMicros(platform.db) }
      if ((await store.flush(held.fence, rows, emptyState())) !== 'ok') throw new Error('the partition was taken')
      const own = cpuMicros() - before.own
      return { micros: own / ROWS, mongod: ((await mongodMicros(platform.db)) - before.mongod) / ROWS }
    }
    const costs: FlushCost[][] = sizes.map(() => [])
    // The first rounds warm up and do not count.
    for (let round = -3; round < rounds; round++) {
      const order = [...sizes.entries()]
      for (const [side, size] of round % 2 === 0 ? order : order.toReversed()) {
        const cost = await turn(side, size)
        if (round >= 0) costs[side]?.push(cost)
      }
    }
    return costs
  } finally {
    await store.close()
    await platform.remove()
  }
}
