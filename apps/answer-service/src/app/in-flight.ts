/** Submissions between their admission and their end, by question and by answer_id. */
import type { SubmitOutcome } from './outcome.ts'

export interface InFlight {
  add(entry: FlightPlan, outcome: Promise<SubmitOutcome>): void
  /** Of an answer_id that is on its way. */
  find(quizId: string, userId: string, answerId: string): Promise<SubmitOutcome> | undefined
  /** Resolves once all that are on their way to the question now have ended. Those that come later are not waited for. */
  drain(quizId: string, questionId: string): Promise<void>
  /** Of everything. */
  drainAll(): Promise<void>
}
export interface FlightPlan {
  quiz_id: string
  user_id: string
  question_id: string
  answer_id: string | undefined
}

const joined = (...ids: string[]): string => JSON.stringify(ids)

export const createInFlight = (): InFlight => {
  const byQuestion = new Map<string, Set<Promise<SubmitOutcome>>>()
  const byAnswerId = new Map<string, Promise<SubmitOutcome>>()
  const ended = async (outcomes: Iterable<Promise<SubmitOutcome>>) => {
    await Promise.allSettled(outcomes)
  }

  return {
    add({ quiz_id, user_id, question_id, answer_id }, outcome) {
      const question = joined(quiz_id, question_id)
      const group = byQuestion.get(question) ?? new Set()
      byQuestion.set(question, group)
      group.add(outcome)
      const id = answer_id === undefined ? undefined : joined(quiz_id, user_id, answer_id)
      // The first of two copies is the one that counts.
      const isFirst = id !== undefined && !byAnswerId.has(id)
      if (isFirst) byAnswerId.set(id, outcome)
      const end = () => {
        group.delete(outcome)
        if (group.size === 0 && byQuestion.get(question) === group) byQuestion.delete(question)
        if (isFirst) byAnswerId.delete(id)
      }
      outcome.then(end, end)
    },
    find: (quizId, userId, answerId) => byAnswerId.get(joined(quizId, userId, answerId)),
    drain: (quizId, questionId) => ended(byQuestion.get(joined(quizId, questionId)) ?? []),
    async drainAll() {
      await Promise.all([...byQuestion.values()].map(ended))
    },
  }
}
