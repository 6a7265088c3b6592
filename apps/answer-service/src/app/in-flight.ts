/** What is judged by a key and not committed yet: submissions between their admission and their end, by question and by answer_id. */
import type { SubmitOutcome } from './outcome.ts'

export interface InFlight {
  /** Anything that is judged by the question's key. */
  add(question: { quiz_id: string; question_id: string }, outcome: Promise<unknown>): void
  addSubmission(submission: Submission, outcome: Promise<SubmitOutcome>): void
  /** Of an answer_id that is on its way. */
  find(quizId: string, userId: string, answerId: string): Promise<SubmitOutcome> | undefined
  /** Resolves once all that are on their way to the question now have ended. Those that come later are not waited for. */
  drain(quizId: string, questionId: string): Promise<void>
  /** Of everything. */
  drainAll(): Promise<void>
}
export interface Submission {
  quiz_id: string
  user_id: string
  question_id: string
  answer_id: string | undefined
}

const joined = (...ids: string[]): string => JSON.stringify(ids)

export const createInFlight = (): InFlight => {
  const byQuestion = new Map<string, Set<Promise<unknown>>>()
  const byAnswerId = new Map<string, Promise<SubmitOutcome>>()
  const ended = async (outcomes: Iterable<Promise<unknown>>) => {
    await Promise.allSettled(outcomes)
  }
  const add: InFlight['add'] = ({ quiz_id, question_id }, outcome) => {
    const question = joined(quiz_id, question_id)
    const group = byQuestion.get(question) ?? new Set()
    byQuestion.set(question, group)
    group.add(outcome)
    const end = () => {
      group.delete(outcome)
      if (group.size === 0 && byQuestion.get(question) === group) byQuestion.delete(question)
    }
    outcome.then(end, end)
  }

  return {
    add,
    addSubmission(submission, outcome) {
      add(submission, outcome)
      const { quiz_id, user_id, answer_id } = submission
      const id = answer_id === undefined ? undefined : joined(quiz_id, user_id, answer_id)
      // The first of two copies is the one that counts.
      if (id === undefined || byAnswerId.has(id)) return
      byAnswerId.set(id, outcome)
      const end = () => byAnswerId.delete(id)
      outcome.then(end, end)
    },
    find: (quizId, userId, answerId) => byAnswerId.get(joined(quizId, userId, answerId)),
    drain: (quizId, questionId) => ended(byQuestion.get(joined(quizId, questionId)) ?? []),
    async drainAll() {
      await Promise.all([...byQuestion.values()].map(ended))
    },
  }
}
