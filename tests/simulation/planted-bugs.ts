/** Bugs that a test puts between the product and its ports, to see that the simulator finds them. */
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { Peers } from '@quizboard/answer-service/ports/peers.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Answers } from '@quizboard/quiz-service/ports/answers.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import type { Wrappers } from './product/instances.ts'

/** What `work` makes of each record of the scores, on its way to the boards. */
const scoresAs = (work: (record: StoredRecord) => StoredRecord): Wrappers => ({
  boardLog: (log): EventLog => ({
    ...log,
    consume: (options) =>
      log.consume(
        options.topic === TOPICS.scores
          ? { ...options, onBatch: (partition, records) => options.onBatch(partition, records.map(work)) }
          : options,
      ),
  }),
})

/** Each event of ours looks newer than all before it: as if the boards did not compare revisions. */
const withoutRevisionCheck = (): Wrappers => {
  let newest = 1
  return scoresAs((record) => ({
    ...record,
    value: record.value.replace(/"revision":\d+/, () => `"revision":${++newest}`),
  }))
}

/** A mended dead letter counts by its own place instead of the letter's: each time that it is sent. */
const countedBySending = scoresAs((record) => ({
  ...record,
  value: record.value.replace(/("replay_of":{"partition":\d+,"offset":)\d+/, (_, head) => `${head}${record.offset}`),
}))

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

/** Every owner begins with the same epoch: the store has the real ones. */
const versionsBeginAnew: Wrappers = {
  boardStore: (store): BoardStore => {
    const real = async (partition: number) =>
      (await store.leases()).find((lease) => lease.partition === partition)?.epoch ?? 0
    const mine = new Map<number, number>()
    const fenceOf = (partition: number) => ({ partition, epoch: mine.get(partition) ?? 0 })
    return {
      ...store,
      leases: async () => (await store.leases()).map((lease) => ({ ...lease, epoch: Math.min(1, lease.epoch) })),
      async acquire(partition, owner) {
        const taken = await store.acquire(partition, owner, await real(partition))
        if (!taken) return undefined
        mine.set(partition, taken.fence.epoch)
        return { ...taken, fence: { partition, epoch: 1 } }
      },
      release: ({ partition }, to) => store.release(fenceOf(partition), to),
      flush: ({ partition }, rows, state) => store.flush(fenceOf(partition), rows, state),
    }
  },
}

/** A replica that was fenced goes on committing: after a close (Q7), or by a key that was corrected meanwhile (Q2). */
const withoutFence: Wrappers = {
  answerStore: (store): AnswerStore => ({ ...store, commit: (changes) => store.commit(changes) }),
}

/** A replica joins the others without having read the log to its end. */
const joinedUnread: Wrappers = {
  answerLog: (log): EventLog => ({
    ...log,
    consume: async (options) => ({ ...(await log.consume(options)), caughtUp: async () => {} }),
  }),
}

/** The first replica that says so is believed to speak for all. */
const stoppedHereAlone: Wrappers = { peers: (peers): Peers => ({ ...peers, stop: async () => 'ended' }) }

/** Nobody is waited for. */
const keyBeforeStop: Wrappers = {
  answers: (answers): Answers => ({
    ...answers,
    async stopAccepting(...args) {
      void answers.stopAccepting(...args).catch(() => {})
    },
  }),
}

/** Of the rows that a commit leaves in the outbox, now and then one is gone before the relay has seen it. */
const outboxRowDropped = (): Wrappers => {
  let commits = 0
  return {
    answerStore: (store): AnswerStore => ({
      ...store,
      async commit(changes, as) {
        if (++commits % 20 !== 0) return store.commit(changes, as)
        return store.commit(
          changes.map((change) => ({ ...change, events: change.events.slice(1) })),
          as,
        )
      },
    }),
  }
}

/** Replicas other than the one that regrades keep the key that they know. */
const correctedHereAlone: Wrappers = { peers: (peers): Peers => ({ ...peers, revoke: async () => {} }) }

/** A commit that met a newer version is taken for done. */
const conflictIgnored: Wrappers = {
  answerStore: (store): AnswerStore => ({
    ...store,
    async commit(changes, as) {
      await store.commit(changes, as)
      return changes.map(() => 'ok' as const)
    },
  }),
}

/** What an answer_id got is not kept. */
const resultsNotKept: Wrappers = {
  answerStore: (store): AnswerStore => ({
    ...store,
    commit: (changes, as) =>
      store.commit(
        changes.map((change) => ({ ...change, results: [] })),
        as,
      ),
  }),
}

/** The sweeper finds nothing. */
const outboxNotSwept: Wrappers = { answerStore: (store): AnswerStore => ({ ...store, outbox: async () => [] }) }

/** A flush writes its offsets, and not all of the rows that they account for. */
const offsetsWithoutRows: Wrappers = {
  boardStore: (store): BoardStore => ({
    ...store,
    flush: (fence, rows, state) => store.flush(fence, rows.slice(1), state),
  }),
}

const deadLettersDropped: Wrappers = {
  boardLog: (log): EventLog => ({
    ...log,
    append: (records) => log.append(records.filter(({ topic }) => topic !== TOPICS.deadLetters)),
  }),
}

/** The first page of a regrade is taken for all. */
const firstPageAlone: Wrappers = {
  answers: (answers): Answers => ({
    ...answers,
    async regrade(...args) {
      const { next: _, ...page } = await answers.regrade(...args)
      return page
    },
  }),
}

/** `rule`: the one that each breaks; `rules`: those by which an oracle may notice. */
export const PLANTED_BUGS: readonly { rule: string; name: string; plant(): Wrappers; rules: RegExp }[] = [
  { rule: 'Q3.1', name: 'no revision check', plant: withoutRevisionCheck, rules: /Q2|Q3|Q4/ },
  { rule: 'Q1.1', name: 'acknowledge before commit', plant: () => acknowledgedBeforeCommit, rules: /Q1|Q2|Q3|Q7|Q8/ },
  { rule: 'Q3.4', name: 'outbox row dropped', plant: outboxRowDropped, rules: /Q2|Q3|Q4/ },
  { rule: 'Q7.6', name: 'no fence', plant: () => withoutFence, rules: /Q2|Q7/ },
  { rule: 'Q7.6', name: 'joined before the log was read', plant: () => joinedUnread, rules: /Q2|Q7|Q9|Q12/ },
  { rule: 'Q7.2', name: 'key shown before anyone stopped', plant: () => keyBeforeStop, rules: /Q7/ },
  { rule: 'Q7.6', name: 'key shown before the last replica stopped', plant: () => stoppedHereAlone, rules: /Q7/ },
  { rule: 'Q12.3', name: 'key corrected at one replica', plant: () => correctedHereAlone, rules: /Q2|Q12/ },
  { rule: 'Q5.1', name: 'version reset after restart', plant: () => versionsBeginAnew, rules: /Q5|Q4/ },
  { rule: 'Q1.2', name: 'conflict taken for done', plant: () => conflictIgnored, rules: /Q1|Q2|Q3|Q8/ },
  { rule: 'Q8.1', name: 'result of an answer_id not kept', plant: () => resultsNotKept, rules: /Q1|Q8/ },
  { rule: 'Q3.4', name: 'sweeper finds nothing', plant: () => outboxNotSwept, rules: /Q3/ },
  { rule: 'Q6.3', name: 'offsets without their rows', plant: () => offsetsWithoutRows, rules: /Q2|Q4/ },
  { rule: 'Q3.5', name: 'dead letters dropped', plant: () => deadLettersDropped, rules: /Q3|Q10/ },
  { rule: 'Q3.6', name: 'mended letter counted each time', plant: () => countedBySending, rules: /Q2|Q3|Q4/ },
  { rule: 'Q12.4', name: 'first page of a regrade alone', plant: () => firstPageAlone, rules: /Q2|Q12/ },
]
