/** The embedded board store: SQLite in a worker, durable on resolve, one process at a time. */
import { openSqlite } from '@quizboard/shared/adapters/sqlite-worker/open-sqlite.ts'
import type { BoardStore } from '../../ports/board-store.ts'
import type { BoardOperations } from './program.ts'

export interface SqliteBoardStoreOptions {
  /** A path, or ':memory:'. */
  file: string
  /** The store has died: the process cannot go on. */
  onCrash?(error: Error): void
}

export const openSqliteBoardStore = async ({ file, onCrash }: SqliteBoardStoreOptions): Promise<BoardStore> => {
  const { call, close } = await openSqlite<BoardOperations>({
    file,
    module: new URL('./program.ts', import.meta.url),
    ...(onCrash ? { onCrash } : {}),
  })
  return {
    leases: () => call.leases(),
    acquire: (partition, owner, seen) => call.acquire(partition, owner, seen),
    release: (fence, to) => call.release(fence, to),
    flush: (fence, rows, state) => call.flush(fence, JSON.stringify(rows), state),
    load: async (quizId) => JSON.parse(await call.load(quizId)),
    close,
  }
}
