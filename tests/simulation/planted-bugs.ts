/** Bugs that a test puts between the product and its ports, to see that the simulator finds them. */
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import type { Wrappers } from './product/instances.ts'

/** Each event of ours looks newer than all before it: as if the boards did not compare revisions. */
const withoutRevisionCheck = (): Wrappers => {
  let newest = 1
  const asNewest = (record: StoredRecord): StoredRecord => {
    const revised = record.value.replace(/"revision":\d+/, () => `"revision":${++newest}`)
    return { ...record, value: revised }
  }
  return {
    boardLog: (log): EventLog => ({
      ...log,
      consume: (options) =>
        log.consume(
          options.topic === TOPICS.scores
            ? { ...options, onBatch: (partition, records) => options.onBatch(partition, records.map(asNewest)) }
            : options,
        ),
    }),
  }
}

/** A commit is acknowledged when it is sent. */
const acknowledgedBeforeCommit: Wrappers = {
  answerStore: (store): AnswerStore => ({
    ...store,
    async commit(changes) {
      void store.commit(changes).catch(() => {})
      return changes.map(() => 'ok' as const)
    },
  }),
}

/** Every owner begins with the same epoch. */
const versionsBeginAnew: Wrappers = {
  boardStore: (store): BoardStore => {
    const epochs = new Map<number, number>()
    return {
      ...store,
      async acquire(partition) {
        const { fence, state } = await store.acquire(partition)
        epochs.set(partition, fence.epoch)
        return { fence: { partition, epoch: 1 }, state }
      },
      flush: ({ partition }, rows, state) => store.flush({ partition, epoch: epochs.get(partition) ?? 0 }, rows, state),
    }
  },
}

/** `rule`: the one that each breaks; `rules`: those by which an oracle may notice. */
export const PLANTED_BUGS: readonly { rule: string; name: string; plant(): Wrappers; rules: RegExp }[] = [
  { rule: 'Q3.1', name: 'no revision check', plant: withoutRevisionCheck, rules: /Q2|Q3|Q4/ },
  { rule: 'Q1.1', name: 'acknowledge before commit', plant: () => acknowledgedBeforeCommit, rules: /Q1|Q8/ },
  { rule: 'Q5.1', name: 'version reset after restart', plant: () => versionsBeginAnew, rules: /Q5|Q4/ },
]
