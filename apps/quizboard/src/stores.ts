/** The embedded stores, each below the data folder. */
import { openSqliteAnswerStore } from '@quizboard/answer-service/adapters/sqlite-answer-store/sqlite-answer-store.ts'
import { openSqliteBoardStore } from '@quizboard/leaderboard-service/adapters/sqlite-board-store/sqlite-board-store.ts'
import { startEmbeddedPostgres } from '@quizboard/quiz-service/adapters/embedded-postgres.ts'
import { openSqliteEventLog } from '@quizboard/shared/adapters/sqlite-event-log/sqlite-event-log.ts'
import type { Shutdown } from '@quizboard/shared/kit/lifecycle.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { DataFolder } from './data-folder.ts'

/** Of every topic of the event log; fixed when a data folder is made. */
const PARTITIONS = 12

export interface StoresOptions {
  folder: DataFolder
  clock: Clock
  log(name: string): Logger
  own: Shutdown['own']
  onCrash(error: unknown): void
}

/** All at once. If one cannot be opened, the others are owned all the same, so that the shutdown closes them. */
export const openStores = async ({ folder, clock, log, own, onCrash }: StoresOptions) => {
  const owned = async <T>(name: string, opening: Promise<T>, close: (store: T) => Promise<void>): Promise<T> => {
    const store = await opening
    own(name, () => close(store))
    return store
  }
  const opening = [
    owned(
      'postgres',
      startEmbeddedPostgres({ dataDir: folder.file('postgres'), logger: log('postgres') }),
      (postgres) => postgres.stop(),
    ),
    owned(
      'event log',
      openSqliteEventLog({ file: folder.file('events.db'), partitions: PARTITIONS, clock, onCrash }),
      (log) => log.close(),
    ),
    owned('answers', openSqliteAnswerStore({ file: folder.file('answers.db'), onCrash }), (store) => store.close()),
    owned('boards', openSqliteBoardStore({ file: folder.file('boards.db'), onCrash }), (store) => store.close()),
  ] as const
  await Promise.allSettled(opening)
  const [postgres, eventLog, answers, boards] = await Promise.all(opening)
  return { postgres, eventLog, answers, boards }
}
