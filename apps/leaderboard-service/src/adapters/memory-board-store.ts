/** A board store in memory, for fast tests and the simulation. What it gives and takes are copies. */
import { mergeRows } from '../domain/board.ts'
import { type BoardRow, type BoardStore, emptyState, type PartitionState } from '../ports/board-store.ts'

export interface MemoryBoardStore extends BoardStore {
  /** All rows, for tests. */
  rows(): BoardRow[]
}

interface Partition {
  epoch: number
  owner: string | null
  state: PartitionState
}

export const createMemoryBoardStore = (): MemoryBoardStore => {
  const quizzes = new Map<string, Map<string, BoardRow>>()
  const partitions = new Map<number, Partition>()
  const put = (row: BoardRow) => {
    const quiz = quizzes.get(row.quiz_id) ?? new Map<string, BoardRow>()
    quizzes.set(row.quiz_id, quiz)
    const stored = quiz.get(row.user_id)
    quiz.set(row.user_id, stored ? mergeRows(stored, row) : { ...row })
  }
  return {
    leases: async () =>
      [...partitions].map(([partition, lease]) => ({ partition, ...lease, state: structuredClone(lease.state) })),
    async acquire(partition, owner, seen) {
      const known = partitions.get(partition)
      if ((known?.epoch ?? 0) !== seen) return undefined
      const epoch = seen + 1
      const state = structuredClone(known?.state ?? emptyState())
      partitions.set(partition, { epoch, owner, state })
      return { fence: { partition, epoch }, state: structuredClone(state) }
    },
    async release({ partition, epoch }, to) {
      const known = partitions.get(partition)
      if (known?.epoch === epoch) known.owner = to
    },
    async flush({ partition, epoch }, rows, state) {
      const known = partitions.get(partition)
      if (known?.epoch !== epoch) return 'stale'
      for (const row of rows) put(row)
      known.state = structuredClone(state)
      return 'ok'
    },
    load: async (quizId) => [...(quizzes.get(quizId)?.values() ?? [])].map((row) => ({ ...row })),
    close: async () => {},
    rows: () => [...quizzes.values()].flatMap((quiz) => [...quiz.values()].map((row) => ({ ...row }))),
  }
}
