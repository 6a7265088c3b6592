/** The board store in memory: for fast tests and the simulator. `mergeRow` is what the guards of the port come to. */
import type { BoardRow, BoardStore, PartitionState } from '../ports/board-store.ts'

const mergeRow = (old: BoardRow | undefined, row: BoardRow): BoardRow => {
  if (!old) return row
  const own = row.revision > old.revision ? row : old
  const foreign = row.foreign_offset > old.foreign_offset ? row : old
  const joined = old.joined_at === null ? row : old
  return {
    quiz_id: row.quiz_id,
    user_id: row.user_id,
    score: own.total + foreign.foreign,
    total: own.total,
    revision: own.revision,
    seq: own.seq,
    own_reached_at: own.own_reached_at,
    foreign: foreign.foreign,
    foreign_offset: foreign.foreign_offset,
    foreign_reached_at: foreign.foreign_reached_at,
    name: joined.name,
    joined_at: joined.joined_at,
  }
}

export const createMemoryBoardStore = (): BoardStore => {
  const quizzes = new Map<string, Map<string, BoardRow>>()
  const partitions = new Map<number, { epoch: number; state: PartitionState }>()
  return {
    async acquire(partition) {
      const before = partitions.get(partition) ?? { epoch: 0, state: { offsets: {}, origins: {} } }
      const epoch = before.epoch + 1
      partitions.set(partition, { epoch, state: before.state })
      return { fence: { partition, epoch }, state: structuredClone(before.state) }
    },
    async flush({ partition, epoch }, rows, state) {
      if (partitions.get(partition)?.epoch !== epoch) return 'stale'
      partitions.set(partition, { epoch, state: structuredClone(state) })
      for (const row of rows) {
        const quiz = quizzes.get(row.quiz_id) ?? new Map<string, BoardRow>()
        quizzes.set(row.quiz_id, quiz.set(row.user_id, mergeRow(quiz.get(row.user_id), { ...row })))
      }
      return 'ok'
    },
    load: async (quizId) => [...(quizzes.get(quizId)?.values() ?? [])].map((row) => ({ ...row })),
    async close() {},
  }
}
