/** A board store in memory, for fast tests and the simulator. What it gives and takes are copies. */
import { mergeRows } from '../domain/board.ts'
import type { BoardRow, BoardStore, PartitionState } from '../ports/board-store.ts'

export interface MemoryBoardStore extends BoardStore {
  /** All rows, for tests. */
  rows(): BoardRow[]
}

export const createMemoryBoardStore = (): MemoryBoardStore => {
  const quizzes = new Map<string, Map<string, BoardRow>>()
  const partitions = new Map<number, { epoch: number; state: PartitionState }>()
  const copy = ({ offsets, origins }: PartitionState): PartitionState => ({
    offsets: { ...offsets },
    origins: { ...origins },
  })
  const put = (row: BoardRow) => {
    const quiz = quizzes.get(row.quiz_id) ?? new Map<string, BoardRow>()
    quizzes.set(row.quiz_id, quiz)
    const stored = quiz.get(row.user_id)
    quiz.set(row.user_id, stored ? mergeRows(stored, row) : { ...row })
  }
  return {
    async acquire(partition) {
      const known = partitions.get(partition)
      const epoch = (known?.epoch ?? 0) + 1
      const state = copy(known?.state ?? { offsets: {}, origins: {} })
      partitions.set(partition, { epoch, state })
      return { fence: { partition, epoch }, state: copy(state) }
    },
    async flush(fence, rows, state) {
      const known = partitions.get(fence.partition)
      if (known?.epoch !== fence.epoch) return 'stale'
      for (const row of rows) put(row)
      known.state = copy(state)
      return 'ok'
    },
    load: async (quizId) => [...(quizzes.get(quizId)?.values() ?? [])].map((row) => ({ ...row })),
    close: async () => {},
    rows: () => [...quizzes.values()].flatMap((quiz) => [...quiz.values()].map((row) => ({ ...row }))),
  }
}
