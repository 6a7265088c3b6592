/** What outlives every process. */
import type { AnswerStore } from '@quizboard/answer-service/ports/answer-store.ts'
import type { BoardStore } from '@quizboard/leaderboard-service/ports/board-store.ts'
import type { Scheduler } from '../engine/scheduler.ts'
import type { Facts } from '../facts.ts'
import { watchCommits } from '../oracle/commits.ts'
import { createSimEventLog, type SimEventLog, type Unrest } from './sim-event-log.ts'
import { createSimQuizStore, type SimQuizStore } from './sim-quiz-store.ts'
import { createSimAnswerStore, createSimBoardStore, type Durable as DurableStore } from './sim-stores.ts'

export interface Durable {
  log: SimEventLog
  answers: DurableStore<AnswerStore>
  boards: DurableStore<BoardStore>
  quizzes: SimQuizStore
}

/** Notes in `facts` what becomes durable. */
export const createDurable = (
  scheduler: Scheduler,
  partitions: number,
  facts: Facts,
  unrest: Unrest,
  violate: (rule: string, detail: string) => void,
): Durable => ({
  log: createSimEventLog(scheduler, partitions, unrest),
  answers: createSimAnswerStore(scheduler, watchCommits(facts, violate)),
  boards: createSimBoardStore(),
  quizzes: createSimQuizStore(scheduler.now, ({ current, state }) => {
    if (!current) return
    const { question_id } = current.question
    facts.opened.set(question_id, { openedAt: current.openedAt, deadline: current.deadline })
    for (const [id] of facts.opened) if (id !== question_id && isOfSameQuiz(id, question_id)) facts.closed.add(id)
    if (current.state === 'closed' || state === 'closed') facts.closed.add(question_id)
  }),
})

const isOfSameQuiz = (a: string, b: string): boolean =>
  a.slice(0, a.lastIndexOf('-')) === b.slice(0, b.lastIndexOf('-'))
