/** What outlives every process. */
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Membership } from '@quizboard/leaderboard-service/ports/membership.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { Moments } from '../engine/moments.ts'
import type { Scheduler } from '../engine/scheduler.ts'
import type { Facts } from '../facts.ts'
import { watchCommits } from '../oracle/commits.ts'
import { watchQuizzes } from '../oracle/quiz-states.ts'
import { watchRecords } from '../oracle/records.ts'
import { createSimEventLog, type SimEventLog, type Unrest } from './sim-event-log.ts'
import { createSimQuizStore, type SimQuizStore } from './sim-quiz-store.ts'
import {
  createSimAnswerStore,
  createSimBoardStore,
  createSimMembership,
  type Durable as DurableStore,
} from './sim-stores.ts'

export interface Durable {
  log: SimEventLog
  answers: DurableStore<AnswerStore>
  boards: DurableStore<BoardStore>
  members: DurableStore<Membership>
  quizzes: SimQuizStore
}

/** Notes in `facts` what becomes durable. */
export const createDurable = (
  scheduler: Scheduler,
  partitions: number,
  lagShare: number,
  facts: Facts,
  unrest: Unrest,
  violate: (rule: string, detail: string) => void,
  moments: Moments,
): Durable => {
  const onLease = (partition: number, epoch: number) => {
    for (const quizId of facts.plans.keys())
      if (partitionOf(quizId, partitions) === partition) facts.epochs.set(quizId, epoch)
  }
  return {
    log: createSimEventLog(scheduler, partitions, unrest, lagShare, watchRecords(facts, violate)),
    answers: createSimAnswerStore(scheduler, watchCommits(facts, violate), moments),
    boards: createSimBoardStore(scheduler, onLease),
    members: createSimMembership(scheduler),
    quizzes: createSimQuizStore(scheduler, watchQuizzes(facts, violate)),
  }
}
